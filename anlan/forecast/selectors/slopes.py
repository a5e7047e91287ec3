"""Slopes against the law of slides, those nearest to it first."""

from typing import Any, Final

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import DangerZone
from anlan.base.regions import selectors as regions
from anlan.forecast.models import VillageOutlook
from anlan.forecast.selectors.products import about, empty, inside
from anlan.forecast.selectors.rows import run_for

LAWS: Final = "landslide-laws"
NO_SLOPES: Final = "没有地质灾害隐患点，或附近都没有雨量站，或都不在您的管辖范围内"


def slopes(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """List the slopes of a run by their share of the law; `laws` says which it was."""
    row = run_for(run, actor)
    told = [
        (village.region_id, slope)
        for village in VillageOutlook.objects.filter(inside(actor, row), run=row)
        for slope in village.slopes
    ]
    places = regions.names(region for region, _ in told)
    zones = dict(
        DangerZone.objects.filter(code__in={one["zone"] for _, one in told}).values_list(
            "code", "name"
        )
    )
    items = [
        {
            **one, "zone_name": zones.get(one["zone"], one["zone"]), "region": region,
            "region_name": places.get(region, region),
        }
        for region, one in told
    ]  # fmt: skip
    items.sort(key=lambda one: (-one["share"], one["zone"]))
    why = "" if items else empty(row, said(NO_SLOPES, language), language)
    return {**about(row), "items": items, "laws": _laws(items, language), "why_empty": why}


def _laws(items: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Name the laws that were asked, with their source and whether our own slides made them."""
    table = codes.table(LAWS)
    rows = {code: table.get(code) for code in sorted({one["law"] for one in items})}
    return [
        {
            "law": code, "name": table.name(code, language), "source": row.source if row else "",
            "fitted": bool(row and row.extra.get("fitted")),
        }
        for code, row in rows.items()
    ]  # fmt: skip
