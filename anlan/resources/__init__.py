"""Resources: teams, equipment, stores, vehicles, aircraft, experts; reserve and release."""
