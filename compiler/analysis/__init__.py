"""Facts about IR functions: control flow, loops, liveness, aliasing, known bits."""
