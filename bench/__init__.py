"""Benchmarks: every figure with a reference measured in the same run."""
