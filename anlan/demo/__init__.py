"""Demo: the demo county, replays and simulated people, all declared as invented."""
