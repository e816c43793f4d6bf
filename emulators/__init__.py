"""Run programs of any supported instruction set and say exactly how each run ended."""
