"""The directory: one box that finds whom to call, by whatever one remembers of them.

Name (also one character or the initials), telephone (whole, tail or short number), village or
township, post, unit. Words divided by a space must all match. Everybody who serves finds everybody
who serves in the county, and the levels above; numbers are masked until asked for with a reason.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from anlan import codes
from anlan.base.people.models import Person, Phone, Post, Unit
from anlan.base.people.selectors.holders import Held, current, held_by, holdings_on, names_of
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import prefixes
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.base.register.masking import mask
from anlan.base.vault import selectors as vault
from anlan.base.vault.services import open_many

SIZE = 50
COUNTY_DIGITS = 6
#: More words than these are no search but a sentence.
MOST_WORDS = 5
#: Regions one word may stand for.
MOST_REGIONS = 400
TAIL = 4
LETTERS = re.compile(r"[a-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A page of the directory, JSON-ready, and how many match."""

    items: list[dict[str, Any]]
    total: int


def directory(q: str, actor: Actor, *, page: int = 1, size: int = SIZE, region: str = "") -> Found:
    """Search the directory; an empty question lists everybody, the levels above first."""
    words = q.split()[:MOST_WORDS]
    people = _in_reach(actor)
    if region:
        people = scope.below(people, region)
    hits = [_Word(word) for word in words]
    people = people.filter(reduce(and_, (hit.condition for hit in hits), Q()))
    named = reduce(or_, (Q(pk__in=hit.named) for hit in hits if hit.named), Q(pk__in=[]))
    first = Case(When(named, then=Value(0)), default=Value(1), output_field=IntegerField())
    start = (max(page, 1) - 1) * size
    columns = ("id", "region_id", "region__name", "title", "unit__name")
    ordered = people.order_by(first, "region_id", "id").values(*columns)
    rows = [dict(row) for row in ordered[start : start + size]]
    total = len(rows) if start == 0 and len(rows) < size else people.count()
    return Found(_shown(rows), total)


def _in_reach(actor: Actor) -> "QuerySet[Person]":
    """Narrow persons to the actor's whole county and the regions above it."""
    live = Person.objects.filter(retired_at=None, erased_at=None)
    held = prefixes(actor, "directory.view")
    if not held:
        return live.none()
    if "" in held:
        return live
    above = {code for prefix in held if prefix for code in scope.ancestors(prefix)}
    return live.filter(
        scope.within([prefix[:COUNTY_DIGITS] for prefix in held]) | Q(region__in=above)
    )


class _Word:
    """One word of the question: what it may mean, and the persons it names outright."""

    def __init__(self, word: str) -> None:
        self.named = [*self._by_name(word), *self._by_phone(word)]
        parts = [Q(pk__in=self.named)] if self.named else []
        if not word.isdecimal():
            parts += self._by_words(word)
        self.condition = reduce(or_, parts, Q(pk__in=[]))

    @staticmethod
    def _by_name(word: str) -> list[str]:
        if word.isdecimal():
            return []
        among = Person.objects.values("pk")
        kinds = ["chars", "initials"] if LETTERS.fullmatch(word) else ["chars"]
        return [pk for kind in kinds for pk in vault.subjects_matching(kind, word, among=among)]

    @staticmethod
    def _by_phone(word: str) -> Iterable[str]:
        if not word.isdecimal():
            return []
        among = Phone.objects.values("pk")
        kinds = ["tail4"] if len(word) == TAIL else ["phone"]
        numbers = [pk for kind in kinds for pk in vault.subjects_matching(kind, word, among=among)]
        owners = Phone.objects.filter(
            Q(pk__in=numbers) | Q(short_number=word), retired_at=None
        ).values_list("person_id", flat=True)
        return list(owners)

    @staticmethod
    def _by_words(word: str) -> list[Q]:
        """Match region, unit, title and posts; each is looked up once and then pointed at."""
        regions = _regions_named(word)
        units = list(Unit.objects.filter(name__icontains=word).values_list("pk", flat=True)[:500])
        posts = Q(title__icontains=word)
        if roles := _roles_named(word):
            posts |= Q(role__in=roles)
        held = current().filter(
            person=OuterRef("pk"),
            post__in=Post.objects.filter(posts, retired_at=None).values("pk"),
        )  # fmt: skip
        found = [Q(Exists(held)), Q(title__icontains=word)]
        if regions:
            found.append(scope.within(regions))
        if units:
            found.append(Q(unit__in=units))
        return found


