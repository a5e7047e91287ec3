"""Resources: teams, equipment, stores, vehicles, aircraft, shelters, experts; reserve and release."""
