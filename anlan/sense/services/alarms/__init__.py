"""Deeds on alarms."""

from anlan.sense.services.alarms.deeds import (
    acknowledge_alarms,
    classify_alarms,
    close_alarms,
    note_acknowledged,
)
from anlan.sense.services.alarms.locking import Told
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
    shelve_alarms,
    unshelve_alarms,
)

__all__ = [
    "Outcome",
    "Told",
    "acknowledge_alarms",
    "classify_alarms",
    "close_alarms",
    "end_shelvings",
    "note_acknowledged",
    "note_peaks",
    "owe_forgotten",
    "raise_alarms",
    "reconcile_alarms",
    "release_held",
    "shelve_alarms",
    "unshelve_alarms",
]
