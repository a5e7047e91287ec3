"""A storm as its page needs it: what agencies tell, where it lands, what we computed of it."""

from datetime import datetime
from typing import Any, Final

from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.forecast.models import Bulletin, Run
from anlan.forecast.selectors import storms
from anlan.forecast.selectors.describing import describe
from anlan.forecast.selectors.landfall import land_is_known, landfall_of
from anlan.forecast.selectors.rows import SILENT, seen_runs
from anlan.kernel import clock
from anlan.kernel.errors import Missing

#: What draws members, cone and chances of wind.
ENGINE: Final = "typhoon-ensemble"
#: Runs without a storm of their own took the newest; so many of them are asked which that was.
MOST: Final = 60


def read(actor: Actor, storm: str, language: str, at: datetime | None = None) -> dict[str, Any]:
    """Read one storm with the landfall of each forecast, and the runs that drew its ensemble.

    `land_known` is false where there is no map of the sea: then no landfall means nothing.
    """
    moment = at or clock.now()
    row = storms.newest(storm, moment)
    if row is None or row.storm != storm:
        raise Missing("没有这个台风的路径")
    tracks = storms.storm_of(row).forecasts
    told = storms.one(storm, language, at)
    for one in told["forecasts"]:
        track = tracks[round(one["issued_at"].timestamp() * 1000), one["agency"]]
        doubts = " ".join(said(text, language) for text in track.mended)
        one |= {"landfall": landfall_of(track), "note": doubts}
    signed, newest = _runs(actor, storm, moment)
    if not told["forecasts"] and newest is not None:
        told["forecasts"] = _behind(row, newest, language)
    told["land_known"] = land_is_known()
    told["errors"] = storms.past_errors(language)
    told["signed"] = describe([signed], actor, language)[0] if signed else None
    told["newest"] = describe([newest], actor, language)[0] if newest else None
    return told


def _behind(row: Bulletin, run: Run, language: str) -> list[dict[str, Any]]:
    """Where no agency forecasts, give the way ahead that our own run was made of."""
    found = storms.forecast_of(row, round(run.based_at.timestamp() * 1000))
    if found is None:
        return []
    way, note = found
    return [
        {
            "agency": way.agency, "issued_at": run.based_at, "points": storms.points_of(way),
            "landfall": landfall_of(way), "note": said(note, language),
        }
    ]  # fmt: skip


def _runs(actor: Actor, storm: str, at: datetime) -> tuple[Run | None, Run | None]:
    """Find the signed run that stands and the newest one computed, of this storm."""
    rows = (
        seen_runs(actor)
        .filter(engine=ENGINE, state="done", storm__in=("", storm), based_at__lte=at)
        .exclude(signing__in=SILENT)
        .defer("given", "outputs")
        .order_by("-based_at", "-id")
    )
    mine = [row for row in rows[:MOST] if row.storm == storm or _took(row) == storm]
    signed = next((row for row in mine if row.signing == "approved" and row.valid_until > at), None)
    return signed, mine[0] if mine else None


def _took(row: Run) -> str:
    bulletin = storms.newest("", row.based_at)
    return bulletin.storm if bulletin else ""
