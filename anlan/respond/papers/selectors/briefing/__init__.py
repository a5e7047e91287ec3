"""会商材料: what is known of a region at a moment, each figure with its source and its time."""
