"""Responses: proposed with reasons, started by a named person; steps of plans become duties."""
