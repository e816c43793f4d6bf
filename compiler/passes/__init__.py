"""Optimisation passes, one per file, and the pipeline table."""
