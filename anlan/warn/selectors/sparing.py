"""Who is not called again: an equal or milder alert repeats nothing, whoever issued it.

A post is spared while a call about the same, as grave or graver, holds: answered, or still owed.
What has ended spares nobody, for its answer has ended with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db.models import Q, QuerySet

from anlan.base.db.among import among
from anlan.base.obligations.models import Obligation
from anlan.base.regions import scope
from anlan.warn.callrules import KIND, as_grave
from anlan.warn.models import CallRound
from anlan.warn.selectors.callees import Callee


def called_before(row: CallRound) -> set[str]:
    """List the posts called in the chain of a round, as gravely or more, by what still holds."""
    earlier = CallRound.objects.filter(
        root=row.root, grade__in=as_grave(row.grade), ended_at=None
    ).exclude(pk=row.pk)
    return set(_told(earlier.values_list("pk", flat=True)).values_list("debtor_id", flat=True))


def called_elsewhere(row: CallRound, every: Sequence[Callee]) -> set[str]:
    """List the posts another alert in force has called about the same hazard for the same places.

    A leader whose villages are not all in it is told of the others.
    """
    held = _same(row).filter(grade__in=as_grave(row.grade), ended_at=None)
    others = dict(held.values_list("pk", "regions"))
    if not others:
        return set()
    told: dict[str, set[str]] = defaultdict(set)
    for subject, post in _told(others).values_list("subject", "debtor_id"):
        told[post].update(others[subject])
    return {one.post for one in every if _is_told(one.region, row.regions, told.get(one.post, ()))}


def freed() -> Iterator[CallRound]:
    """List the rounds that spared posts some other alert has stopped calling since."""
    rows = CallRound.objects.select_related("alert").filter(
        spared__gt=0, ended_at=None, done_at__isnull=False
    )
    for row in rows.order_by("id"):
        same = _same(row)
        over = Q(ended_at__gt=row.done_at)
        changed = Q(began_at__gt=row.done_at, done_at__isnull=False)
        if same.filter(over | changed).exists():
            yield row


def _same(row: CallRound) -> "QuerySet[CallRound]":
    """Narrow rounds to those of other alerts of the same kind about the same hazard."""
    alert = row.alert
    if not alert.hazard:
        return CallRound.objects.none()
    same = CallRound.objects.filter(alert__hazard=alert.hazard, alert__kind=alert.kind)
    return same.exclude(root=row.root)


def _told(rounds: Collection[str]) -> "QuerySet[Obligation]":
    """Narrow obligations to the calls of some rounds that are answered or owed."""
    rows = Obligation.objects.filter(among("subject", list(rounds)), kind=KIND, subject_kind=KIND)
    return rows.filter(Q(closed_at=None) | Q(answered_at__isnull=False))


def _is_told(region: str, regions: Sequence[str], told: Collection[str]) -> bool:
    """Tell whether all that concerns a post in a region is within what it was told of."""
    if not told:
        return False
    own = scope.prefix(region)
    parts = [code for code in regions if scope.covers(own, code)] or [region]
    return all(any(scope.covers(scope.prefix(one), part) for one in told) for part in parts)
