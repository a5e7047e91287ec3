"""Stations and what they measure, device keys, rules, alarms, maintenance."""

from anlan.sense.models.alarms import Alarm, Maintenance, Shelving
from anlan.sense.models.backfills import Backfill
from anlan.sense.models.keys import DeviceKey
from anlan.sense.models.rules import Rule, RuleVersion
from anlan.sense.models.stations import Epoch, Gateway, Station, Stream

__all__ = [
    "Alarm",
    "Backfill",
    "DeviceKey",
    "Epoch",
    "Gateway",
    "Maintenance",
    "Rule",
    "RuleVersion",
    "Shelving",
    "Station",
    "Stream",
]
