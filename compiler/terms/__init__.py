"""The table of IR operations, and terms over them."""
