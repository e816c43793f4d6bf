"""The parser: tokens to typed AST."""
