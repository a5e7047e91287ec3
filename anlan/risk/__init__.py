"""Risk: sources, assessments, the four-colour map, exposure, risk notices and control tables."""
