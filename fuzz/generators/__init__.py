"""Sources of test programs."""
