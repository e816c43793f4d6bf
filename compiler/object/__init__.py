"""Object files: model, ELF reader and writer, archives."""
