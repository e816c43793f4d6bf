"""What a platform is to a program: data model, predefined macros, registers, builtins, ABI."""
