"""Find a code table by key: those read from files, and hazards and quantities as two more."""

from datetime import date
from functools import lru_cache
from types import MappingProxyType

from anlan.codes import hazard_kinds, loader, quantities
from anlan.codes.hazard_kinds import Hazard
from anlan.codes.quantities import Quantity
from anlan.codes.rows import Code, Table

HAZARDS = "hazards"
QUANTITIES = "quantities"


def table(key: str, on: date | None = None, region: str | None = None) -> Table:
    """Return a code table as in force on a day (default today) in a region (default nationwide).

    The keys ``hazards`` and ``quantities`` give those. `Missing` when there is no such table or no
    version of it holds on that day.
    """
    if key == HAZARDS:
        return hazard_table(loader.shelf().edition)
    if key == QUANTITIES:
        return quantity_table(loader.shelf().edition)
    return loader.table(key, on, region)


def tables(on: date | None = None, region: str | None = None) -> list[Table]:
    """Return every table in force on a day in a region, by key; hazards and quantities last."""
    edition = loader.shelf().edition
    return [*loader.tables(on, region), hazard_table(edition), quantity_table(edition)]


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


@lru_cache(maxsize=2)
def quantity_table(edition: int) -> Table:  # noqa: ARG001 - the edition makes the cache forget
    """Return the quantities as a table, for drop-downs and lists of codes."""
    return Table(
        key=QUANTITIES,
        title="监测要素",
        title_en="Quantities",
        source="各监测要素文件，逐行注明",
        confidence="M",
        rows=tuple(_quantity(one) for one in quantities.quantities().values()),
    )


def _quantity(one: Quantity) -> Code:
    extra = {"unit": one.unit, "decimals": one.decimals, "kind": one.kind, "hazards": one.hazards}
    return Code(
        code=one.key,
        name=one.title,
        name_en=one.title_en,
        source=one.source,
        confidence=one.confidence,
        extra=MappingProxyType(extra),
    )
