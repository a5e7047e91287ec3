"""Who lives in each household: ages, kin, names, numbers, special groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import frame, names
from .exposed import Houses
from .frame import Floats
from .model import Residents
from .spots import Spots

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

THIS_YEAR: Final = 2025
_AWAY: Final = {"hill": 0.42, "island": 0.36, "valley": 0.28, "coast": 0.2, "plain": 0.16}


@dataclass(frozen=True, slots=True)
class People:
    """One entry per resident in household order; ``place`` is 0 for the head.

    ``kin`` is a key of kinships, ``smart`` whether they answer a smartphone.
    """

    house: Ints
    place: Ints
    age: Ints
    male: Mask
    kin: NDArray[np.str_]
    surname: Ints
    away: Mask
    tenant: Mask
    has_phone: Mask
    smart: Mask


def beget(houses: Houses, spots: Spots, seed: int) -> People:
    """Draw the members of every household."""
    rng = frame.stream(seed, "families")
    house = np.repeat(np.arange(houses.size.size), houses.size)
    first = np.concatenate([[0], np.cumsum(houses.size)[:-1]])
    place = np.arange(house.size) - first[house]
    setting = np.array(spots.regions.setting)[houses.village]
    tenant_home = (rng.random(setting.size) < 0.035) & np.isin(
        setting, ["coast", "plain", "valley"]
    )
    head_age = _head_ages(houses.size, tenant_home, rng)
    head_male = rng.random(head_age.size) < np.where(houses.size == 1, 0.52, 0.84)
    age, male, kin = _members((house, place), (head_age, head_male), rng)
    tenant = tenant_home[house]
    kin = np.where(tenant & (place > 0) & (kin == "parent"), "tenant", kin)
    surname = _surnames((house, kin), houses, rng)
    leaves = np.array([_AWAY.get(str(s), 0.1) for s in setting])[house]
    working = (age >= 19) & (age <= 52) & (houses.size[house] > 1) & ~tenant
    away = working & (rng.random(age.size) < leaves)
    has_phone, smart = _phones(age, rng)
    return People(house, place, age, male, kin, surname, away, tenant, has_phone, smart)


def _head_ages(size: Ints, tenant: Mask, rng: np.random.Generator) -> Ints:
    old = rng.random(size.size) < np.select([size == 1, size == 2], [0.62, 0.5], 0.22)
    age = np.where(old, rng.integers(62, 91, size.size), rng.integers(31, 64, size.size))
    return np.asarray(np.where(tenant, rng.integers(22, 50, size.size), age))


def _members(
    at: tuple[Ints, Ints], heads: tuple[Ints, Mask], rng: np.random.Generator
) -> tuple[Ints, Mask, NDArray[np.str_]]:
    """Age, sex and kinship by place: spouse, then children, their spouses, grandchildren."""
    house, place = at
    head_age, head_male = heads[0][house], heads[1][house]
    count = house.size
    male = rng.random(count) < 0.51
    spouse = (place == 1) & (rng.random(count) < 0.86)
    older = head_age >= 58
    kin = np.full(count, "other", dtype="<U12")
    age = np.clip(head_age - rng.integers(15, 40, count), 0, 95)
    drop = rng.integers(23, 31, count)
    child = (place >= 1) & ~spouse & (~older | (place <= 2))
    kin[child] = np.where(male[child], "son", "daughter")
    age = np.where(child, head_age - drop - 2 * np.maximum(place - 2, 0), age)
    in_law = older & (place == 3)
    kin[in_law] = "in-law"
    age = np.where(in_law, head_age - drop, age)
    grand = older & (place >= 4)
    kin[grand] = "grandchild"
    age = np.where(grand, head_age - drop - 27, age)
    parent = ~older & (place >= 4) & (rng.random(count) < 0.7)
    kin[parent] = "parent"
    age = np.where(parent, head_age + drop, age)
    kin[spouse], male[spouse] = "spouse", ~head_male[spouse]
    age = np.where(spouse, head_age + rng.integers(-4, 4, count), age)
    head = place == 0
    kin[head], male[head] = "self", head_male[head]
    age = np.where(head, head_age, age)
    # A child not yet born is drawn as one of the first years of life.
    age = np.where(age < 0, rng.integers(0, 6, count), np.minimum(age, 101))
    return np.asarray(age, dtype=np.int64), male, kin


def _surnames(kin: tuple[Ints, NDArray[np.str_]], houses: Houses, rng: np.random.Generator) -> Ints:
    """Two family names make up half of every village; kin by blood share the head's."""
    house, word = kin
    village = houses.village
    own = names.family_names(rng, house.size)
    clans = names.family_names(rng, 2 * (int(village.max()) + 1)).reshape(-1, 2)
    draw = rng.random(village.size)
    head = names.family_names(rng, village.size)
    head = np.where(draw < 0.34, clans[village, 0], np.where(draw < 0.5, clans[village, 1], head))
    blood = np.isin(word, ["self", "son", "daughter", "grandchild", "parent"])
    return np.asarray(np.where(blood, head[house], own))


