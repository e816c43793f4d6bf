"""Shrinks what differs."""
