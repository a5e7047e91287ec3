"""Govern: statistics, indicators, appraisal and the burden meter."""