def _regions_named(word: str) -> list[str]:
    """List the trimmed codes of regions whose name holds a word or whose initials begin so."""
    named = Q(name__icontains=word)
    if LETTERS.fullmatch(word):
        named |= Q(initials__startswith=word.lower())
    live = Region.objects.filter(named, valid_to=None).order_by("level", "code")
    return [scope.prefix(code) for code in live.values_list("code", flat=True)[:MOST_REGIONS]]


def _roles_named(word: str) -> list[str]:
    return [row.code for row in codes.table("posts") if word in row.name]


@dataclass(frozen=True)
class _Known:
    """What was looked up once for a page of cards."""

    held: dict[str, list[Held]]
    posts: dict[str, dict[str, Any]]
    deputies: dict[str, str]
    names: dict[str, str]
    phones: dict[str, list[dict[str, Any]]]


def _shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put together what the cards of a page show, in a fixed number of queries."""
    ids = [row["id"] for row in rows]
    held: dict[str, list[Held]] = {}
    for one in held_by(ids):
        held.setdefault(one.person, []).append(one)
    posts = _posts([one for own in held.values() for one in own])
    # Of B and C the B is named: it comes first, so it is written last.
    standing_in = [one for one in holdings_on(posts) if one.rank != "A"]
    deputies = {one.post: one.person for one in reversed(standing_in)}
    names = names_of({*ids, *deputies.values()})
    known = _Known(held, posts, deputies, names, _phones(ids))
    return [_card(row, known) for row in rows]


def _card(row: dict[str, Any], known: _Known) -> dict[str, Any]:
    own = known.held.get(row["id"], [])
    numbers = known.phones.get(row["id"], [])
    deputy = next(
        (known.deputies[one.post] for one in own if one.rank == "A" and one.post in known.deputies),
        None,
    )
    return {
        "person": row["id"],
        "name": known.names.get(row["id"], ""),
        "region": row["region_id"],
        "region_name": row["region__name"],
        "title": row["title"],
        "unit": row["unit__name"],
        "posts": [
            {**known.posts[one.post], "rank": one.rank} for one in own if one.post in known.posts
        ],
        "phones": numbers,
        "short_number": next((n["short_number"] for n in numbers if n["short_number"]), None),
        "deputy": {"person": deputy, "name": known.names.get(deputy, "")} if deputy else None,
    }


def _posts(held: Sequence[Held]) -> dict[str, dict[str, Any]]:
    rows = Post.objects.filter(pk__in={one.post for one in held}).values_list(
        "pk", "title", "unit__name", "region__name", "role"
    )
    return {
        pk: {"id": pk, "title": title, "unit": unit, "region_name": region, "role": role}
        for pk, title, unit, region, role in rows
    }


def _phones(persons: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    rows = list(
        Phone.objects.filter(person__in=persons, retired_at=None)
        .order_by("person_id", "rank")
        .values_list("pk", "person_id", "kind", "number", "short_number", "dead")
    )
    opened = open_many([(row[0], {"number": row[3]}) for row in rows]) if rows else []
    found: dict[str, list[dict[str, Any]]] = {}
    for (pk, person, kind, _, short, dead), texts in zip(rows, opened, strict=True):
        found.setdefault(person, []).append(
            {
                "id": pk,
                "kind": kind,
                "kind_label": codes.table("phone-kinds").name(kind),
                "kind_label_en": codes.table("phone-kinds").name(kind, "en"),
                "number": mask(texts["number"]),
                "short_number": short,
                "dead": dead,
            }
        )
    return found
