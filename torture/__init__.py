"""Published test suites, run with any compiler and counted honestly."""
