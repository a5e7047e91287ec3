"""Deeds on alarms."""

from anlan.sense.services.alarms.deeds import (
    acknowledge_alarm,
    acknowledge_alarms,
    classify_alarm,
    close_alarms,
    note_acknowledged,
)
from anlan.sense.services.alarms.peaks import note_peaks
from anlan.sense.services.alarms.raising import (
    Outcome,
    raise_alarms,
    reconcile_alarms,
    release_held,
)
from anlan.sense.services.alarms.shelving import (
    end_shelvings,
    owe_forgotten,
    shelve_alarm,
    unshelve_alarm,
)

__all__ = [
    "Outcome",
    "acknowledge_alarm",
    "acknowledge_alarms",
    "classify_alarm",
    "close_alarms",
    "end_shelvings",
    "note_acknowledged",
    "note_peaks",
    "owe_forgotten",
    "raise_alarms",
    "reconcile_alarms",
    "release_held",
    "shelve_alarm",
    "unshelve_alarm",
]
