"""Evacuation: who must leave, by when, to where, and who has."""
