"""Series summed up for tables: basins by their peaks, regions by their chances of wind."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from anlan.base.door.phrases import said
from anlan.base.permissions.actor import Actor
from anlan.base.regions import selectors as regions
from anlan.forecast.models import Basin, Run, Series
from anlan.forecast.selectors.products import about, empty, inside
from anlan.forecast.selectors.rows import run_for


def basins(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """List basins by their peak flow for each square kilometre, the fiercest first.

    `rain` is what falls from the base on; None where nothing is known.
    """
    row = run_for(run, actor)
    found = _by_code(actor, row, "basin")
    places = {
        one.code: one
        for one in Basin.objects.filter(code__in=found).select_related("downstream", "region")
    }
    items = []
    for code, series in found.items():
        place = places.get(code)
        peak, at = _peak(series.get("flow"), row)
        area = place.area if place else None
        items.append(
            {
                "code": code,
                "name": place.name if place else code,
                "region": place.region_id if place else None,
                "region_name": place.region.name if place else None,
                "lon": place.lon if place else None,
                "lat": place.lat if place else None,
                "area": area,
                "downstream": place.downstream.code if place and place.downstream else None,
                "peak_flow": peak,
                "peak_at": at,
                "peak_specific": round(peak / area, 3) if peak is not None and area else None,
                "rain": _total(series.get("rain"), row),
            }
        )
    items.sort(key=lambda one: (-(one["peak_specific"] or -1.0), one["code"]))
    why = "" if items else empty(row, said(NO_BASINS, language), language)
    return {**about(row), "items": items, "why_empty": why}


NO_BASINS = "这个模型没有小流域结果，或都不在您的管辖范围内"
NO_REGIONS = "这个模型没有分地区的结果，或都不在您的管辖范围内"


def by_region(actor: Actor, run: str, language: str) -> dict[str, Any]:
    """List regions with their chances: force 8, 10 and 12 within the time of the run."""
    row = run_for(run, actor)
    found = _by_code(actor, row, "region")
    places = regions.names(found)
    items = [
        {
            "region": code,
            "name": places.get(code, code),
            "chances": {name: one.values[0] for name, one in series.items() if one.values},
        }
        for code, series in found.items()
    ]
    items.sort(key=lambda one: (-max(_known(one["chances"]), default=-1.0), str(one["region"])))
    why = "" if items else empty(row, said(NO_REGIONS, language), language)
    return {**about(row), "items": items, "why_empty": why}


def _known(chances: Any) -> list[float]:
    return [one for one in chances.values() if one is not None]


def _by_code(actor: Actor, row: Run, of: str) -> dict[str, dict[str, Series]]:
    rows = Series.objects.filter(inside(actor, row), run=row, of=of, member="")
    found: dict[str, dict[str, Series]] = defaultdict(dict)
    for one in rows.order_by("code"):
        found[one.code][one.quantity] = one
    return dict(found)


def _ahead(series: Series, row: Run) -> tuple[int, list[float | None]]:
    """Tell which value is the first after the base, and the values from there.

    A value is that of the step before its moment, so the one at the base is past.
    """
    passed = (row.based_at - series.start).total_seconds() / series.step_s
    first = max(0, int(passed // 1) + 1)
    return first, list(series.values[first:])


def _peak(series: Series | None, row: Run) -> tuple[float | None, Any]:
    if series is None:
        return None, None
    first, values = _ahead(series, row)
    known = [(one, place) for place, one in enumerate(values) if one is not None]
    if not known:
        return None, None
    most, place = max(known)
    return round(most, 2), series.start + timedelta(seconds=series.step_s * (first + place))


def _total(series: Series | None, row: Run) -> float | None:
    if series is None:
        return None
    known = [one for one in _ahead(series, row)[1] if one is not None]
    return round(sum(known), 1) if known else None
