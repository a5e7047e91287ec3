"""Which shelters may take people of a batch, and how much room they have left."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db.models import Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from anlan import codes
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.respond.evacuation.models import Entry, Evacuation, Part
from anlan.respond.evacuation.nearest import Room
from anlan.respond.evacuation.selectors.gathering import SAFE, village_of
from anlan.respond.evacuation.states import OWED_A_PLACE

#: States of a shelter in which places may be kept in it, and those in which nobody is inside yet.
KEPT = ("idle", "ready", "open")
NOT_OPEN = ("idle", "ready")
#: States of an evacuation in which nobody waits for a place any more.
OVER = ("closed", "dropped")
COUNTY_DIGITS = scope.LENGTHS[Level.COUNTY - 1]


class Ground(NamedTuple):
    """Why a shelter must not take people of a batch."""

    in_zone: set[str]
    flooded: set[str]


class _Spot(NamedTuple):
    """Where a shelter stands; without a place its region is all there is."""

    pk: str
    region: str
    lon: float | None
    lat: float | None
    height: float | None

    @property
    def point(self) -> tuple[float, float] | None:
        """Its place, when known."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


def in_reach(batch: Evacuation) -> "QuerySet[Shelter]":
    """Narrow shelters to those of the counties the batch lies in."""
    county = scope.prefix(batch.region_id)[:COUNTY_DIGITS]
    return Shelter.objects.filter(scope.within([county]), retired_at=None)


def endangered(batch: Evacuation) -> Ground:
    """Tell which shelters stand in a danger zone of the same hazards, and which in the water."""
    spots = _spots(in_reach(batch))
    county = scope.prefix(batch.region_id)[:COUNTY_DIGITS]
    water = dict(batch.parts.filter(flooded=True).values_list("region_id", "surface"))
    return Ground(_in_zones(county, set(batch.hazards), spots), _in_water(water, spots))


def endangered_now(county: str) -> Ground:
    """Tell which shelters of a county (trimmed code) nobody should walk to now.

    What every evacuation under way fears there counts, drafts of a forecast with it; while there is
    none, a danger zone of any hazard does.
    """
    here = scope.within([county]) | Q(region__in=scope.ancestors(county))
    going = Evacuation.objects.filter(here).exclude(state__in=OVER)
    hazards = {one for some in going.values_list("hazards", flat=True) for one in some}
    wet = Part.objects.filter(evacuation__in=going, flooded=True, lifted_at=None)
    water: dict[str, float | None] = {}
    for village, surface in wet.values_list("region_id", "surface"):
        known = water.get(village, surface)
        water[village] = None if surface is None or known is None else max(surface, known)
    spots = _spots(Shelter.objects.filter(scope.within([county]), retired_at=None))
    return Ground(_in_zones(county, hazards or None, spots), _in_water(water, spots))


def _spots(shelters: "QuerySet[Shelter]") -> list[_Spot]:
    rows = shelters.order_by("pk").values_list("pk", "region_id", "lon", "lat", "height")
    return [_Spot(*row) for row in rows]


def _in_zones(county: str, hazards: set[str] | None, spots: Sequence[_Spot]) -> set[str]:
    """Tell which of some spots lie in a danger zone of these hazards; of any where none is told."""
    zones = DangerZone.objects.filter(retired_at=None, outline__isnull=False)
    zones = zones.exclude(status__in=SAFE).filter(scope.within([county]))
    drawn = [
        text
        for of, text in zones.annotate(text=Cast("outline", TextField())).values_list(
            "hazards", "text"
        )
        if hazards is None or hazards.intersection(of)
    ]
    placed = [(one.pk, *one.point) for one in spots if one.point]
    if not drawn or not placed:
        return set()
    shapes = shapely.from_geojson(drawn, on_invalid="ignore")
    tree = shapely.STRtree(shapes[~shapely.is_missing(shapes)])
    points = shapely.points([lon for _, lon, _ in placed], [lat for _, _, lat in placed])
    hit = np.unique(tree.query(points, predicate="intersects")[0])
    return {placed[at][0] for at in hit.tolist()}


def _in_water(water: Mapping[str, float | None], spots: Sequence[_Spot]) -> set[str]:
    """Tell the shelters of villages that will be under water, but for those known to stand above.

    `water` is the height of the water's surface by village. Heights of shelters share its datum;
    what is not known is not above.
    """
    if not water:
        return set()
    placed = [(one.pk, *one.point) for one in spots if one.point]
    lon, lat = [one[1] for one in placed], [one[2] for one in placed]
    found = regions.codes_at(lon, lat, deepest=Level.VILLAGE)
    at = {one[0]: code for one, code in zip(placed, found, strict=True) if code}
    wet = set()
    for one in spots:
        village = at.get(one.pk) or village_of(one.region)
        if village not in water:
            continue
        surface = water[village]
        if one.height is None or surface is None or one.height <= surface:
            wet.add(one.pk)
    return wet


def booked(shelters: Collection[str] | None = None) -> dict[str, int]:
    """Count the places kept for people who are not inside yet, over all batches that stand."""
    rows = Entry.objects.filter(
        shelter__isnull=False, people__isnull=False, state__in=OWED_A_PLACE, part__lifted_at=None
    )
    rows = rows.exclude(evacuation__state__in=OVER)
    if shelters is not None:
        rows = rows.filter(shelter__in=shelters)
    return dict(rows.order_by().values_list("shelter_id").annotate(Sum("people")))


def room_of(shelter: Shelter, kept: int) -> int | None:
    """Tell how many more a shelter takes, places kept taken off; None is not known."""
    occupied = shelter.occupied
    if occupied is None and shelter.status in NOT_OPEN:
        occupied = 0  # nobody is let in yet
    if shelter.capacity is None or occupied is None:
        return None
    return shelter.capacity - occupied - kept


def rooms(shelters: Sequence[Shelter]) -> list[Room]:
    """List shelters that have a known room left, as they stand in the caller's transaction."""
    kept = booked([one.pk for one in shelters])
    found = []
    for one in shelters:
        left = room_of(one, kept.get(one.pk, 0))
        if left is not None and left > 0 and one.lon is not None and one.lat is not None:
            found.append(Room(one.pk, one.lon, one.lat, left))
    return found


def occupancy(batch: Evacuation, shown: "QuerySet[Shelter]") -> list[dict[str, Any]]:
    """Tell of shelters how many they hold, how many are inside, kept for and expected."""
    rows = list(shown.select_related("region").order_by("region_id", "code"))
    kept = booked([one.pk for one in rows])
    mine = Entry.objects.filter(evacuation=batch)
    inside, waited = (
        dict(some.order_by().values_list(column).annotate(Sum("people")))
        for column, some in (
            ("inside_id", mine.filter(inside__isnull=False)),
            ("shelter_id", mine.filter(shelter__isnull=False, state__in=OWED_A_PLACE)),
        )
    )
    ground = endangered(batch)
    table = codes.table("shelter-status")
    return [
        {
            "id": one.pk, "name": one.name, "region": one.region_id,
            "region_name": one.region.name, "capacity": one.capacity, "occupied": one.occupied,
            "kept": kept.get(one.pk, 0), "room": room_of(one, kept.get(one.pk, 0)),
            "inside": inside.get(one.pk) or 0, "expected": waited.get(one.pk) or 0,
            "status": one.status, "status_label": table.name(one.status),
            "status_label_en": table.name(one.status, "en"), "lon": one.lon, "lat": one.lat,
            "in_zone": one.pk in ground.in_zone, "flooded": one.pk in ground.flooded,
        }
        for one in rows
    ]  # fmt: skip
