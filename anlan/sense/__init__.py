"""Sense: stations, streams, observations, data quality and alarms (报警)."""
