"""Persons and the posts they hold, with deputies, several phones and a few planted gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from . import frame, names
from .model import Person, Phone, Post

#: Share of posts nobody holds, of posts without a deputy, of dead first numbers.
VACANT: Final = 0.011
NO_DEPUTY: Final = 0.06
DEAD: Final = 0.015


@dataclass(frozen=True, slots=True)
class Duty:
    """What a post is for; a ``vital`` one is never left vacant."""

    role: str
    title: str
    hazards: Sequence[str] = ()
    rank: int = 1
    subject: str | None = None
    vital: bool = False


class Roster:
    """Hires people and fills posts; the order of calls decides codes and numbers."""

    def __init__(self, seed: int) -> None:
        self._rng = frame.stream(seed, "roster")
        self.persons: list[Person] = []
        self.posts: list[Post] = []

    def hire(
        self,
        unit: str,
        titles: Sequence[str],
        *,
        ages: tuple[int, int] = (28, 60),
        women: float = 0.3,
    ) -> list[str]:
        """Hire persons of a unit, one per title; their codes."""
        rng, count = self._rng, len(titles)
        male = rng.random(count) >= women
        born = 2025 - rng.integers(ages[0], ages[1], count)
        called = names.people(rng, male, born)
        codes = []
        for k, title in enumerate(titles):
            number = len(self.persons) + 1
            code = f"{frame.CODE}-P{number:05d}"
            self.persons.append(
                Person(
                    code=code,
                    name=called[k],
                    sex="1" if male[k] else "2",
                    birth_year=int(born[k]),
                    unit=unit,
                    title=title,
                    phones=self._phones(number),
                    short_number=f"{600_000 + number}" if rng.random() < 0.9 else None,
                )
            )
            codes.append(code)
        return codes

    def _phones(self, number: int) -> tuple[Phone, ...]:
        draw = self._rng.random(3)
        phones = [Phone(names.phone(number), "mobile", bool(draw[0] < DEAD))]
        if draw[1] < 0.45:
            phones.append(Phone(names.phone(500_000 + number), "mobile-2"))
        if draw[2] < 0.35:
            phones.append(Phone(names.phone(100_000 + number, office=True), "office"))
        elif draw[2] < 0.5:
            phones.append(Phone(names.phone(200_000 + number, office=True), "home"))
        return tuple(phones)

    def post(self, at: tuple[str, str, str], duty: Duty, people: Sequence[str]) -> str:
        """Fill a post (code, unit, region) with the first two of ``people`` as A and B."""
        draw = self._rng.random(2)
        vacant = not duty.vital and draw[0] < VACANT
        alone = len(people) < 2 or draw[1] < NO_DEPUTY
        self.posts.append(
            Post(
                code=at[0],
                unit=at[1],
                region=at[2],
                role=duty.role,
                title=duty.title,
                hazards=tuple(duty.hazards),
                rank=duty.rank,
                subject=duty.subject,
                holder=None if vacant or not people else people[0],
                deputy=None if alone else people[1],
            )
        )
        return at[0]


class Pool:
    """People of one unit who take turns; each turn gives a holder and a deputy."""

    def __init__(self, people: Sequence[str]) -> None:
        self.people = list(people)
        self._next = 0

    def turn(self) -> list[str]:
        """Next person and the one after, the first of the next turn."""
        size = len(self.people)
        pair = [self.people[self._next % size], self.people[(self._next + 1) % size]]
        self._next += 1
        return pair if size > 1 else pair[:1]


def pair(people: Sequence[str], k: int) -> list[str]:
    """Person ``k`` as holder, the next one as deputy."""
    return [people[k % len(people)], people[(k + 1) % len(people)]]
