"""What villages come to: rows of a page, and the same as a workbook."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from anlan.base.door.phrases import said
from anlan.base.door.sheets import table_book
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import DangerZone
from anlan.base.regions import selectors as regions
from anlan.forecast.adapters.slopes import ONLY_SLOPES
from anlan.forecast.models import Run, Series, VillageOutlook
from anlan.forecast.selectors.products import about, empty, inside
from anlan.forecast.selectors.rows import run_for
from anlan.forecast.sheet_titles import HOURS, SHEET, VILLAGES, YES
from anlan.forecast.states import STAGES
from anlan.kernel import clock

NO_RAIN: Final = "没有村接近转移雨量，或都不在您的管辖范围内"
NO_WATER: Final = "算过的村都没有水到，或都不在您的管辖范围内"


def villages(actor: Actor, run: str, language: str, *, all_: bool = False) -> dict[str, Any]:
    """List villages by nearness to leaving; without `all_` those that come to half of it.

    Those that have slopes and no thresholds are none of them: `slopes` lists them.
    `curves` of a village names the quantities that `products.series` tells of it hour by hour.
    """
    row = run_for(run, actor)
    rows = VillageOutlook.objects.filter(inside(actor, row), run=row).exclude(why=ONLY_SLOPES)
    total, unknown = rows.count(), rows.filter(stage="").count()
    kept: QuerySet[VillageOutlook] = rows if all_ else rows.filter(
        Q(nearness__gte=0.5) | Q(stage__in=("prepare", "move")) | Q(depth__gt=0)
    )  # fmt: skip
    items = _items(kept, language)
    curves = _curves(row, [one["region"] for one in items])
    items = [{**one, "curves": curves.get(one["region"], [])} for one in items]
    why = "" if items else empty(row, said(_nothing(rows), language), language)
    return {**about(row), "items": items, "total": total, "unknown": unknown, "why_empty": why}


def _curves(run: Run, codes: list[str]) -> dict[str, list[str]]:
    """Name the quantities that a run has series of, by village."""
    found: dict[str, list[str]] = {}
    rows = Series.objects.filter(run=run, of="village", code__in=codes, member="")
    for code, quantity in rows.order_by("code", "quantity").values_list("code", "quantity"):
        found.setdefault(code, []).append(quantity)
    return found


def sheet(actor: Actor, run: str, language: str) -> tuple[Run, bytes]:
    """Write every village of a run that the actor may see, with the stamp on top of the sheet."""
    row = run_for(run, actor)
    rows = VillageOutlook.objects.filter(inside(actor, row), run=row)
    english = language == "en"
    titles = [pair[english] for pair in VILLAGES]
    stamp = about(row)["stamp"]["text_en" if english else "text"]
    lines = [(stamp,), *(_line(one, english=english) for one in _items(rows, language))]
    return row, table_book(SHEET[english], titles, lines)


def _line(one: dict[str, Any], *, english: bool) -> tuple[Any, ...]:
    return (
        one["region"], one["name"], one["zone_name"],
        one["stage_label_en" if english else "stage_label"], one["nearness"],
        _local(one["first_at"]), one["slope_share"], one["ground"], one["depth"],
        _local(one["arrives_at"]),
        one["hours"], one["rain"], one["limit"], *_within(one["windows"]),
        YES[english] if one["lower_bound"] else None, one["why"],
    )  # fmt: skip


def _within(windows: list[dict[str, Any]]) -> list[float | None]:
    """Lay rain and thresholds of each time side by side; nothing where the zone has none."""
    told = {one["hours"]: one for one in windows}
    return [
        told[hours][key] if hours in told else None
        for hours in HOURS
        for key in ("rain", "prepare", "move")
    ]


def _items(rows: "QuerySet[VillageOutlook]", language: str) -> list[dict[str, Any]]:
    found = sorted(
        rows,
        key=lambda one: (
            one.level or 9, _last(one.nearness), _last(one.depth), one.region_id,
        ),
    )  # fmt: skip
    places = regions.names(one.region_id for one in found)
    zones = dict(
        DangerZone.objects.filter(code__in={one.zone for one in found}).values_list("code", "name")
    )
    return [
        {
            "region": one.region_id,
            "name": places.get(one.region_id, one.region_id),
            "zone": one.zone,
            "zone_name": zones.get(one.zone, one.zone),
            "nearness": one.nearness,
            "stage": one.stage or None,
            "stage_label": STAGES[one.stage][0] if one.stage else None,
            "stage_label_en": STAGES[one.stage][1] if one.stage else None,
            "level": one.level,
            "first_at": one.first_at,
            "hours": one.hours,
            "rain": one.rain,
            "limit": one.limit,
            "windows": one.windows,
            "slope_share": one.slopes[0]["share"] if one.slopes else None,
            "ground": one.ground,
            "depth": one.depth,
            "arrives_at": one.arrives_at,
            "lower_bound": one.lower_bound,
            "why": said(one.why, language),
        }
        for one in found
    ]


def _last(told: float | None) -> float:
    """Sort the greatest first, nought after it, and what nobody knows after all."""
    return 1.0 if told is None else -told


def _nothing(rows: "QuerySet[VillageOutlook]") -> str:
    """Say why no village is near: by the sea where it was computed, by rain where rain was."""
    if rows.filter(depth__isnull=False).exists():
        return NO_WATER
    blind = rows.filter(stage="").exclude(why="").values_list("why", flat=True).first()
    judged = rows.exclude(stage="").exists()
    return blind if blind is not None and not judged else NO_RAIN


def _local(at: datetime | None) -> str | None:
    return None if at is None else clock.local(at).strftime("%Y-%m-%d %H:%M")
