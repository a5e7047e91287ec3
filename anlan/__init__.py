"""Anlan (安澜): an open, self-hosted emergency-management platform."""

__version__ = "0.1.0"
