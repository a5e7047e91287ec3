"""Administrative regions and grid cells: codes, boundaries, scope (行政区划)."""
