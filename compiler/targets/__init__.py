"""One folder of tables per instruction set."""
