"""The assembler: items, directives, fixups, relaxation."""
