"""Households of the villages kept in full: doors, helpers, where they go, how they are reached."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import frame
from .exposed import Houses
from .families import People
from .model import Households, Residents, Shelter
from .shelters import nearest
from .spots import Spots

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_HAMLETS: Final = ("上宅", "下宅", "里厝", "外厝", "桥头", "溪边", "山脚", "新村", "老屋")
_STRUCTURES: Final = {
    "steel-concrete": 0.16, "brick-concrete": 0.58, "brick-wood": 0.15, "stone": 0.06,
    "earth-wood": 0.05,
}  # fmt: skip
_RELATIVES: Final = ("投靠县城亲属", "投靠本村高处亲属", "投靠邻村亲属", "投靠子女家")
#: Groups for whom somebody must come to the door.
_CARRIED: Final = frozenset(
    ("alone", "disabled", "bedridden", "frail", "blind", "deaf", "mental", "dialysis")
)


def codes(houses: Houses, spots: Spots) -> list[str]:
    """Household codes: village code, H and a running number within the village."""
    found, running = [], dict.fromkeys(range(len(spots.regions.villages)), 0)
    for row in houses.village.tolist():
        running[row] += 1
        found.append(f"{spots.regions.villages[row].code}H{running[row]:05d}")
    return found


def describe(
    houses: Houses,
    people: People,
    residents: Residents,
    parts: tuple[Spots, tuple[Shelter, ...]],
    seed: int,
) -> Households:
    """Columns of every household, in the order of ``residents``."""
    spots = parts[0]
    rng = frame.stream(seed, "households")
    count = houses.size.size
    grids = [spots.regions.grids[g].code for g in houses.grid.tolist()]
    frail = _any(people, np.array([bool(_CARRIED & set(g)) for g in residents.groups]), count)
    danger = np.array([bool(z) for z in houses.zones])
    present = np.bincount(people.house[~people.away], minlength=count)
    helped = (frail | danger) & (rng.random(count) > 0.004)
    turn = rng.integers(1, 4, count)
    structure = _structure(danger, rng)
    stay, shelter, relatives = _stay(houses, danger, parts, rng)
    heads = np.flatnonzero(people.place == 0)
    return Households(
        code=[residents.household[i] for i in heads.tolist()],
        kind=_kinds(people, heads, present),
        village=[spots.regions.villages[v].code for v in houses.village.tolist()],
        grid=grids,
        head=[residents.name[i] for i in heads.tolist()],
        address=_addresses(houses, spots),
        lon=houses.lon,
        lat=houses.lat,
        size=present.astype(np.int32),
        structure=structure,
        floors=_floors(structure, rng),
        phone=_first_phones(people, residents, count),
        helper=[f"{g}-hp{k}" if h else None for g, k, h in zip(grids, turn, helped, strict=True)],
        transfer_lead=[f"{g}-tr" for g in grids],
        stay=stay,
        shelter=shelter,
        relatives=relatives,
        danger_zones=houses.zones,
        reach=_reach(people, helped, count, rng),
    )


def _any(people: People, mask: Mask, count: int) -> Mask:
    """Whether any resident at home of each household fits."""
    return np.asarray(np.bincount(people.house[mask & ~people.away], minlength=count) > 0)


def _kinds(people: People, heads: Ints, present: Ints) -> list[str]:
    tenant = people.tenant[heads]
    kinds = np.where(present == 0, "empty", np.where(tenant, "rented", "family"))
    return [str(k) for k in kinds.tolist()]


def _addresses(houses: Houses, spots: Spots) -> list[str]:
    first = {v: int(spots.grid_cells(v)[0]) for v in np.unique(houses.village).tolist()}
    running: dict[int, int] = {}
    rows = []
    for village, grid in zip(houses.village.tolist(), houses.grid.tolist(), strict=True):
        running[grid] = running.get(grid, 0) + 1
        hamlet = _HAMLETS[(grid - first[village]) % len(_HAMLETS)]
        rows.append(f"{spots.regions.villages[village].name}{hamlet}{running[grid]}号")
    return rows


def _structure(danger: Mask, rng: np.random.Generator) -> list[str]:
    """Zones of unsafe houses hold the weak kinds."""
    kinds = np.array(list(_STRUCTURES))
    share = np.array(list(_STRUCTURES.values()))
    drawn = rng.choice(kinds, danger.size, p=share / share.sum())
    weak = rng.choice(np.array(["brick-wood", "stone", "earth-wood"]), danger.size)
    return [str(k) for k in np.where(danger & (rng.random(danger.size) < 0.3), weak, drawn)]


def _floors(structure: list[str], rng: np.random.Generator) -> NDArray[np.int32]:
    solid = np.isin(structure, ["steel-concrete", "brick-concrete"])
    high = rng.integers(2, 6, solid.size)
    return np.where(solid, high, rng.integers(1, 3, solid.size)).astype(np.int32)


def _first_phones(people: People, residents: Residents, count: int) -> list[str | None]:
    """Phone of the first at home who has one, else of the first away."""
    phones: list[str | None] = [None] * count
    own = people.has_phone
    for away in (False, True):
        for i in np.flatnonzero(own & (people.away == away)).tolist():
            house = int(people.house[i])
            if phones[house] is None:
                phones[house] = residents.phone[i]
    return phones


def _reach(
    people: People, helped: Mask, count: int, rng: np.random.Generator
) -> list[tuple[str, ...]]:
    smart = _any(people, people.smart, count)
    phone = _any(people, people.has_phone, count)
    loud = rng.random(count) < 0.82
    ways = ("smartphone", "phone", "helper", "loudspeaker", "knock")
    flags = np.stack([smart, phone, helped, loud, np.ones(count, dtype=bool)], axis=1)
    return [tuple(w for w, f in zip(ways, row, strict=True) if f) for row in flags.tolist()]


def _stay(
    houses: Houses,
    danger: Mask,
    parts: tuple[Spots, tuple[Shelter, ...]],
    rng: np.random.Generator,
) -> tuple[list[str], list[str | None], list[str | None]]:
    """Where each household goes: from a zone mostly to the shelter, else often upstairs."""
    spots, shelters = parts
    draw = rng.random(danger.size)
    exposed = np.select(
        [draw < 0.68, draw < 0.93, draw < 0.97], ["shelter", "relatives", "self"], ""
    )
    safe = np.select(
        [draw < 0.3, draw < 0.55, draw < 0.93], ["shelter", "relatives", "upstairs"], "self"
    )
    stay = np.where(danger, exposed, safe)
    chosen: list[str | None] = [None] * danger.size
    for village in np.unique(houses.village).tolist():
        mine = np.flatnonzero((houses.village == village) & (stay == "shelter"))
        if mine.size:
            code = spots.regions.villages[village].code
            found = nearest(shelters, (houses.lon[mine], houses.lat[mine]), code)
            for k, shelter in zip(mine.tolist(), found, strict=True):
                chosen[k] = shelter.code
    words = rng.integers(0, len(_RELATIVES), danger.size)
    relatives = [
        _RELATIVES[int(w)] if s == "relatives" else None for w, s in zip(words, stay, strict=True)
    ]
    return [str(s) for s in stay.tolist()], chosen, relatives
