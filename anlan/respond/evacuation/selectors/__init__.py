"""Questions about evacuations."""
