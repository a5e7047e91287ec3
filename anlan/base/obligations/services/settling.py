"""Ending what is owed about a thing when the thing itself has settled it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.events import ObligationMoved, ObligationsSettled
from anlan.base.obligations.models import Obligation, Step
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock

BATCH = 1000


@transaction.atomic
def settle(*, kind: str, subjects: Collection[tuple[str, str]], by: Actor, done: bool) -> int:
    """End the open obligations of a kind about some things; returns how many.

    `done`: somebody did on the thing's own page what was owed, and that counts as the answer; else
    the reason for asking is gone, and they are withdrawn. The caller has asked for the right to do
    the deed itself. The kind's consequence does not run: it has happened already.
    """
    kinds = {subject_kind for subject_kind, _ in subjects}
    waiting = Obligation.objects.select_for_update().filter(
        kind=kind, subject_kind__in=kinds, subject__in=[one for _, one in subjects], closed_at=None
    )
    open_ = [row for row in waiting if (row.subject_kind, row.subject) in set(subjects)]
    if not open_:
        return 0
    verb, state = ("answer", "closed") if done else ("withdraw", "withdrawn")
    now = clock.now()
    insert_rows([Step(obligation=row, at=now, verb=verb, by=by.ref) for row in open_])
    Obligation.objects.filter(pk__in=[row.pk for row in open_]).update(
        state=state, closed_at=now, climb_at=None, lapse_at=None, **_answered(now if done else None)
    )
    record_many([_deed(row, verb, state, by) for row in open_])
    publish(
        *(
            ObligationMoved(case=row.case, obligation=row.pk, kind=row.kind, state=state)
            for row in open_
        )
    )
    return len(open_)


def settle_all(*, kind: str, subjects: Collection[tuple[str, str]], by: Actor) -> int:
    """End what many owe about things that are over; returns how many debts it ended.

    What was answered is struck off, what was not is withdrawn. In transactions of at most `BATCH`,
    with one deed and one event each; interrupted half-way, it may be called again.
    """
    ended = 0
    for subject in subjects:
        while count := _settle_batch(kind, subject, by):
            ended += count
    return ended


def settle_these(*, obligations: Sequence[str], by: Actor) -> int:
    """End some open obligations of one subject, as `settle_all` does; returns how many."""
    ended = 0
    for start in range(0, len(obligations), BATCH):
        with transaction.atomic():
            waiting = Obligation.objects.select_for_update().filter(
                pk__in=obligations[start : start + BATCH], closed_at=None
            )
            ended += _end_rows(list(waiting.order_by("pk")), by)
    return ended


@transaction.atomic
def _settle_batch(kind: str, subject: tuple[str, str], by: Actor) -> int:
    waiting = Obligation.objects.select_for_update().filter(
        kind=kind, subject_kind=subject[0], subject=subject[1], closed_at=None
    )
    return _end_rows(list(waiting.order_by("pk")[:BATCH]), by)


def _end_rows(rows: Sequence[Obligation], by: Actor) -> int:
    answered = [row for row in rows if row.answered_at is not None]
    silent = [row for row in rows if row.answered_at is None]
    for verb, state, some in (("close", "closed", answered), ("withdraw", "withdrawn", silent)):
        if some:
            _end(some, verb, state, by)
    return len(rows)


def _end(rows: Sequence[Obligation], verb: str, state: str, by: Actor) -> None:
    """End rows of one subject alike: one deed, one event."""
    now, case = clock.now(), rows[0].case
    ids = [row.pk for row in rows]
    insert_rows([Step(obligation=row, at=now, verb=verb, by=by.ref) for row in rows])
    Obligation.objects.filter(pk__in=ids).update(
        state=state, closed_at=now, climb_at=None, lapse_at=None
    )
    regions = {row.region_id for row in rows}
    deed = Deed(
        deed=DEEDS[verb], by=by, subject=(rows[0].subject_kind, rows[0].subject), case=case,
        region=regions.pop() if len(regions) == 1 else "",
        facts={"state": state, "obligations": ids}, topic="obligation",
    )  # fmt: skip
    record_many([deed])
    publish(ObligationsSettled(case=case, kind=rows[0].kind, state=state, obligations=tuple(ids)))


def _answered(at: datetime | None) -> dict[str, datetime]:
    return {} if at is None else {"answered_at": at}


def _deed(row: Obligation, verb: str, state: str, by: Actor) -> Deed:
    return Deed(
        deed=DEEDS[verb],
        by=by,
        subject=("obligation", row.pk),
        region=row.region_id,
        case=row.case,
        changes={"state": [row.state, state]},
        topic="answer" if verb == "answer" else "obligation",
    )
