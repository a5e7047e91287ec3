"""What a person is asked together: posts that owe the same are one question to who holds them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from anlan.base.db.among import among
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.obligations.selectors.lists import one
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.kernel.ids import floor_of, is_id, millis_of

#: How far the clocks of machines whose ids meet may go apart.
APART = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """What a person is asked: the obligation that waits for their answer, and all it is for."""

    item: dict[str, Any]
    #: With the item's own.
    obligations: tuple[str, ...]


def asked_of(actor: Actor, obligation: str) -> Asked:
    """Read what an actor is asked by an obligation.

    Where somebody else has answered that one and another post of the actor's still waits, it is
    the other they are asked.
    """
    item = one(actor, obligation)
    row = Obligation.objects.get(pk=obligation)
    others = asked_with(row, actor.person)
    if item["answered_at"] and others:
        silent = Obligation.objects.filter(among("pk", others), answered_at=None)
        waits = silent.order_by("pk").values_list("pk", flat=True).first()
        item = one(actor, waits) if waits else item
    return Asked(item, (obligation, *others))


def are_theirs(pairs: Sequence[tuple[Obligation, str]]) -> list[bool]:
    """Tell of obligations, each with a person, whether they are theirs to answer: see `is_mine`."""
    posts: dict[str, set[str]] = defaultdict(set)
    for held in people.held_by({person for _, person in pairs if person}):
        posts[held.person].add(held.post)
    others = {row.pk for row, person in pairs if row.debtor_id not in posts[person]}
    turned: dict[str, set[str | None]] = defaultdict(set)
    if any(posts.values()) and others:
        rungs = Rung.objects.filter(among("obligation", others))
        for obligation, post in rungs.values_list("obligation_id", "post_id"):
            turned[obligation].add(post)
    return [
        row.debtor_id in posts[person] or not turned[row.pk].isdisjoint(posts[person])
        for row, person in pairs
    ]


def asked_with(row: Obligation, person: str) -> list[str]:
    """List what else is open that a person is asked together with an obligation, by id.

    Of the same kind and matter, owed together with it or before it: what came since they may not
    have heard of. That is what their own posts owe; and where a rung turned to them for somebody
    else's, what it turned to them for alike. Whoever answers for their own post does not answer for
    those who are silent. Empty for kinds that ask each for itself.
    """
    return asked_together([(row, person)])[0]


def asked_together(asked: Sequence[tuple[Obligation, str]]) -> list[list[str]]:
    """List what each of many is asked together with an obligation, as `asked_with` does for one."""
    joined = [
        bool(person and KINDS[row.kind].joined and (row.case or row.subject))
        for row, person in asked
    ]
    persons = {person for (_, person), is_joined in zip(asked, joined, strict=True) if is_joined}
    if not persons:
        return [[] for _ in asked]
    through = people.called_through(persons)
    posts = {post for first, _ in through.values() for post in first}
    open_ = _open_of(posts, [row for row, _ in asked])
    return [
        _with(row, through[person], open_) if is_joined else []
        for (row, person), is_joined in zip(asked, joined, strict=True)
    ]


def _open_of(posts: Collection[str], like: Sequence[Obligation]) -> dict[str, list[Obligation]]:
    """List by post what it owes of the kinds and cases of some obligations."""
    found: dict[str, list[Obligation]] = defaultdict(list)
    rows = Obligation.objects.filter(
        among("debtor", posts), among("case", {one.case for one in like}),
        kind__in={one.kind for one in like}, closed_at=None,
    )  # fmt: skip
    for row in rows.only("debtor_id", "kind", "case", "subject_kind", "subject", "issued_at"):
        found[row.debtor_id].append(row)
    return found


def _with(
    row: Obligation, through: tuple[list[str], list[str]], open_: Mapping[str, list[Obligation]]
) -> list[str]:
    first, deputised = through
    found = {one.pk for post in first for one in open_.get(post, ()) if _is_same(one, row)}
    if row.debtor_id not in first:
        turned = Obligation.objects.filter(
            among("pk", _turned(row, first, deputised)), kind=row.kind, case=row.case,
            closed_at=None,
        )  # fmt: skip
        found |= {one.pk for one in turned if _is_same(one, row)}
    return sorted(found - {row.pk})


def _is_same(other: Obligation, row: Obligation) -> bool:
    """Tell whether one was owed about the same matter, together with another or before it."""
    if (other.kind, other.case) != (row.kind, row.case):
        return False
    alike = (other.subject_kind, other.subject) == (row.subject_kind, row.subject)
    return alike or bool(row.case and other.issued_at <= row.issued_at)


def _turned(row: Obligation, first: list[str], deputised: list[str]) -> list[str]:
    """List the obligations for which a relation turned to somebody as it did for one."""
    to_first = Q(post__in=first) & ~Q(whom="deputy")
    rungs = Rung.objects.filter(to_first | Q(post__in=deputised, whom="deputy"))
    relations = set(rungs.filter(obligation=row).values_list("whom", flat=True))
    if not relations:
        return []
    if is_id(row.case):  # a duty room was turned to for years; the index of posts goes on by id
        since = millis_of(row.case) - int(APART.total_seconds() * 1000)
        rungs = rungs.filter(obligation__gte=floor_of(max(since, 0)))
    return list(rungs.filter(whom__in=relations).values_list("obligation_id", flat=True))
