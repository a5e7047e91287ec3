"""Units, posts and the persons who hold them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that cannot exist: eleven digits starting with 100 (see ``names.phone``).

    ``kind`` is mobile, office, home or satellite. ``alive`` is False for a planted dead number.
    """

    number: str
    kind: str
    alive: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """An office, government or committee; ``level`` is county, township or village."""

    code: str
    name: str
    kind: str
    level: str
    region: str
    parent: str | None
    lon: float
    lat: float
    address: str
    duty_phone: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who serves; ``phones`` in the order to try them. No ID number: none is needed."""

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
    """A post of a unit for a region.

    ``role`` is a plain English key (see ``LABELS["role"]``), ``title`` its Chinese title here.
    ``rank`` orders who is called first in the unit (1 first). ``subject`` is the code of the
    danger zone, shelter, reservoir or seawall the post looks after, else None. ``holder`` None is
    a planted gap; ``deputy`` is the B of the AB pair.
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
