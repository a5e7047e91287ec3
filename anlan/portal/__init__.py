"""Portal: the public side - alerts near me, shelters, citizen reports, services."""
