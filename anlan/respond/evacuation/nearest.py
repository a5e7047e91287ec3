"""Places in shelters, greedily: who comes first takes the nearest with room for all of them.

Pure: nothing here knows a database. The order of the groups is the order of the claims, so whoever
calls puts special groups first. A group is kept together; where no shelter in reach takes all of
it, it gets none and the reason, so that somebody sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.engines.geo.distance import haversine


@dataclass
class Room:
    """A shelter that may be used, and how many more it takes."""

    key: str
    lon: float
    lat: float
    left: int


@dataclass(frozen=True)
class Group:
    """People who stay together; `wanted` are the shelters their lists name, first choice first."""

    key: str
    people: int | None
    lon: float | None
    lat: float | None
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """Which shelter a group gets, or why none."""

    group: str
    shelter: str = ""
    why: str = ""


#: So far somebody is sent (m); beyond that a shelter is no place to walk or be driven to in time.
REACH_M = 30_000.0
#: Groups whose distances are reckoned together.
TOGETHER = 500


def place(groups: Sequence[Group], rooms: Sequence[Room]) -> list[Placed]:
    """Give each group a shelter; takes the room away from `rooms` as it goes."""
    placed: list[Placed] = []
    by_key = {room.key: room for room in rooms}
    for start in range(0, len(groups), TOGETHER):
        part = groups[start : start + TOGETHER]
        order = _nearest_first(part, rooms)
        for group, near in zip(part, order, strict=True):
            placed.append(_place(group, [rooms[at] for at in near], by_key))
    return placed


def _place(group: Group, near: Sequence[Room], by_key: dict[str, Room]) -> Placed:
    if group.people is None:
        return Placed(group.key, why="unknown-size")
    if not by_key:
        return Placed(group.key, why="no-shelter")
    named = [by_key[key] for key in group.wanted if key in by_key]
    for room in (*named, *near):
        if room.left >= group.people:
            room.left -= group.people
            return Placed(group.key, room.key)
    unlocated = group.lon is None or group.lat is None
    return Placed(group.key, why="unlocated" if unlocated else "no-room")


def _nearest_first(groups: Sequence[Group], rooms: Sequence[Room]) -> list[list[int]]:
    """List the places of the shelters within reach of each group, nearest first."""
    if not rooms:
        return [[] for _ in groups]
    lon, lat = (
        np.array([np.nan if value is None else value for value in column], dtype=float)[:, None]
        for column in ([one.lon for one in groups], [one.lat for one in groups])
    )
    metres = haversine(lon, lat, [room.lon for room in rooms], [room.lat for room in rooms])
    order = np.argsort(metres, axis=1, kind="stable")
    within = np.take_along_axis(metres, order, axis=1) <= REACH_M  # nan is never within
    return [row[ok].tolist() for row, ok in zip(order, within, strict=True)]
