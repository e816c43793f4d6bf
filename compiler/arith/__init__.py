"""C's integer, float and decimal arithmetic, once: `#if`, constant expressions and the IR evaluator all call it."""
