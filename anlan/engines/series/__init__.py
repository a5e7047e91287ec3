"""Observations as arrays: columns, quality bits, and reductions to buckets of time."""

from anlan.engines.series import flags
from anlan.engines.series.buckets import (
    DAY_MS,
    HOUR_MS,
    SHANGHAI_MS,
    Buckets,
    merge,
    reduce,
)
from anlan.engines.series.columns import Columns, Flags, Numbers, Times, Values
from anlan.engines.series.flags import (
    BAD,
    DUPLICATE,
    FUTURE,
    GAP,
    LATE,
    MAINTENANCE,
    RANGE,
    RATE,
    REVISED,
    SIMULATED,
    SPIKE,
    STUCK,
    UNIT,
)

__all__ = [
    "BAD",
    "DAY_MS",
    "DUPLICATE",
    "FUTURE",
    "GAP",
    "HOUR_MS",
    "LATE",
    "MAINTENANCE",
    "RANGE",
    "RATE",
    "REVISED",
    "SHANGHAI_MS",
    "SIMULATED",
    "SPIKE",
    "STUCK",
    "UNIT",
    "Buckets",
    "Columns",
    "Flags",
    "Numbers",
    "Times",
    "Values",
    "flags",
    "merge",
    "reduce",
]
