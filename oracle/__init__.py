"""Decide whether a compiler did right: references, voting, outcomes, and the store of what was found."""
