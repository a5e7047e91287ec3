"""Slopes against the law of slides, those nearest to it first."""

from typing import Any, Final

from anlan import codes
from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import DangerZone
from anlan.base.regions import selectors as regions
from anlan.forecast.models import Run, VillageOutlook
from anlan.forecast.selectors.gathering.rain import SLIDES
from anlan.forecast.selectors.products import about, empty, inside
from anlan.forecast.selectors.rows import run_for

LAWS: Final = "landslide-laws"
#: Kinds of inputs (see `gathering`).
LAW, RAIN = "slope-law", ("rain-measured", "rain-forecast")
NO_SLOPES: Final = "没有地质灾害隐患点，或都不在您的管辖范围内"
NO_RAIN: Final = "没有实测雨量，也没有雨量预报，不知道雨到没到临界线"
NOT_ASKED: Final = "这个模型不对照滑坡隐患点"
NO_GAUGES: Final = "地质灾害隐患点附近都没有雨量站，或都没有雨量"


def slopes(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """List the slopes of a run by their share of the law; `laws` says which it was.

    Slopes under the same rain are as near as each other to a tenth of the law: of those the one
    that threatens most people comes first.
    """
    row = run_for(run, actor)
    told = [
        (village.region_id, slope)
        for village in VillageOutlook.objects.filter(inside(actor, row), run=row)
        for slope in village.slopes
    ]
    places = regions.names(region for region, _ in told)
    zones = {
        zone.code: zone
        for zone in DangerZone.objects.filter(code__in={one["zone"] for _, one in told}).only(
            "code", "name", "people"
        )
    }
    items = [
        {
            **one, "zone_name": zones[one["zone"]].name if one["zone"] in zones else one["zone"],
            "people": zones[one["zone"]].people if one["zone"] in zones else None,
            "region": region, "region_name": places.get(region, region),
        }
        for region, one in told
    ]  # fmt: skip
    items.sort(key=lambda one: (-round(one["share"], 1), -(one["people"] or 0), one["zone"]))
    why = "" if items else empty(row, said(_why(actor, row), language), language)
    return {**about(row), "items": items, "laws": _laws(items, language), "why_empty": why}


def _why(actor: Actor, row: Run) -> str:
    """Say why no slope is set against the law: none there, rain nobody knows, no law, no gauge."""
    zones = DangerZone.objects.filter(inside(actor, row), retired_at=None)
    if not any(SLIDES in hazards for hazards in zones.values_list("hazards", flat=True)):
        return NO_SLOPES
    inputs = {one["kind"]: one for one in row.inputs}
    if LAW not in inputs:
        return NOT_ASKED
    missing = {kind for kind, one in inputs.items() if one["state"] == "missing"}
    if missing.issuperset(RAIN):
        return NO_RAIN
    return str(inputs[LAW]["said"]) if LAW in missing else NO_GAUGES


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
