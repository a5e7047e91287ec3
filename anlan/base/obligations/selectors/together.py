"""What a person is asked together: posts that owe the same are one question to who holds them."""

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


def asked_with(row: Obligation, person: str) -> list[str]:
    """List what else is open that a person is asked together with an obligation, by id.

    Of the same kind and matter, owed together with it or before it: what came since they may not
    have heard of. That is what their own posts owe; and where a rung turned to them for somebody
    else's, what it turned to them for alike. Whoever answers for their own post does not answer for
    those who are silent. Empty for kinds that ask each for itself.
    """
    if not (person and KINDS[row.kind].joined and (row.case or row.subject)):
        return []
    same = Q(subject_kind=row.subject_kind, subject=row.subject)
    if row.case:
        same |= Q(issued_at__lte=row.issued_at)
    others = Obligation.objects.filter(same, kind=row.kind, case=row.case, closed_at=None)
    first, deputised = people.called_through(person)
    found = set(others.filter(debtor__in=first).values_list("pk", flat=True))
    if row.debtor_id not in first:
        turned = others.filter(among("pk", _turned(row, first, deputised)))
        found |= set(turned.values_list("pk", flat=True))
    return sorted(found - {row.pk})


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
