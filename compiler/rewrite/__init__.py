"""The rule language and its engine."""
