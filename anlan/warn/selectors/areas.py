"""Where a warning holds, as regions of ours.

An outline is compared with our boundaries, down to the village; codes are looked up. Where an area
gives both, both must agree: a province's code beside a small polygon means the polygon. What lies
beyond the county is left out, and said. Nothing is guessed: without any area there is none.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import shapely
from django.db.models import Count, QuerySet
from shapely.geometry.base import BaseGeometry

from anlan.base.regions import memory, scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Boundary, Level, Region
from anlan.engines.geo import shapes
from anlan.protocols.alerting.message import Area

#: Shares of a region below this are two borders drawn by different hands ...
TOUCH = 0.0005
#: ... unless so much of the area itself lies in there.
PART = 0.01

#: What areas came to is kept of so many messages, unless they are drawn to the last corner.
MOST_COVERS, MOST_CORNERS = 256, 500

Areas = tuple[Area, ...]
#: [what is to be known, of which code]; `warn.words` says them aloud.
Note = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What an area comes to here. Without `regions` nothing can be sent."""

    regions: tuple[str, ...] = ()
    #: The narrowest region that holds them all; our topmost one when there are none.
    region: str
    #: GeoJSON with every corner that was given; None without an outline.
    outline: dict[str, Any] | None = None
    notes: tuple[Note, ...] = ()


