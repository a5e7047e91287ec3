"""A case to look back on: what was on the desk at any minute, and the whole to keep."""
