"""C programs as trees that know both their text and their meaning; shares no code with `compiler`."""
