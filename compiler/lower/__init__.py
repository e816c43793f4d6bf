"""Typed AST to IR; the only package that sees both."""
