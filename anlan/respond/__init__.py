"""Respond: duty desk, incidents and statutory reports, response levels, command, tasks, evacuation."""
