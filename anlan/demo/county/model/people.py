"""Units, posts and the persons who hold them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that cannot exist: eleven digits starting with 100 (see ``names.phone``).

    ``kind`` is a key of the table phone-kinds; ``dead`` marks a planted dead number.
    """

    number: str
    kind: str
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """An office, government or committee.

    ``kind`` is a key of the table unit-kinds, ``field`` a short key of what it does (water, land,
    weather, ocean, housing, transport, police, health, education, fire, civil, ... or "").
    """

    code: str
    name: str
    kind: str
    field: str
    level: str
    region: str
    parent: str | None
    lon: float
    lat: float
    address: str
    duty_phone: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who serves; ``phones`` in the order to try them, ``short_number`` on the first.

    ``sex`` is a key of the table sexes. No ID number: none is needed.
    """

    code: str
    name: str
    sex: str
    birth_year: int
    unit: str
    title: str
    phones: tuple[Phone, ...]
    short_number: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a unit for a region (of any level, grid cells included).

    ``role`` is a key of the table posts, ``title`` the Chinese title here, ``hazards`` keys of
    hazards (empty: all). ``rank`` orders who is called first in one region and role (1 first).
    ``subject`` is the code of the zone, shelter, reservoir, team or key site the post looks
    after, else None. ``holder`` and ``deputy`` (the B of the AB pair) are person codes; holder
    None is a planted gap.
    """

    code: str
    unit: str
    region: str
    role: str
    title: str
    hazards: tuple[str, ...]
    rank: int
    subject: str | None
    holder: str | None
    deputy: str | None
