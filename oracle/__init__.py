"""Compilers as records, outcomes, comparison, the store of findings."""
