"""Runs programs of foreign machines. Imports nothing of the compiler."""
