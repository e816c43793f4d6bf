"""The command line: options, pipeline, toolchain."""
