"""Questions about regions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from numpy.typing import ArrayLike

from anlan.base.regions import memory, scope
from anlan.base.regions.models import Boundary, Level, Region
from anlan.engines.geo import datum as datums
from anlan.engines.geo import shapes
from anlan.kernel.errors import Missing

edition = memory.edition


def region(code: str) -> Region:
    """Find a region by any written form of its code; `Missing` when the list has none."""
    stored = scope.normalise(code)
    found = Region.objects.filter(code=stored).first()
    if found is None:
        raise Missing(f"区划名录中没有 {stored}")
    return found


def at(lon: float, lat: float, *, datum: str = datums.WGS84) -> Region | None:
    """Find the deepest region whose boundary holds a place; None outside all of them.

    A border belongs to one side always: the smaller code. `Invalid` when the datum is unknown.
    """
    chain = chain_at(lon, lat, datum=datum)
    return chain[0] if chain else None


def chain_at(lon: float, lat: float, *, datum: str = datums.WGS84) -> list[Region]:
    """List the regions whose boundaries hold a place, deepest first, one of each level."""
    atlas = memory.atlas()
    held = atlas.index.holding(*datums.to_wgs84(lon, lat, datum)).tolist()
    codes = [atlas.codes[place] for place in held]
    by_code = Region.objects.in_bulk(codes)
    levels: dict[int, Region] = {}
    for code in codes:
        levels.setdefault(by_code[code].level, by_code[code])
    return list(levels.values())


def codes_at(lon: ArrayLike, lat: ArrayLike, *, deepest: int = Level.GRID) -> list[str | None]:
    """Find for (n,) WGS-84 places the codes of the deepest regions that hold them.

    `deepest` keeps the answer at or above a level, e.g. `Level.VILLAGE` for lists without grids.
    """
    atlas = memory.atlas()
    found = atlas.index.deepest(lon, lat).tolist()
    codes = [atlas.codes[place] if place >= 0 else None for place in found]
    if deepest == Level.GRID:
        return codes
    length = scope.LENGTHS[deepest - 1]
    return [code and scope.pad(scope.prefix(code)[:length]) for code in codes]


def search(q: str, within: Iterable[str] = ("",), limit: int = 20) -> list[Region]:
    """Find open regions by name, pinyin initials or code, below any of the given prefixes.

    Whole names come first, then beginnings, then anywhere; among equals higher levels.
    """
    codes = memory.gazetteer().search(q, tuple(within), limit)
    rows = with_children(Region.objects.filter(code__in=codes))
    found = {row.code: row for row in rows}
    return [found[code] for code in codes if code in found]


def top() -> str:
    """Tell the code of the region that everything stored lies in; "" when there is no such one.

    A county's list may carry its province and city: the answer is the county.
    """
    found = ""
    rows = Region.objects.filter(valid_to=None)
    below = list(rows.filter(parent=None).values_list("code", flat=True)[:2])
    while len(below) == 1:
        found = below[0]
        if scope.level_of(found) >= Level.COUNTY:
            break
        below = list(rows.filter(parent=found).values_list("code", flat=True)[:2])
    return found


def children(code: str) -> QuerySet[Region]:
    """List the open regions right below one; `scope.COUNTRY` gives those without a parent."""
    stored = scope.normalise(code)
    rows = Region.objects.filter(valid_to=None).order_by("code")
    if stored == scope.COUNTRY:
        return rows.filter(parent=None)
    return rows.filter(parent=stored)


def with_children(rows: QuerySet[Region]) -> QuerySet[Region]:
    """Note on each region, as `has_children`, whether an open one lies right below."""
    below = Region.objects.filter(parent=OuterRef("code"), valid_to=None)
    return rows.annotate(has_children=Exists(below))


def ancestors(code: str) -> list[Region]:
    """List the regions above one that the list has, highest first."""
    return list(Region.objects.filter(code__in=scope.ancestors(code)).order_by("code"))


def names(codes: Iterable[str]) -> dict[str, str]:
    """Name regions by their stored codes; what nobody imported is not in the answer."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    return dict(Region.objects.filter(code__in=wanted).values_list("code", "name"))


def still_open(codes: Iterable[str]) -> set[str]:
    """Pick the stored codes that name a region in force; asked by every row that is written."""
    wanted = list(set(codes))
    table = connection.ops.quote_name(Region._meta.db_table)
    found: set[str] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"SELECT code FROM {table} WHERE valid_to IS NULL AND code IN ({marks})",  # noqa: S608
                some,
            )
            found.update(code for (code,) in cursor.fetchall())
    return found


def outline(code: str) -> Any | None:
    """Return a region's boundary as a WGS-84 geometry; None when nobody gave one."""
    wkb = Boundary.objects.filter(region=scope.normalise(code)).values_list("wkb", flat=True)
    found = wkb.first()
    return None if found is None else shapely.from_wkb(bytes(found))


def outlines(codes: Sequence[str], *, tolerance: float = 0.0) -> Mapping[str, Any]:
    """Return boundaries by code as GeoJSON geometries, simplified to `tolerance` degrees."""
    rows = list(Boundary.objects.filter(region__in=codes).values_list("region_id", "wkb"))
    drawn = shapely.from_wkb([bytes(wkb) for _, wkb in rows])
    if tolerance > 0:
        drawn = shapely.simplify(drawn, tolerance)
    return {code: shapes.to_geojson(shape) for (code, _), shape in zip(rows, drawn, strict=True)}


def width(codes: Sequence[str]) -> float:
    """Tell the degrees that the boundaries of some regions span together; 0 without any."""
    box = Boundary.objects.filter(region__in=codes).aggregate(Min("west"), Max("east"))
    if box["west__min"] is None:
        return 0.0
    return float(box["east__max"] - box["west__min"])


def shares(area: Any) -> list[tuple[str, float]]:
    """List the open regions that an area meets, with the share of each region inside it.

    `area` is a WGS-84 geometry; a point or line has share 0 in what it touches. In order of codes.
    """
    return [(code, of_region) for code, of_region, _ in overlaps(area)]


def overlaps(area: Any) -> list[tuple[str, float, float]]:
    """List the open regions that an area meets, in order of codes, with two shares of each.

    How much of the region lies inside the area, and how much of the area inside the region: a small
    circle in a wide village is a trifle of the village and the whole of the circle.
    """
    atlas = memory.atlas()
    met = atlas.index.touching(area).tolist()
    if not met:
        return []
    whole = atlas.index.polygons[np.asarray(met)]
    inside = shapes.area_m2(shapely.intersection(whole, area))
    of_regions = inside / shapes.area_m2(whole)
    of_area = inside / max(float(shapes.area_m2(np.array([area]))[0]), 1e-9)
    return [
        (atlas.codes[place], float(region), float(part))
        for place, region, part in zip(met, of_regions, of_area, strict=True)
    ]


def drawn_below(codes: Iterable[str], *, deepest: int = Level.VILLAGE) -> set[str]:
    """Pick those below which, right or further down to a level, any region has a boundary."""
    drawn = memory.atlas().codes
    return {code for code in codes if _any_below(code, drawn, deepest)}


def _any_below(code: str, drawn: Sequence[str], deepest: int) -> bool:
    prefix = scope.prefix(code)
    start = bisect_right(drawn, code)
    end = bisect_left(drawn, scope.next_prefix(prefix)) if prefix else len(drawn)
    return any(scope.level_of(one) <= deepest for one in drawn[start:end])
