"""Monitoring over HTTP."""

from anlan.sense.api import alarms, backfills, equipment, observations, rules, streams

routers = [
    observations.router,
    alarms.router,
    streams.router,
    rules.router,
    equipment.router,
    backfills.router,
]
