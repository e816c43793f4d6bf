"""The SSA intermediate representation: model, text form, verifier, interpreter."""
