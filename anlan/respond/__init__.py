"""Respond: duty desk, incidents, statutory reports, response levels, command, tasks, evacuation."""
