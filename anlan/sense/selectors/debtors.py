"""Who is turned to first: the keeper of the place, its unit's watch, the duty room above it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.people.selectors.duty import on_duty_persons
from anlan.base.regions import scope

#: Posts of a duty room, whoever sits there first.
WATCH = ("duty-officer", "duty-chief", "duty-leader")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an alarm is, and whose the place is."""

    region: str
    name: str
    lon: float | None = None
    lat: float | None = None
    keeper: str | None = None
    unit: str | None = None


def debtors(places: Collection[Place]) -> dict[Place, str]:
    """Tell the post that owes the acknowledgement; places without any are left out.

    Four queries, whatever the number of places.
    """
    found = {place: place.keeper for place in places if place.keeper}
    rest = [place for place in places if place not in found]
    units = _watches_of_units({place.unit for place in rest if place.unit})
    found |= {place: units[place.unit] for place in rest if place.unit in units}
    rest = [place for place in rest if place not in found]
    rooms = _duty_rooms({place.region for place in rest})
    return {**found, **{place: rooms[place.region] for place in rest if place.region in rooms}}


def _watches_of_units(units: Collection[str]) -> dict[str, str]:
    if not units:
        return {}
    rows = Post.objects.filter(unit__in=units, role__in=WATCH, retired_at=None)
    best: dict[str, tuple[int, int, str]] = {}
    for pk, unit, role, order in rows.values_list("pk", "unit_id", "role", "rank"):
        offer = (WATCH.index(role), order, pk)
        best[unit] = min(best.get(unit, offer), offer)
    return {unit: pk for unit, (_, _, pk) in best.items()}


def _duty_rooms(regions: Collection[str]) -> dict[str, str]:
    """Find the nearest duty room at or above each region; who is on watch now comes first."""
    chains = {code: [code, *reversed(scope.ancestors(code))] for code in regions}
    wanted = {code for chain in chains.values() for code in chain}
    if not wanted:
        return {}
    rows = Post.objects.filter(region__in=wanted, role__in=WATCH, retired_at=None)
    rooms: dict[str, list[tuple[int, int, str]]] = {}
    for pk, code, role, order in rows.values_list("pk", "region_id", "role", "rank"):
        rooms.setdefault(code, []).append((WATCH.index(role), order, pk))
    chosen = _seated({code: [pk for _, _, pk in sorted(posts)] for code, posts in rooms.items()})
    found = {}
    for code, chain in chains.items():
        room = next((one for one in chain if one in chosen), None)
        if room is not None:
            found[code] = chosen[room]
    return found


def _seated(rooms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    present = on_duty_persons(rooms)
    posts = [post for room in rooms.values() for post in room]
    here = (
        {held.post for held in people.holdings_on(posts) if held.person in present}
        if present
        else set()
    )
    return {
        code: next((post for post in room if post in here), room[0]) for code, room in rooms.items()
    }
