"""Rounds of calls: begun in the transaction of what caused them, ended when they are over."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.services import settle_all
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.warn import deed_names
from anlan.warn.callrules import KIND
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.callees import Call


def lock_chain(root: str) -> None:
    """Let one deed at a time begin or end rounds of a chain."""
    Alert.objects.select_for_update().filter(pk=root).first()


def lock_alike(alert: Alert) -> None:
    """Let one round at a time call about the same hazard: two would call a post twice."""
    if alert.hazard:
        same = CallRound.objects.filter(
            alert__hazard=alert.hazard, alert__kind=alert.kind, ended_at=None
        )
        list(same.select_for_update(of=("self",)).order_by("id").values_list("pk", flat=True))


def new_round(alert: Alert, call: Call, *, by: Actor, anew: bool, recall: bool) -> CallRound:
    """Begin a round in the caller's transaction, which has locked the chain."""
    same = CallRound.objects.filter(root=alert.root, grade=call.grade)
    last = same.aggregate(last=Max("number"))["last"] or 0
    made = CallRound(
        root=alert.root, alert=alert, grade=call.grade, number=last + 1, recall=recall, anew=anew,
        caller_id=call.caller, regions=list(call.regions), case=alert.case, began_at=clock.now(),
        began_by=by.ref,
    )  # fmt: skip
    made.save(force_insert=True)
    note(made, "began", by, {"recall": recall, "regions": list(call.regions)})
    return made


def end_round(row: CallRound, why: str, *, by: Actor) -> int:
    """End a round, then what is still owed in it; returns how many calls it ended.

    In transactions of its own; whoever was cut off half-way begins again. The round comes first, so
    that a job that is filling it stops.
    """
    CallRound.objects.filter(pk=row.pk, ended_at=None).update(
        ended_at=clock.now(), ended_by=by.ref, ended_why=why, recall_at=None
    )
    return settle_all(kind=KIND, subjects=[(KIND, row.pk)], by=by)


def note(row: CallRound, verb: str, by: Actor, facts: Mapping[str, Any], region: str = "") -> None:
    """Note a deed on a round in the caller's transaction."""
    told = {"round": row.pk, "grade": row.grade, "number": row.number, **facts}
    record_many(
        [
            Deed(
                deed=deed_names.CALL[verb], by=by, subject=("alert", row.alert_id),
                region=region or row.caller_id, case=row.case, facts=told, topic=deed_names.TOPIC,
            )
        ]
    )  # fmt: skip
