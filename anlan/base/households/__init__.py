"""People at risk: households, residents, who lives in which danger zone, and what an area exposes."""
