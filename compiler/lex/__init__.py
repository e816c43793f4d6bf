"""Tokens, the scanner and literals."""
