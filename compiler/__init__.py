"""The pycc compiler: C source to machine code. Imports nothing outside the standard library."""
