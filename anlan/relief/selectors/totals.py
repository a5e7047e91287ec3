"""What losses come to: by the last report of a region, or added up from those below it.

`totals` is what other modules ask, by case and region, as of any moment; plain values only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan import codes
from anlan.base.cases.selectors import members, root_of
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.relief.figures import Sum, add_up, added, fields
from anlan.relief.models import Casualty, LossMatter, LossReport
from anlan.relief.selectors import matters


@dataclass(frozen=True)
class Figure:
    """One number with what it is worth."""

    field: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    #: None is not known.
    value: float | None
    #: It can only be more: something below has not told it.
    is_lower_bound: bool
    #: Regions below that have not told it.
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Totals:
    """What the losses of a region come to at a moment."""

    matter: str
    region: str
    #: The report that says so; 0 where it is added up from the regions below.
    number: int
    phase: str
    #: The moment for which the figures hold; None where nobody has told any.
    as_of: datetime | None
    reported_at: datetime | None
    sent_at: datetime | None
    receiver: str
    figures: tuple[Figure, ...]
    #: Regions below without any report.
    missing: tuple[str, ...]

    def get(self, field: str) -> Figure:
        """Find one figure."""
        return next(one for one in self.figures if one.field == field)


def totals(*, case: str, region: str = "", at: datetime | None = None) -> Totals | None:
    """Tell the losses of a case (and of all merged with it) in a region, as of `at`; default now.

    By the region's own last report; before it has made one, added up from the regions below. None
    where nobody counts losses of the case. Of several matters of one case the newest counts.
    """
    cases = members(root_of(case))
    rows = LossMatter.objects.filter(case__in=cases, opened_at__lte=at or clock.now())
    if region:
        above = [scope.normalise(region), *scope.ancestors(region)]
        rows = rows.filter(region_id__in=above)
    matter = rows.order_by("-opened_at", "-pk").first()
    return None if matter is None else of(matter, scope.normalise(region or matter.region_id), at)


def of(matter: LossMatter, region: str, at: datetime | None = None) -> Totals:
    """Tell what the losses of a region come to in one matter."""
    own = matters.latest(matter.pk, [region], at).get(region)
    sums, missing, newest = merged(matter, region, at)
    if own is not None:
        return _said(matter, own)
    return Totals(
        matter=matter.pk, region=region, number=0, phase="", as_of=newest, reported_at=None,
        sent_at=None, receiver="", missing=missing,
        figures=tuple(_figure(key, one.value, one.missing) for key, one in sums.items()),
    )  # fmt: skip


def merged(
    matter: LossMatter, region: str, at: datetime | None = None
) -> tuple[dict[str, Sum], tuple[str, ...], datetime | None]:
    """Add up what the regions right below told: sums, who told nothing, the oldest `as_of`."""
    places = list(matters.below(Region(pk=region)).values_list("code", flat=True))
    said = matters.latest(matter.pk, places, at)
    told = {code: said[code].figures if code in said else None for code in places}
    # A sum is as old as its oldest part.
    oldest = min((one.as_of for one in said.values()), default=None)
    return add_up(told), tuple(code for code in places if code not in said), oldest


def _said(matter: LossMatter, report: LossReport) -> Totals:
    short = set(report.at_least)
    return Totals(
        matter=matter.pk, region=report.region_id, number=report.number, phase=report.phase,
        as_of=report.as_of, reported_at=report.reported_at, sent_at=report.sent_at,
        receiver=report.receiver, missing=tuple(report.missing),
        figures=tuple(
            _figure(key, report.figures.get(key), is_short=key in short) for key in fields()
        ),
    )  # fmt: skip


def _figure(
    key: str, value: float | None, missing: tuple[str, ...] = (), *, is_short: bool = False
) -> Figure:
    one = fields()[key]
    return Figure(
        field=key, name=one.name, name_en=one.name_en, unit=one.unit, unit_en=one.unit_en,
        value=value, is_lower_bound=value is not None and (is_short or bool(missing)),
        missing=missing,
    )  # fmt: skip


def listed_counts(matter: LossMatter, region: str) -> dict[str, float]:
    """Count those on the list of the dead and missing in a region, by the field they count for."""
    states = codes.table("casualty-states")
    counts: dict[str, float] = {row.text("counts") or "": 0 for row in states if row.text("counts")}
    rows = scope.below(Casualty.objects.filter(matter=matter.code, retired_at=None), region)
    for status in rows.values_list("status", flat=True):
        row = states.get(status)
        counts_for = row.text("counts") if row else None
        if counts_for:
            counts[counts_for] += 1
    return counts


def thresholds(figures: Mapping[str, float], short: set[str]) -> list[dict[str, Any]]:
    """Tell what starts a national relief response, and how far these figures alone come.

    `short` are the fields whose number is a lower bound.
    """
    known = fields()
    found = []
    for row in codes.table("relief-thresholds"):
        wanted = row.several("figures")
        value, unknown = added(figures, wanted)
        least = row.number("at_least") or 0.0
        found.append(
            {
                "code": row.code, "name": row.name, "name_en": row.name_en,
                "level": row.whole("level"), "at_least": least, "unit": row.text("unit") or "",
                "unit_en": row.text("unit_en") or "", "confidence": row.confidence,
                "value": value, "reached": value is not None and value >= least,
                "is_lower_bound": value is not None and bool(unknown or short & set(wanted)),
                "unknown": [known[key].name for key in unknown],
                "unknown_en": [known[key].name_en for key in unknown],
            }
        )  # fmt: skip
    return found
