"""Anlan (安澜): an open, self-hosted emergency-management platform."""
