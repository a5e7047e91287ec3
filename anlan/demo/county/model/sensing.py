"""What measures: gateways, stations and the streams of values they send."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gateway:
    """What brings the values of several stations; gone, all of them are silent.

    ``unit`` is a unit code, ``keeper`` a post code, ``region`` the region it serves. ``way`` is how
    it reports: mqtt, json, csv, ndjson, arrow.
    """

    code: str
    name: str
    unit: str
    keeper: str | None
    phone: str | None
    region: str
    place: str
    way: str


@dataclass(frozen=True, slots=True)
class Station:
    """A place where something is measured.

    Table: ``kind`` station-kinds. ``unit`` is the unit that owns it, ``keeper`` a post code (None:
    the owner's watch). ``subject`` is the code of what it watches: a basin, river, reservoir,
    harbour, danger zone or key site. ``zero_m`` is the height of the gauge's zero in the 1985
    datum, None where nothing is read from a staff.
    """

    code: str
    name: str
    kind: str
    unit: str
    gateway: str
    village: str
    lon: float
    lat: float
    subject: str | None
    keeper: str | None
    zero_m: float | None
    water: str
    source: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One quantity at one station.

    Tables: ``quantity`` quantities, ``levels`` pairs of a key of stream-level-kinds and a value in
    the quantity's unit. ``unit`` is what the device sends; ``added`` is added to it once it is in
    the quantity's unit. ``low, high`` is what the instrument can measure.
    """

    code: str
    name: str
    station: str
    quantity: str
    unit: str
    added: float | None
    interval_s: int
    low: float | None
    high: float | None
    levels: tuple[tuple[str, float], ...]
    position: str
    depth_m: float | None
    #: Of tailings-items; "" where the quantity says it.
    item: str = ""

    def level(self, kind: str) -> float | None:
        """Value of one of its levels, None when it has none of that kind."""
        return dict(self.levels).get(kind)