def _phones(age: Ints, rng: np.random.Generator) -> tuple[Mask, Mask]:
    """Many of the old have a plain phone or none; children under twelve have none."""
    bands = [age < 12, age < 19, age < 60, age < 70, age < 80]
    owns = np.select(bands, [0.0, 0.55, 0.975, 0.86, 0.62], 0.34)
    knows = np.select(bands, [0.0, 0.95, 0.96, 0.6, 0.27], 0.07)
    has = rng.random(age.size) < owns
    return has, has & (rng.random(age.size) < knows)


def special(people: People, size: Ints, rng: np.random.Generator) -> list[tuple[str, ...]]:
    """Mark the special groups of every resident, by age, sex and a rate per group."""
    age, count = people.age, people.age.size
    present = np.bincount(people.house[~people.away], minlength=size.size)[people.house]
    grown = (age >= 19) & ~people.away
    adults = np.bincount(people.house[grown], minlength=size.size)[people.house]
    parents = np.bincount(people.house[grown & (age < 56)], minlength=size.size)[people.house]
    draw = rng.random((9, count))
    rates: Floats = np.interp(age, [0, 40, 65, 95], [0.006, 0.02, 0.05, 0.12])
    marks: list[tuple[str, Mask]] = [
        ("elderly", age >= 75),
        ("alone", (present == 1) & (age >= 60) & ~people.away),
        ("child", age < 7),
        ("left-behind-child", (age >= 3) & (age < 16) & (parents == 0) & (adults > 0)),
        ("disabled", draw[0] < rates),
        ("bedridden", draw[1] < np.where(age >= 75, 0.05, np.where(age >= 60, 0.008, 0.001))),
        ("pregnant", ~people.male & (age >= 21) & (age <= 40) & (draw[2] < 0.035)),
        ("deaf", draw[3] < np.where(age >= 72, 0.06, 0.002)),
        ("blind", draw[4] < np.where(age >= 72, 0.018, 0.001)),
        ("mental", (draw[5] < 0.005) & (age > 14)),
        ("dialysis", (draw[6] < 0.0012) & (age > 30)),
        ("ill", (draw[7] < 0.008) & (age > 30)),
        ("frail", (age >= 82) & (draw[8] < 0.2)),
        ("migrant", people.tenant & (age >= 16)),
    ]
    groups: list[tuple[str, ...]] = [()] * count
    for key, mask in marks:
        for i in np.flatnonzero(mask & ~people.away).tolist():
            groups[i] = (*groups[i], key)
    return groups


def residents(
    people: People, groups: list[tuple[str, ...]], codes: list[str], seed: int
) -> Residents:
    """Columns of every resident; ``codes`` are those of the households."""
    rng = frame.stream(seed, "residents")
    born = THIS_YEAR - people.age
    called = names.people(rng, people.male, born, people.surname)
    house, place, male = people.house.tolist(), people.place.tolist(), people.male.tolist()
    order = np.argsort(born, kind="stable")
    start = np.searchsorted(born[order], born[order])
    running = np.empty(born.size, dtype=np.int64)
    running[order] = np.arange(born.size) - start
    numbers = names.id_numbers(born, running, people.male)
    has = people.has_phone.tolist()
    return Residents(
        code=[f"{codes[h]}-{p + 1:02d}" for h, p in zip(house, place, strict=True)],
        household=[codes[h] for h in house],
        name=called,
        sex=["1" if m else "2" for m in male],
        birth_year=born.astype(np.int32),
        id_number=numbers,
        phone=[names.phone(10_000_000 + i) if own else None for i, own in enumerate(has)],
        relation=people.kin.tolist(),
        groups=groups,
        away=people.away.tolist(),
    )
