"""RISC-V 64 (rv64imafdc, lp64d) as tables."""
