"""Engines: pure numerical and reasoning functions on arrays, with units, validity and a source."""
