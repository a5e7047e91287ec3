"""What many modules know, read together: the wall of the command hall; statistics later."""
