"""What a model is told and what it answers, as it lies in JSON. None is unknown, never nought.

Times are int64 milliseconds since 1970 UTC.
"""

from typing import Any, Literal

import msgspec

#: What a village is told to do; None where nobody can say.
Stage = Literal["none", "prepare", "move"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One input as it lies in the folder, or why it does not."""

    name: str
    kind: str
    #: used | older | missing
    state: Literal["used", "older", "missing"]
    #: Below ``inputs/``; "" when missing.
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    #: When its newest part was measured or issued.
    newest: int | None = None
    #: What stands in for it, a sentence; "" when it is as wanted.
    said: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """``request.json``: what is to be computed, and from what."""

    run: str
    model: str
    engine: str = ""
    #: Nothing in the inputs is newer.
    based_at: int
    start: int
    end: int
    step_s: int
    seed: int
    settings: dict[str, Any] = {}
    inputs: tuple[Asked, ...] = ()

    def asked(self, name: str) -> Asked | None:
        """Find an input by its name."""
        return next((one for one in self.inputs if one.name == name), None)


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Values of one quantity at one place, `step_s` apart from `start` on."""

    of: Literal["station", "basin", "region", "village"]
    #: Code of the station, the basin, the region or the village.
    code: str
    quantity: str
    unit: str
    start: int
    step_s: int
    values: tuple[float | None, ...]
    #: "" is the forecast itself; ``p10``, ``p90`` bounds of an ensemble.
    member: str = ""


class StationOutlook(msgspec.Struct, frozen=True, kw_only=True):
    """What one station comes to."""

    station: str
    quantity: str
    unit: str
    #: Highest value ahead of `based_at`, and when; None when nothing is known.
    peak: float | None = None
    peak_at: int | None = None
    #: What was added at `based_at` so that it agrees with the last values measured.
    bias: float | None = None
    #: How many values that rests on.
    measured: int = 0
    #: Level of ``stream-level-kinds`` -> when it is reached first.
    reached: dict[str, int] = {}
    #: Level -> value it was judged by.
    levels: dict[str, float] = {}
    lower_bound: bool = False
    #: What was missing, a sentence; "" when nothing was.
    why: str = ""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Rain within some hours, set against the two thresholds for them."""

    hours: float
    #: The greatest sum that ends ahead of `based_at`, mm, and when it does.
    rain: float | None = None
    at: int | None = None
    #: To get ready and to leave at once, mm.
    prepare: float
    move: float
    #: `rain` as a share of `move`.
    nearness: float | None = None


class Slope(msgspec.Struct, frozen=True, kw_only=True):
    """One slope of a village against the law of slides: it rates nothing and moves nobody."""

    zone: str
    #: Code of the law in ``landslide-laws``.
    law: str
    #: Greatest rain ahead as a share of the law's, for which time, hours, and when that ends.
    share: float
    hours: float
    rain: float
    limit: float
    at: int
    #: When the law is reached first; None: it is not.
    first_at: int | None = None
    lower_bound: bool = False


class VillageOutlook(msgspec.Struct, frozen=True, kw_only=True):
    """What one village comes to, by its most endangered zone."""

    region: str
    #: Code of the danger zone; "" when the village as a whole is meant.
    zone: str = ""
    #: Share of the threshold to leave at once that is reached: 1 is reached.
    nearness: float | None = None
    stage: Stage | None = None
    #: When `stage` is reached.
    first_at: int | None = None
    #: The window that is nearest: hours, rain in it, threshold, mm.
    hours: float | None = None
    rain: float | None = None
    limit: float | None = None
    #: Every time that the zone has thresholds for, the shortest first.
    windows: tuple[Window, ...] = ()
    #: Its slopes, whatever zone is the nearest.
    slopes: tuple[Slope, ...] = ()
    #: Height of the ground above the datum of the map of heights, m.
    ground: float | None = None
    #: Water: greatest depth ahead, m, and when it comes. A depth of nought was computed and stays
    #: dry; None was not computed.
    depth: float | None = None
    arrives_at: int | None = None
    lower_bound: bool = False
    why: str = ""


class GridFile(msgspec.Struct, frozen=True, kw_only=True):
    """A product on a grid: a file below ``outputs/``."""

    name: str
    title: str
    title_en: str = ""
    quantity: str = ""
    unit: str = ""
    #: netcdf | geotiff | geojson | png
    form: Literal["netcdf", "geotiff", "geojson", "png"]
    file: str
    #: West, south, east, north in degrees.
    box: tuple[float, float, float, float] | None = None
    times: tuple[int, ...] = ()
    #: Of pictures: what their darkest and lightest grey stand for, in `unit`.
    span: tuple[float, float] | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``outputs/result.json``: what came out."""

    series: tuple[Series, ...] = ()
    stations: tuple[StationOutlook, ...] = ()
    villages: tuple[VillageOutlook, ...] = ()
    grids: tuple[GridFile, ...] = ()
    #: What was missing, assumed or put right, a sentence each.
    notes: tuple[str, ...] = ()
    #: Inputs were missing: it can only get worse than this.
    lower_bound: bool = False
    #: Program -> version.
    versions: dict[str, str] = {}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """``outputs/refusal.json``: why a model gave no result, a sentence for the officer."""

    reason: str
