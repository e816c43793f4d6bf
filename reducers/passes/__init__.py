"""Reduction passes."""
