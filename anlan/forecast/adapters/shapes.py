"""What gathered inputs look like in their files."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]


class TidePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A station whose tide can be predicted: constants of a reference, carried to it."""

    station: str
    #: Degrees; None where the station has no point.
    lon: float | None = None
    lat: float | None = None
    #: Name, amplitude m, Greenwich lag degrees.
    waves: tuple[tuple[str, float, float], ...]
    #: Mean level, m above the station's datum.
    mean: float
    #: What that datum is called; "" when nobody wrote it down.
    datum: str = ""
    #: The reference's rise and fall times this, so many minutes later.
    ratio: float = 1.0
    later_min: float = 0.0
    levels: dict[str, float] = {}


class SideTide(msgspec.Struct, frozen=True, kw_only=True):
    """The tide at one place on the open sides of a sea, about mean sea level."""

    lon: float
    lat: float
    #: Name, amplitude m, Greenwich lag degrees.
    waves: tuple[tuple[str, float, float], ...]
    #: Name, speed to the east m/s and its lag, to the north and its lag; empty: nobody knows.
    flows: tuple[tuple[str, float, float, float, float], ...] = ()


class ShorePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place of a village that the sea may reach: its seat, or a danger zone of it."""

    region: str
    #: Code of the danger zone; "" for the village's seat.
    zone: str = ""
    #: Degrees; None where nobody knows.
    lon: float | None = None
    lat: float | None = None
    #: It lies before the sea wall: no wall keeps water from it.
    outside: bool = False


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """Heights of the ground that somebody knows."""

    datum: str
    #: lon, lat, m.
    points: tuple[tuple[float, float, float], ...]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Values measured at one station, fit to judge by."""

    station: str
    times: tuple[int, ...]
    values: tuple[float, ...]


class Stepped(msgspec.Struct, frozen=True, kw_only=True):
    """Values in equal steps at one place; None is unknown."""

    code: str
    start: int
    step_s: int
    values: tuple[float | None, ...]


class Basin(msgspec.Struct, frozen=True, kw_only=True):
    """A small basin as the engine needs it."""

    code: str
    name: str
    area_km2: float
    curve_number: float
    reservoirs: float
    #: Seconds each holds water back.
    storage_s: float
    downstream: str = ""
    #: Length m, slope, width m, roughness, flow m3/s of the channel that water from above runs
    #: through; None: no delay.
    reach: tuple[float, float, float, float, float] | None = None
    #: Gauge -> share of the basin's rain it stands for; empty when none is near.
    gauges: dict[str, float] = {}
    #: Station at its outlet whose stage the rating (m, m3/s) tells, and the levels of it.
    outlet: str = ""
    rating: tuple[tuple[float, float], ...] = ()
    levels: dict[str, float] = {}


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A danger zone with its thresholds of rain, or a slope that the law of slides is asked for."""

    code: str
    name: str
    region: str
    #: Hours, mm to get ready, mm to leave at once; empty: nobody told any.
    thresholds: tuple[tuple[float, float, float], ...]
    gauges: dict[str, float] = {}
    #: It may slide.
    slope: bool = False


class SlopeLaw(msgspec.Struct, frozen=True, kw_only=True):
    """Rain that sets slopes going: I = scale D^-exponent, mm/h and hours, between two times."""

    code: str
    name: str
    scale: float
    exponent: float
    shortest: float
    longest: float
    #: By slides of our own.
    fitted: bool = False


class Rain(msgspec.Struct, frozen=True, kw_only=True):
    """Rain at gauges in equal steps, mm a step."""

    start: int
    step_s: int
    gauges: dict[str, tuple[float | None, ...]]
    #: Steps, counted from nought, of which a gauge did not tell all: at least so much fell.
    short: dict[str, tuple[int, ...]] = {}


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """Rain of whole days at gauges, the last one yesterday, mm; None where one is not whole."""

    gauges: dict[str, tuple[float | None, ...]]


def floats(values: Any) -> Floats:
    """Make an array of values of which some are None: NaN."""
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)


def plain(values: Floats, decimals: int = 4) -> tuple[float | None, ...]:
    """Make plain values of an array: NaN becomes None."""
    return tuple(None if np.isnan(one) else round(float(one), decimals) for one in values)


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """A storm's way ahead as one agency tells it, from where it was seen last."""

    number: str
    name: str
    agency: str
    times: tuple[int, ...]
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    #: m/s and hPa; None is not told.
    wind: tuple[float | None, ...]
    pressure: tuple[float | None, ...]
    #: Radii of force 7, 10 and 12 to the four quadrants, km, of every position; empty: none told.
    radii: tuple[tuple[tuple[float | None, ...], ...], ...] = ()


class PastErrors(msgspec.Struct, frozen=True, kw_only=True):
    """How far forecasts lay wrong by lead time: hours, km, m/s."""

    hours: tuple[float, ...]
    distance: tuple[float, ...]
    wind: tuple[float, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A station or a region with its point."""

    of: str
    code: str
    lon: float
    lat: float
    #: What is wanted there: wind, rain; empty for all.
    wants: tuple[str, ...] = ()
    #: Code of the region that it stands for beside its seat; "" for itself.
    within: str = ""
