"""Questions about a whole case: its span, its desk at a moment, its tables."""
