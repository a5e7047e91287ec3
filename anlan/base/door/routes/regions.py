"""Regions: the tree, the search box, the region of a place, outlines for the map."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Router
from ninja.params import functions as ask

from anlan.base.door.asking import ApiRequest
from anlan.base.door.caching import tag_of, tagged, unchanged
from anlan.base.permissions import Actor, permit, prefixes, shared, visible
from anlan.base.regions import scope, selectors
from anlan.base.regions.models import LEVELS_EN, Level, Region
from anlan.kernel.errors import Missing

router = Router(tags=["regions"])

VIEW = "regions.view"

#: Most rows of one answer; no region has so many children.
MOST = 2_000

#: An outline is simplified to this share of the whole picture's width: a tenth of a pixel or so.
DETAIL = 1 / 8_000


@router.get("/regions", summary="Children of a region, one's own regions, or a search")
def list_regions(
    request: ApiRequest, parent: str = "", q: str = "", limit: int = ask.Query(20, ge=1, le=200)
) -> HttpResponse:
    """List what lies right below `parent`, or what `q` (name, initials, code) finds.

    With neither: the regions the asker answers for.
    """
    actor = request.actor
    permit(actor, VIEW)
    if q:
        return _answer(request, lambda: _items(selectors.search(q, prefixes(actor, VIEW), limit)))
    if parent:
        rows = visible(selectors.children(parent), actor, VIEW, column="code")
        return _answer(request, lambda: _items(_loaded(rows)))
    return _answer(request, lambda: _items(_loaded(_own(actor))))


@router.get("/regions/at", summary="The region of a place")
def region_at(
    request: ApiRequest,
    lon: float = ask.Query(..., ge=-180, le=180),
    lat: float = ask.Query(..., ge=-90, le=90),
    datum: str = "wgs84",
) -> HttpResponse:
    """Tell the deepest region that holds a place, those above it and the grid cell.

    `region` is null outside every known boundary: unknown is not the nearest.
    """
    permit(request.actor, VIEW)

    def found() -> dict[str, Any]:
        chain = selectors.chain_at(lon, lat, datum=datum)
        grid = next((one for one in chain if one.level == Level.GRID), None)
        region = next((one for one in chain if one.level != Level.GRID), None)
        if region is None:
            return {"region": None, "ancestors": [], "grid": grid and _item(grid)}
        return {
            "region": _item(region),
            "ancestors": [_item(one) for one in selectors.ancestors(region.code)],
            "grid": grid and _item(grid),
        }

    return _answer(request, found)


@router.get("/regions/{code}", summary="One region")
def get_region(request: ApiRequest, code: str) -> HttpResponse:
    """Read one region with those above it."""
    region = _seen(request.actor, code)

    def found() -> dict[str, Any]:
        rows = selectors.with_children(Region.objects.filter(code=region.code))
        return {
            **_item(rows[0]),
            "valid_from": region.valid_from,
            "valid_to": region.valid_to,
            "successor": region.successor or None,
            "ancestors": [_item(one) for one in selectors.ancestors(region.code)],
        }

    return _answer(request, found)


@router.get("/regions/{code}/children.geojson", summary="Outlines right below a region")
def children_geojson(request: ApiRequest, code: str) -> HttpResponse:
    """Draw the regions right below one; those without a boundary have no geometry."""
    actor = request.actor
    permit(actor, VIEW)
    rows = visible(selectors.children(code), actor, VIEW, column="code")
    return _answer(request, lambda: _collection(_loaded(rows)), "application/geo+json")


@router.get("/regions/{code}/outline.geojson", summary="Outline of a region")
def outline_geojson(request: ApiRequest, code: str) -> HttpResponse:
    """Draw one region."""
    region = _seen(request.actor, code)
    return _answer(request, lambda: _collection([region]), "application/geo+json")


def _own(actor: Actor) -> QuerySet[Region]:
    mine = prefixes(actor, VIEW)
    if "" in mine:
        return selectors.children(scope.COUNTRY)
    return Region.objects.filter(code__in=[scope.pad(one) for one in mine]).order_by("code")


def _seen(actor: Actor, code: str) -> Region:
    stored = scope.normalise(code)
    mine = prefixes(actor, VIEW)
    if not any(scope.covers(one, stored) for one in mine) and stored not in shared(actor, VIEW):
        raise Missing(f"区划名录中没有 {stored}")
    return selectors.region(stored)


def _loaded(rows: QuerySet[Region]) -> list[Region]:
    return list(selectors.with_children(rows)[:MOST])


def _answer(
    request: ApiRequest, make: Callable[[], Any], content_type: str = "application/json"
) -> HttpResponse:
    """Answer, or say that nothing changed: the answer hangs on edition, scope and question."""
    actor = request.actor
    edition = selectors.edition()
    asked = request.get_full_path()
    tag = tag_of(edition, prefixes(actor, VIEW), shared(actor, VIEW), asked)
    same = unchanged(request, tag) if edition else None
    if same is not None:
        return same
    response = HttpResponse(orjson.dumps(make()), content_type=content_type)
    return tagged(response, tag) if edition else response


def _items(rows: Iterable[Region]) -> dict[str, Any]:
    return {"items": [_item(row) for row in rows]}


def _item(row: Region) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "level": row.level,
        "level_label": Level(row.level).label,
        "level_label_en": LEVELS_EN[Level(row.level)],
        "parent": row.parent_id,
        "lon": row.lon,
        "lat": row.lat,
        "population": row.population,
        "households": row.households,
        "has_children": getattr(row, "has_children", None),
    }


def _collection(rows: list[Region]) -> dict[str, Any]:
    width = selectors.width([row.code for row in rows])
    drawn = selectors.outlines([row.code for row in rows], tolerance=width * DETAIL)
    features = [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": drawn.get(row.code),
            "properties": _item(row),
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}
