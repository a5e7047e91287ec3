"""Monitoring over HTTP."""

from anlan.sense.api import alarms, equipment, rules, streams

routers = [alarms.router, streams.router, rules.router, equipment.router]
