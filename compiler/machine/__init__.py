"""What an instruction set is: rows, operands, registers, relocations, the Target record."""
