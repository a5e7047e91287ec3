"""Questions about the duty desk."""
