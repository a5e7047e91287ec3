"""Find a code table by key: the tables read from files, and the hazards as one more table."""

from datetime import date
from functools import lru_cache
from types import MappingProxyType

from anlan.codes import hazard_kinds, loader
from anlan.codes.hazard_kinds import Hazard
from anlan.codes.rows import Code, Table

HAZARDS = "hazards"


def table(key: str, on: date | None = None, region: str | None = None) -> Table:
    """Return a code table as in force on a day (default today) in a region (default nationwide).

    The key ``hazards`` gives the hazards. `Missing` when there is no such table or no version of
    it holds on that day.
    """
    return hazard_table(loader.shelf().edition) if key == HAZARDS else loader.table(key, on, region)


def tables(on: date | None = None, region: str | None = None) -> list[Table]:
    """Return every table in force on a day in a region, by key; the hazards last."""
    return [*loader.tables(on, region), hazard_table(loader.shelf().edition)]


@lru_cache(maxsize=2)
def hazard_table(edition: int) -> Table:  # noqa: ARG001 - the edition makes the cache forget
    """Return the hazards as a table, for drop-downs and lists of codes."""
    return Table(
        key=HAZARDS,
        title="灾种",
        title_en="Hazards",
        source="各灾种文件，逐行注明",
        confidence="M",
        rows=tuple(_row(hazard) for hazard in hazard_kinds.hazards().values()),
    )


def _row(hazard: Hazard) -> Code:
    extra = {
        "event_code": hazard.event_code,
        "category": hazard.category,
        "lead": hazard.lead,
        "signal": hazard.signal,
    }
    return Code(
        code=hazard.key,
        name=hazard.name,
        name_en=hazard.name_en,
        source=hazard.source,
        confidence=hazard.confidence,
        extra=MappingProxyType(extra),
    )
