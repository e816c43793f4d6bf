"""Scopes, typing, constants, initialisers and attributes."""
