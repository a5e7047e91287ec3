"""Cases join everything that belongs to one matter."""
