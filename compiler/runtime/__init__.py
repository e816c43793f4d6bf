"""C headers, helper library and bare-metal libc subset that pycc ships; data, not code."""
