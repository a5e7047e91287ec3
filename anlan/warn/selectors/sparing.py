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
from anlan.warn.callrules import KIND, as_grave, grade_of, graver
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.callees import Call, Callee


def is_anew(alert: Alert, grade: str) -> bool:
    """Tell whether an alert calls everybody of its chain again: the first, or a graver one."""
    before = alert.previous
    if before is None or not CallRound.objects.filter(root=alert.root).exists():
        return True
    return alert.action == "raise" or graver(grade, grade_of(before.kind, before.level))


def called_before(root: str, grade: str, *, but: str = "") -> set[str]:
    """List the posts called in a chain, as gravely or more, by what still holds but one round."""
    earlier = CallRound.objects.filter(root=root, grade__in=as_grave(grade), ended_at=None)
    rounds = earlier.exclude(pk=but).values_list("pk", flat=True)
    return set(_told(rounds).values_list("debtor_id", flat=True))


def called_elsewhere(alert: Alert, call: Call, every: Sequence[Callee]) -> set[str]:
    """List the posts another alert in force has called about the same hazard for the same places.

    A leader whose villages are not all in it is told of the others.
    """
    held = _same(alert).filter(grade__in=as_grave(call.grade), ended_at=None)
    others = dict(held.values_list("pk", "regions"))
    if not others:
        return set()
    told: dict[str, set[str]] = defaultdict(set)
    for subject, post in _told(others).values_list("subject", "debtor_id"):
        told[post].update(others[subject])
    return {one.post for one in every if _is_told(one.region, call.regions, told.get(one.post, ()))}


def freed() -> Iterator[CallRound]:
    """List the rounds that spared posts some other alert has stopped calling since."""
    rows = CallRound.objects.select_related("alert").filter(
        spared__gt=0, ended_at=None, done_at__isnull=False
    )
    for row in rows.order_by("id"):
        same = _same(row.alert)
        over = Q(ended_at__gt=row.done_at)
        changed = Q(began_at__gt=row.done_at, done_at__isnull=False)
        if same.filter(over | changed).exists():
            yield row


def _same(alert: Alert) -> "QuerySet[CallRound]":
    """Narrow rounds to those of other chains of the same kind about the same hazard."""
    if not alert.hazard:
        return CallRound.objects.none()
    same = CallRound.objects.filter(alert__hazard=alert.hazard, alert__kind=alert.kind)
    return same.exclude(root=alert.root)


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
