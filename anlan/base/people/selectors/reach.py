"""Whom to turn to when a post does not answer: the relations a ladder's rungs name.

Every relation is answered for a whole batch of posts in a fixed number of queries.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from anlan.base.people.models import Post
from anlan.base.people.selectors.duty import on_duty_persons
from anlan.base.people.selectors.holders import holdings_on
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.kernel.errors import Invalid

VILLAGE_DIGITS = 12

STATIONED = ("stationed-cadre", "paired-cadre")
WATCH = ("duty-officer", "duty-chief", "duty-leader")
COMMANDERS = ("commander", "deputy-commander")
HEADS = ("village-head", "village-deputy")

Found = dict[str, list[str]]


def reach(posts: Collection[str], relation: str) -> Found:
    """Tell for each post the posts to turn to by a relation, best first; none is left out.

    Raises `Invalid` for a relation that is not in `RELATIONS`.
    """
    if relation not in RELATIONS:
        raise Invalid(f"不认识的关系「{relation}」，可用：{'、'.join(RELATIONS)}")
    wanted = list(dict.fromkeys(posts))
    found = RELATIONS[relation](wanted)
    return {post: found[post] for post in wanted if found.get(post)}


def _itself(posts: Sequence[str]) -> Found:
    return {post: [post] for post in posts}


def _deputy(posts: Sequence[str]) -> Found:
    """Name the same post where somebody holds it as B or C: they are turned to through it."""
    return {held.post: [held.post] for held in holdings_on(posts) if held.rank != "A"}


def _regions_of(posts: Sequence[str]) -> dict[str, str]:
    return dict(Post.objects.filter(pk__in=posts).values_list("pk", "region_id"))


def _village_of(code: str) -> str:
    """Tell the village of a village or grid code, "" for regions above."""
    trimmed = scope.prefix(code)
    return trimmed[:VILLAGE_DIGITS] if len(trimmed) >= VILLAGE_DIGITS else ""


def _by_region(codes: Collection[str], roles: Sequence[str]) -> Found:
    """List the posts of some roles by region, the first role first."""
    rows = Post.objects.filter(region__in=set(codes), role__in=roles, retired_at=None)
    found: dict[str, list[tuple[int, int, str]]] = {}
    for pk, code, role, rank in rows.values_list("pk", "region_id", "role", "rank"):
        found.setdefault(code, []).append((roles.index(role), rank, pk))
    return {code: [pk for _, _, pk in sorted(offers)] for code, offers in found.items()}


def _stationed(posts: Sequence[str]) -> Found:
    villages = {post: _village_of(code) for post, code in _regions_of(posts).items()}
    cadres = _by_region({code for code in villages.values() if code}, STATIONED)
    return {
        post: [cadre for cadre in cadres.get(village, []) if cadre != post]
        for post, village in villages.items()
    }


def _duty_own(posts: Sequence[str]) -> Found:
    """Find the duty room of the post's own region; for leaders, whom nobody above is called for."""
    own = {post: [code] for post, code in _regions_of(posts).items()}
    return {post: [one for one in room if one != post] for post, room in _rooms_of(own).items()}


def _duty_above(posts: Sequence[str]) -> Found:
    """Find the duty room of the nearest level above that has one; whoever sits there first."""
    return _rooms_of(
        {post: list(reversed(scope.ancestors(code))) for post, code in _regions_of(posts).items()}
    )


def _rooms_of(chains: Mapping[str, Sequence[str]]) -> Found:
    """Find for each post the first duty room of its regions, best seat first."""
    rooms = _by_region({code for chain in chains.values() for code in chain}, WATCH)
    seated = _seated(rooms)
    return {
        post: next((seated.get(code) or rooms[code] for code in chain if code in rooms), [])
        for post, chain in chains.items()
    }


def _commander(posts: Sequence[str]) -> Found:
    """Find who commands at the post's own level, else at the nearest level above that has one."""
    chains = {
        post: [code, *reversed(scope.ancestors(code))] for post, code in _regions_of(posts).items()
    }
    chiefs = _by_region({code for chain in chains.values() for code in chain}, COMMANDERS)
    return {
        post: next((chiefs[code][:1] for code in chain if code in chiefs), [])
        for post, chain in chains.items()
    }


def seats(rooms: Mapping[str, Sequence[str]]) -> Found:
    """Keep of each region's duty posts those whose holder is on watch now; the first when none is.

    `rooms` are posts by region, best first: three shifts of a duty room are not all woken.
    """
    here = _seated(rooms)
    return {code: here.get(code) or list(posts[:1]) for code, posts in rooms.items()}


def _seated(rooms: Mapping[str, Sequence[str]]) -> Found:
    """Keep of each room's posts those whose holder is on watch now."""
    present = on_duty_persons(rooms)
    every = [post for posts in rooms.values() for post in posts]
    here = (
        {held.post for held in holdings_on(every) if held.person in present} if present else set()
    )
    return {code: [post for post in posts if post in here] for code, posts in rooms.items()}


def _neighbour(posts: Sequence[str]) -> Found:
    """Find the head of the nearest village, by the seats, within the county."""
    villages = {post: _village_of(code) for post, code in _regions_of(posts).items()}
    counties = {code[:6] for code in villages.values() if code}
    nearest = {code: near for county in counties for code, near in _nearest(county).items()}
    heads = _by_region(set(nearest.values()), HEADS)
    return {
        post: heads.get(nearest[village], []) if village in nearest else []
        for post, village in villages.items()
    }


def _nearest(county: str) -> dict[str, str]:
    """Tell the nearest other village of every village of a county; villages without a seat drop.

    Of villages equally near it is the first by code, whatever order a database reads them in.
    """
    seats = scope.below(Region.objects.filter(level=Level.VILLAGE, valid_to=None), county, "code")
    placed = seats.exclude(lon=None).exclude(lat=None).order_by("code")
    rows = list(placed.values_list("code", "lon", "lat"))
    if len(rows) < 2:
        return {}
    lon, lat = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    x = lon * np.cos(np.radians(lat.mean()))
    # Rounded (degrees squared, far below a metre), so that a tie is one on every machine.
    far = ((x[:, None] - x) ** 2 + (lat[:, None] - lat) ** 2).round(12)
    np.fill_diagonal(far, np.inf)
    return {row[0]: rows[near][0] for row, near in zip(rows, far.argmin(axis=1), strict=True)}


#: What a ladder's rung may name, and how it is found.
RELATIONS: Mapping[str, Callable[[Sequence[str]], Found]] = {
    "debtor": _itself,
    "deputy": _deputy,
    "stationed": _stationed,
    "duty-own": _duty_own,
    "duty-above": _duty_above,
    "commander": _commander,
    "neighbour": _neighbour,
}
