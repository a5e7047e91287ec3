"""Where to go from here: the nearest shelters that may be used, have room, and whom to call there.

Never one that is full, closed, or stands where the water or the danger will be. One whose room is
not known is told apart, after the others: nobody is sent there without a call before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.base.people import selectors as people
from anlan.base.places.models import Shelter
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.engines.geo.distance import haversine
from anlan.respond.evacuation.nearest import REACH_M
from anlan.respond.evacuation.selectors.gathering import village_of
from anlan.respond.evacuation.selectors.shelters import KEPT, booked, endangered_now, room_of

COUNTY_DIGITS = scope.LENGTHS[Level.COUNTY - 1]
#: How many are told, and of those whose room is not known.
MOST, MOST_UNKNOWN = 8, 3


Spot = tuple[float | None, float | None]


@dataclass(frozen=True)
class Near:
    """A shelter: its room (None is not known), how far (m; None is not known), whom to call."""

    shelter: Shelter
    room: int | None
    metres: float | None
    keeper: str = ""
    phone: str = ""


def nearest_shelters(region: str, lon: float | None = None, lat: float | None = None) -> list[Near]:
    """List the shelters of a region's county by distance from a point, else from its seat."""
    if lon is None or lat is None:
        seat = Region.objects.filter(code=region).values_list("lon", "lat").first()
        lon, lat = seat or (None, None)
    county = scope.prefix(region)[:COUNTY_DIGITS]
    ground = endangered_now(county)
    rows = Shelter.objects.filter(scope.within([county]), retired_at=None, status__in=KEPT)
    rows = rows.exclude(pk__in=ground.in_zone | ground.flooded).select_related("region")
    found = _measured(list(rows.order_by("code")), lon, lat)
    village = village_of(region)
    # Without a place of its own a shelter of this very village is still near.
    found.sort(
        key=lambda one: (
            REACH_M if one.metres is None else one.metres,
            village_of(one.shelter.region_id) != village,
        )
    )
    roomy = [one for one in found if one.room is not None and one.room > 0][:MOST]
    unknown = [one for one in found if one.room is None][:MOST_UNKNOWN]
    return _with_keepers([*roomy, *unknown])


def _measured(rows: Sequence[Shelter], lon: float | None, lat: float | None) -> list[Near]:
    """Tell room and distance of each; beyond reach it is no place to go to."""
    kept = booked([one.pk for one in rows])
    found = []
    for one in rows:
        far = _metres((lon, lat), (one.lon, one.lat))
        if far is None or far <= REACH_M:
            found.append(Near(one, room_of(one, kept.get(one.pk, 0)), far))
    return found


def _metres(here: Spot, there: Spot) -> float | None:
    """Tell how far it is; None where one of both places is not known."""
    (lon, lat), (x, y) = here, there
    if lon is None or lat is None or x is None or y is None:
        return None
    return float(haversine(lon, lat, x, y))


def _with_keepers(found: Sequence[Near]) -> list[Near]:
    """Add who keeps each, and the number to call; "" where nobody is named."""
    posts = {one.shelter.keeper_id for one in found if one.shelter.keeper_id}
    first = {held.post: held.person for held in reversed(people.holdings_on(posts))}
    names = people.names_of(set(first.values()))
    numbers = people.first_numbers(set(first.values()))
    return [
        Near(
            one.shelter, one.room, one.metres,
            names.get(first.get(one.shelter.keeper_id or "", ""), ""),
            numbers.get(first.get(one.shelter.keeper_id or "", ""), ""),
        )
        for one in found
    ]  # fmt: skip
