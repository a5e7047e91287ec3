"""People at risk: households, residents, which danger zone threatens whom, what an area exposes."""