@dataclass
class Ground:
    """Our regions as far as messages ask for them; good as long as the regions are the same."""

    top: str = field(default_factory=regions.top)
    _known: dict[str, Region | None] = field(default_factory=dict)
    _children: dict[str, int] = field(default_factory=dict)
    _covers: "dict[Areas, Cover]" = field(default_factory=dict)

    @cached_property
    def seats(self) -> bool:
        """Whether any region has a seat and no boundary, so that the seat decides for it."""
        return _seats().exists()

    def known(self, codes: Iterable[str]) -> Mapping[str, Region | None]:
        """Look up regions by stored code, closed ones too; None for what the list never had."""
        wanted = [code for code in codes if code not in self._known]
        if wanted:
            found = Region.objects.in_bulk(wanted)
            self._known.update({code: found.get(code) for code in wanted})
        return self._known

    def children(self, codes: Collection[str]) -> Mapping[str, int]:
        """Count the open regions right below some, villages at the lowest."""
        wanted = [code for code in codes if code not in self._children]
        if wanted:
            rows = Region.objects.filter(
                parent__in=wanted, valid_to=None, level__lte=Level.VILLAGE
            ).values("parent")
            counts = {row["parent"]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
            self._children.update({code: counts.get(code, 0) for code in wanted})
        return self._children

    def cover(self, areas: "Areas") -> "Cover":
        """Tell what areas come to: an update holds where the message before it did."""
        found = self._covers.get(areas)
        if found is None:
            found = _cover(areas, self)
            corners = sum(len(ring) for area in areas for ring in area.polygons)
            if corners <= MOST_CORNERS:
                if len(self._covers) >= MOST_COVERS:
                    self._covers.clear()
                self._covers[areas] = found
        return found


_kept: tuple[str, Ground] | None = None


def present() -> Ground:
    """Return what this process knows of the regions; another edition of them is learnt anew."""
    global _kept
    stamp = memory.edition()
    if not stamp:  # written past the import: nothing may be trusted to memory
        return Ground()
    if _kept is None or _kept[0] != stamp:
        _kept = (stamp, Ground())
    return _kept[1]


def cover(areas: Sequence[Area], ground: Ground | None = None) -> Cover:
    """Tell the regions that areas of a message come to."""
    return (ground or present()).cover(tuple(areas))


def _cover(areas: "Areas", ground: Ground) -> Cover:
    notes: list[Note] = []
    found: set[str] = set()
    for area in areas:
        found |= _of_area(area, ground, notes)
    kept = rolled_up(found, ground)
    if not areas or not any(_says_something(area) for area in areas):
        notes.append(("no-area", ""))
    elif not kept:
        notes.append(("elsewhere", ""))
    return Cover(
        regions=tuple(kept),
        region=joint(kept) if kept else ground.top,
        outline=_outline(areas),
        notes=tuple(dict.fromkeys(notes)),
    )


def _says_something(area: Area) -> bool:
    return bool(area.codes or area.polygons or area.circles)


def _of_area(area: Area, ground: Ground, notes: list[Note]) -> set[str]:
    shape = shape_of(area, notes)
    coded = _coded(area.codes, ground, notes) if area.codes else set()
    if shape is None:
        return coded
    drawn = met_by(shape, ground)
    if not area.codes or not (drawn or coded):
        return drawn
    both = _meeting(drawn, coded)
    if not both and drawn and coded:
        notes.append(("disagree", ""))
        return drawn | coded
    return both


def _meeting(drawn: Collection[str], coded: Collection[str]) -> set[str]:
    """Keep what both say: of two regions of which one holds the other, the inner one."""
    prefixes = [(code, scope.prefix(code)) for code in coded]
    inner = {one for one in drawn if any(scope.covers(prefix, one) for _, prefix in prefixes)}
    inner |= {
        code for one in drawn for code, _ in prefixes if scope.covers(scope.prefix(one), code)
    }
    return inner


def shape_of(area: Area, notes: list[Note] | None = None) -> BaseGeometry | None:
    """Draw an area's polygons and circles as one shape; None when it has none that can be drawn."""
    drawn = []
    for ring in area.polygons:
        try:
            polygon = shapely.Polygon(ring)
            drawn.append(polygon if polygon.is_valid else shapes.repair(polygon))
        except (ValueError, shapes.BadShape, shapely.errors.ShapelyError):
            if notes is not None:
                notes.append(("bad-polygon", ""))
    for lon, lat, radius in area.circles:
        drawn.append(shapes.circle(lon, lat, radius * 1000) if radius else shapely.Point(lon, lat))
    return shapely.union_all(drawn) if drawn else None


def _outline(areas: Sequence[Area]) -> dict[str, Any] | None:
    """Keep every corner as it came; circles as polygons."""
    rings: list[Any] = [[list(map(list, ring))] for area in areas for ring in area.polygons]
    for area in areas:
        for lon, lat, radius in area.circles:
            drawn = shapes.circle(lon, lat, max(radius, 0.05) * 1000)
            rings.append(shapes.to_geojson(drawn)["coordinates"])
    return {"type": "MultiPolygon", "coordinates": rings} if rings else None


def met_by(shape: BaseGeometry, ground: Ground) -> set[str]:
    """List the deepest regions, villages at the lowest, that a shape meets.

    Where a boundary is missing the seat of the region decides.
    """
    flat = shapely.get_dimensions(shape) == 2
    met = [
        code
        for code, of_region, of_area in regions.overlaps(shape)
        if not flat or of_region >= TOUCH or of_area >= PART
    ]
    deep = [code for code in met if scope.level_of(code) <= Level.VILLAGE]
    seated = _seated(shape) if ground.seats else set()
    wide = [code for code in deep if scope.level_of(code) != Level.VILLAGE]
    deepest = set(deep) - regions.drawn_below(wide)
    held = {above for code in (*deepest, *seated) for above in scope.ancestors(code)}
    return (deepest | seated) - held


def _seated(shape: BaseGeometry) -> set[str]:
    west, south, east, north = shape.bounds
    inside = _seats().filter(lon__range=(west, east), lat__range=(south, north))
    rows = list(inside.values_list("code", "lon", "lat"))
    return {code for code, lon, lat in rows if shapely.intersects_xy(shape, lon, lat)}


def _seats() -> QuerySet[Region]:
    open_ = Region.objects.filter(valid_to=None, level__in=(Level.TOWN, Level.VILLAGE))
    return open_.filter(lon__isnull=False).exclude(pk__in=Boundary.objects.values("region"))


def _coded(sent: Sequence[str], ground: Ground, notes: list[Note]) -> set[str]:
    """Look up codes as they were sent; each becomes one of ours, or nothing, and it is said."""
    chains = {one: _chain(one) for one in sent}
    known = ground.known(code for chain in chains.values() for code in chain)
    found = set()
    for chain in chains.values():
        code = _ours(chain, known, ground.top, notes)
        if code:
            found.add(code)
    return found


def _chain(sent: str) -> list[str]:
    """List a code and those above it, the deepest first; nothing when it is no code."""
    digits = sent.strip()
    if not digits.isdigit() or len(digits) not in scope.LEVEL_BY_LENGTH:
        return []
    code = scope.normalise(digits)
    return [code, *reversed(scope.ancestors(code))]


def _ours(
    chain: Sequence[str], known: Mapping[str, Region | None], top: str, notes: list[Note]
) -> str:
    if not chain:
        return ""
    code = chain[0]
    if scope.covers(scope.prefix(code), top):
        if code != top:
            notes.append(("narrowed", code))
        return top
    if not scope.covers(scope.prefix(top), code):
        notes.append(("outside", code))
        return ""
    row = known.get(code)
    if row is not None and row.valid_to is None:
        return code
    if row is not None and row.successor:
        notes.append(("succeeded", code))
        return row.successor
    # A village that our list does not have yet: its township is the least that surely holds it.
    notes.append(("widened", code))
    nearest = (one for one in chain[1:] if (above := known.get(one)) and above.valid_to is None)
    return next(nearest, top)


def rolled_up(codes: Collection[str], ground: Ground) -> list[str]:
    """Say as few regions as hold exactly the same: a township for all its villages."""
    kept = set(codes)
    kept -= {code for code in kept if any(above in kept for above in scope.ancestors(code))}
    for level in (Level.VILLAGE, Level.TOWN, Level.COUNTY):
        by_parent = _by_parent([code for code in kept if scope.level_of(code) == level], ground)
        children = ground.children(by_parent)
        for parent, below in by_parent.items():
            if len(below) == children[parent]:
                kept -= set(below)
                kept.add(parent)
    return sorted(kept)


def _by_parent(codes: Collection[str], ground: Ground) -> dict[str, list[str]]:
    """Sort regions under their parents, as far as these are ours."""
    ours = scope.prefix(ground.top)
    known = ground.known(codes)
    found: dict[str, list[str]] = {}
    for code in codes:
        row = known[code]
        if row is not None and row.parent_id and scope.covers(ours, row.parent_id):
            found.setdefault(row.parent_id, []).append(code)
    return found


def joint(codes: Iterable[str]) -> str:
    """Name the narrowest region of the list that holds all of some regions of it."""
    found = sorted(set(codes))
    if len(found) == 1:
        return found[0]
    low, high = found[0], found[-1]
    same = next(
        (low[:length] for length in reversed(scope.LENGTHS) if low[:length] == high[:length]), ""
    )
    chain = [*scope.ancestors(scope.pad(same)), scope.pad(same)] if same else []
    known = regions.still_open(chain)
    return next((code for code in reversed(chain) if code in known), "") or regions.top()
