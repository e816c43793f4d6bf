"""C types, their layout and conversions."""
