"""HTTP requests an operator declares in a file: read with every slip told, filled in, signed."""
