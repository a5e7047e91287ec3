"""Papers for the hour without power and network, and what a consultation looks at."""
