"""What is planned for a day: its weather, its events and its planted faults, all as data.

Hours count from the day's first hour, 08:00 local time, where the hydrological day begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .rain import Cell

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Event:
    """Something real that happens at one station: streams whose values leave their usual course.

    ``course`` are (hour, value) points the streams are led through by straight lines, in the
    quantity's unit; ``streams`` end in these letters and are each ``apart`` hours later than the
    one before.
    """

    station: str
    streams: tuple[str, ...]
    course: tuple[tuple[float, float], ...]
    apart: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with an instrument or on the way. Only silence may raise an alarm of it.

    Kinds, during ``span``: stuck (keeps its value), drift (keeps its value for half of it, then
    drifts by ``size``), spikes (single values ``size`` off, one each ``every`` hours), calibration
    (shows ``size``), scale (sends ``size`` times the value), ahead (the clock is ``size`` hours
    ahead), twice (sent again ``size`` hours later), away (nothing comes, and all of it afterwards),
    lost (nothing comes).
    """

    kind: str
    span: Span
    gateway: str = ""
    streams: tuple[str, ...] = ()
    size: float = 0.0
    every: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Maintenance declared for a station before it begins."""

    station: str
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A day as planned. ``start`` is its first hour, with an offset."""

    name: str
    title: str
    title_en: str
    seed: int
    start: datetime
    hours: int
    cells: tuple[Cell, ...]
    events: tuple[Event, ...]
    faults: tuple[Fault, ...]
    upkeep: tuple[Upkeep, ...]
    #: So far below the flood limit of the season reservoirs stand at first, by code; else 1.6 m.
    margins: tuple[tuple[str, float], ...] = ()
