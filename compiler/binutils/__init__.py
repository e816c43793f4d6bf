"""nm, objcopy, readelf and strip, thin over compiler.object."""
