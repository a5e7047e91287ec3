"""What forecast tells the modules above: a named person stands behind a run."""

from dataclasses import dataclass
from datetime import datetime

from anlan.kernel.events import Event, declare
from anlan.sense.events import Level


@declare
@dataclass(frozen=True, kw_only=True)
class ForecastApproved(Event):
    """An officer approved an engine run (内部研判参考). Only from here on may it drive proposals.

    A run that nobody approved is shown under the official bulletins and drives nothing. Figures are
    not in here: `forecast.selectors` gives depth, arrival and level of each station and village by
    `run`.
    """

    #: Public id of the run.
    run: str
    #: Key of the engine that computed it, e.g. ``surge``.
    engine: str
    #: Key of the hazard in ``codes/hazards``.
    hazard: str
    #: The worst level any station or village reaches; None when nothing reaches one.
    level: Level | None
    #: Whether inputs were missing, so that `level` is a lower bound: it can only get worse.
    lower_bound: bool
    #: The narrowest region code that holds `villages` and `stations`.
    region: str
    #: Codes of the stations that are forecast to reach a level.
    stations: tuple[str, ...] = ()
    #: Level each of `stations` reaches, in their order.
    station_levels: tuple[Level, ...] = ()
    #: Region codes of the villages where people are forecast to have to leave.
    villages: tuple[str, ...] = ()
    #: Share of its threshold to leave at once that each of `villages` reaches, in their order: of
    #: rain, or of depth where the sea drives people out; None where nobody can say.
    village_nearness: tuple[float | None, ...] = ()
    #: Greatest depth of water in each of `villages`, m, in their order; None: not computed, as
    #: where rain and not the sea drives people out.
    village_depths: tuple[float | None, ...] = ()
    #: When the water comes to each of `villages`, in their order; None as for depths.
    village_arrivals: tuple[datetime | None, ...] = ()
    #: Region codes of the villages that are forecast to have to get ready, not yet to leave.
    preparing: tuple[str, ...] = ()
    #: The storm it belongs to, as the agencies number it (``1909``); "" when there is none.
    storm: str = ""
    #: The moment the run starts from: its input is not newer than this.
    based_at: datetime
    #: First moment the run tells about.
    valid_from: datetime
    #: Last moment the run tells about.
    valid_until: datetime
    #: When the first of `stations` or `villages` is reached; None when none is.
    first_at: datetime | None = None
    #: Reference of the person who approved, e.g. ``user:01K...``.
    by: str
    #: When it was approved (workspace time).
    approved_at: datetime


@declare
@dataclass(frozen=True, kw_only=True)
class ForecastWithdrawn(Event):
    """An officer took back the word they gave for a run: it stands behind nothing any more.

    What was drafted from it is not undone by this: people look at it again.
    """

    #: Public id of the run.
    run: str
    hazard: str
    #: The worst level it had; None when nothing reached one.
    level: Level | None
    region: str
    reason: str
    #: Reference of the person who took it back.
    by: str
    withdrawn_at: datetime
