"""一张图: what happens now, drawn over what is there; and what is around a place."""
