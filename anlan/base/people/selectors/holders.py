"""Who holds a post on a day: of one post and rank, whoever came last and has not left."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anlan.base.db.among import among
from anlan.base.people.models import Holding, Person, Post, Unit
from anlan.base.permissions.actor import Actor
from anlan.base.vault.services import open_many
from anlan.kernel import clock

#: Ids in one IN clause; SQLite takes 32,766 parameters.
BATCH = 10_000

#: Kinds of units that speak for a whole region.
SEATS = ("emergency-bureau", "township", "township-station", "village")


@dataclass(frozen=True, slots=True)
class Held:
    """One person in one post."""

    post: str
    rank: str  # A, B, C
    person: str
    since: date


def today() -> date:
    """Tell the day on the wall."""
    return clock.local(clock.now()).date()


def holdings_on(posts: Collection[str], on: date | None = None) -> list[Held]:
    """List who holds these posts on a day (today), in the order A, B, C of each post."""
    return [held for part in _parts(posts) for held in _in_force(part, on or today())]


def held_by(persons: Collection[str], on: date | None = None) -> list[Held]:
    """List the posts these persons hold on a day (today)."""
    wanted = set(persons)
    touched = {
        post
        for part in _parts(wanted)
        for post in Holding.objects.filter(person__in=part, retired_at=None).values_list(
            "post_id", flat=True
        )
    }
    return [held for held in holdings_on(touched, on) if held.person in wanted]


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    # Sorted, so that the database walks its index once.
    ordered = sorted(set(ids))
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))


def _in_force(posts: Collection[str], day: date) -> Iterator[Held]:
    begun = Holding.objects.filter(among("post", posts), since__lte=day, retired_at=None)
    rows = begun.order_by("post_id", "rank", "-since")
    columns = rows.values_list("post_id", "rank", "person_id", "since", "until")
    for (post, rank), same in groupby(columns, key=itemgetter(0, 1)):
        _, _, person, since, until = next(same)
        if until is None or until > day:
            yield Held(post, rank, person, since)


def holders_of(posts: Collection[str], on: date | None = None) -> dict[str, list[dict[str, Any]]]:
    """List the holders of posts with their names, A first: two queries, whatever the number."""
    found = holdings_on(posts, on)
    names = names_of({held.person for held in found})
    holders: dict[str, list[dict[str, Any]]] = {}
    for held in found:
        holders.setdefault(held.post, []).append(
            {"person": held.person, "name": names.get(held.person, ""), "rank": held.rank}
        )
    return holders


def names_of(persons: Collection[str]) -> dict[str, str]:
    """Tell the names of persons (of those who serve; residents' names are never given here)."""
    pairs = [
        (pk, {"name": name})
        for part in _parts(persons)
        for pk, name in Person.objects.filter(pk__in=part).values_list("pk", "name")
    ]
    opened = open_many(pairs) if pairs else []
    return {pk: texts["name"] or "" for (pk, _), texts in zip(pairs, opened, strict=True)}


def posts_of(actor: Actor) -> tuple[str, ...]:
    """List the posts the actor holds today, as A, B or C."""
    if not actor.person:
        return ()
    return tuple(sorted({held.post for held in held_by([actor.person])}))


def called_through(persons: Collection[str]) -> dict[str, tuple[list[str], list[str]]]:
    """Tell by person the posts they are the first to be called for today, and those they stand in.

    Where nobody holds a post as A, whoever stands in comes first as well.
    """
    own = Holding.objects.filter(among("person", persons), retired_at=None)
    held = holdings_on(set(own.values_list("post_id", flat=True)))
    found: dict[str, tuple[list[str], list[str]]] = {one: ([], []) for one in persons}
    called: set[str] = set()
    for one in held:
        first, deputised = found.get(one.person, ([], []))
        if one.post not in called:
            first.append(one.post)
        if one.rank != "A":
            deputised.append(one.post)
        called.add(one.post)
    return found


def with_several_posts(persons: Collection[str]) -> set[str]:
    """Tell which of these persons have been given more than one post, whether they count or not."""
    own = Holding.objects.filter(among("person", persons), retired_at=None)
    counted = own.order_by().values("person").annotate(posts=Count("post", distinct=True))
    return set(counted.filter(posts__gt=1).values_list("person", flat=True))


def units_of(actor: Actor) -> tuple[str, ...]:
    """List the units the actor works in: of the posts held, of the person, else of the region."""
    units = set(Post.objects.filter(pk__in=posts_of(actor)).values_list("unit_id", flat=True))
    if actor.person:
        own = Person.objects.filter(pk=actor.person, unit__isnull=False)
        units.update(own.values_list("unit_id", flat=True))
    if not units and actor.region:
        seats = Unit.objects.filter(region_id=actor.region, kind__in=SEATS, retired_at=None)
        units.update(seats.values_list("pk", flat=True))
    return tuple(sorted(unit for unit in units if unit))


def current(on: date | None = None) -> "QuerySet[Holding]":
    """Narrow holdings to those that count on a day (today): begun, not ended, nobody came later."""
    day = on or today()
    begun = Holding.objects.filter(since__lte=day, retired_at=None)
    later = begun.filter(post=OuterRef("post"), rank=OuterRef("rank"), since__gt=OuterRef("since"))
    return begun.filter(Q(until=None) | Q(until__gt=day)).exclude(Exists(later))


def gaps(posts: "QuerySet[Post] | None" = None, on: date | None = None) -> "QuerySet[Post]":
    """Narrow posts to those nobody holds as A on a day: nobody came, or the last one left."""
    wanted = Post.objects.filter(retired_at=None) if posts is None else posts
    return wanted.exclude(Exists(current(on).filter(post=OuterRef("pk"), rank="A")))


def titles_of(persons: Collection[str]) -> dict[str, str]:
    """Say in a line which posts persons hold today, B and C marked as such."""
    held = held_by(persons)
    rows = Post.objects.filter(pk__in={one.post for one in held}).values_list("pk", "title")
    titles = dict(rows)
    found: dict[str, list[str]] = {}
    for one in held:
        mark = "" if one.rank == "A" else f"（{one.rank}岗）"
        found.setdefault(one.person, []).append(f"{titles.get(one.post, '')}{mark}")
    return {person: "；".join(said) for person, said in found.items()}


def in_force(holdings: Collection[str]) -> dict[str, bool]:
    """Tell of rows of `Holding` whether they are the ones that count today."""
    rows = Holding.objects.filter(pk__in=list(holdings))
    columns = list(rows.values_list("pk", "post_id", "rank", "since", "person_id"))
    present = {
        (held.post, held.rank, held.since, held.person)
        for held in holdings_on({post for _, post, *_ in columns})
    }
    return {pk: (post, rank, since, person) in present for pk, post, rank, since, person in columns}
