"""Whom a post means and how they are called, in clear: for papers that only those may take."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from anlan.base.db.among import among
from anlan.base.people import selectors as people
from anlan.base.people.models import Phone, Post
from anlan.base.vault.services import open_many

#: Telephones of one person on paper, and what stands where there is none.
NUMBERS = 2
NONE = "（没有电话）"


@dataclass(frozen=True)
class Holder:
    """One person in one post."""

    person: str
    name: str
    rank: str
    numbers: tuple[str, ...]

    @property
    def said(self) -> str:
        """Name and telephones in a line."""
        return f"{self.name} {' '.join(self.numbers) or NONE}"

    @property
    def short(self) -> str:
        """Name and the telephone that is dialled first."""
        return f"{self.name} {self.numbers[0] if self.numbers else NONE}"


@dataclass(frozen=True)
class Seat:
    """A post with whoever holds it; nobody is a gap, and printed as one."""

    post: str
    region: str
    title: str
    role: str
    holders: tuple[Holder, ...]

    @property
    def said(self) -> str:
        """The post and its first holder in a line."""
        return f"{self.title} {self.held}"

    @property
    def held(self) -> str:
        """Its first holder with one telephone."""
        return self.holders[0].short if self.holders else "（空缺）"


def seats(posts: Collection[str]) -> dict[str, Seat]:
    """Read posts with their holders and telephones; four queries, whatever the number."""
    rows = Post.objects.filter(among("id", posts)).order_by("pk")
    held = people.holdings_on(posts)
    persons = {one.person for one in held}
    names, numbers = people.names_of(persons), numbers_of(persons)
    by_post: dict[str, list[Holder]] = {}
    for one in held:
        by_post.setdefault(one.post, []).append(
            Holder(one.person, names.get(one.person, ""), one.rank, numbers.get(one.person, ()))
        )
    return {
        pk: Seat(pk, region, title, role, tuple(by_post.get(pk, ())))
        for pk, region, title, role in rows.values_list("pk", "region_id", "title", "role")
    }


def numbers_of(persons: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Tell the numbers that are dialled first of each person, of those not known to be dead."""
    rows = list(
        Phone.objects.filter(among("person_id", persons), dead=False, retired_at=None)
        .order_by("person_id", "rank")
        .values_list("pk", "person_id", "number")
    )
    opened = open_many([(pk, {"": number}) for pk, _, number in rows])
    found: dict[str, tuple[str, ...]] = {}
    for (_, person, _), texts in zip(rows, opened, strict=True):
        known = found.get(person, ())
        if texts[""] and len(known) < NUMBERS:
            found[person] = (*known, texts[""])
    return found


def persons_in(found: Collection[Seat]) -> Iterator[str]:
    """List the ids of everybody named in seats."""
    return (one.person for seat in found for one in seat.holders)
