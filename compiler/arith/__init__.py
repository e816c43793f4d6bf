"""Fixed-width integers, soft floats and correctly rounded decimal conversion: C's arithmetic, once."""
