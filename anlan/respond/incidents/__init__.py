"""Incidents: taken in, graded, reported upward within the statutory time."""
