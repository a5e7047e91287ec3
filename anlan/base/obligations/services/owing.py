"""Bringing obligations into being, one or twenty thousand at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.ladders import Ladder, Span, ladder
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.climbing import rungs_reached
from anlan.base.obligations.services.rungs import next_rungs, write_rungs
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Debt:
    """What one debtor shall owe.

    `answer_within` and `done_within` None take the ladder's own; `once` makes asking twice the
    same debt.
    """

    kind: str
    title: str
    debtor: str  # post id
    region: str
    body: str = ""
    subject: tuple[str, str] = ("", "")
    case: str = ""
    ladder: str = ""
    answer_within: Span | None = None
    done_within: Span | None = None
    once: str | None = None


def owe(*, debt: Debt, by: Actor) -> str:
    """Make one obligation; returns its id, the old one's when `once` was asked before."""
    return owe_many(debts=[debt], by=by)[0]


def owe_many(*, debts: Sequence[Debt], by: Actor, start: bool = False) -> list[str]:
    """Make obligations in transactions of at most `BATCH`; returns an id for each debt.

    `start` takes the first rung of those whose ladder begins at once in the same transaction: whom
    it turns to is told as soon as the debt exists, and no climb has to find them first.
    Interrupted half-way, it may be called again: debts with `once` that exist are not made twice.
    Raises `Invalid` for an unknown kind or ladder, `Forbidden` outside the giver's regions.
    """
    for region in {debt.region for debt in debts}:
        permit(by, "obligations.owe", region)
    for kind, key in {(debt.kind, debt.ladder) for debt in debts}:
        ladder(key or KINDS[kind].ladder)
        KINDS[kind]
    for debt in debts:
        if not debt.title.strip():
            raise Invalid("事项要有标题", errors={"title": ["事项要有标题"]})
    ids: list[str] = []
    for first in range(0, len(debts), BATCH):
        ids += _owe_batch(debts[first : first + BATCH], by, start=start)
    return ids


@transaction.atomic
def _owe_batch(debts: Sequence[Debt], by: Actor, *, start: bool) -> list[str]:
    now = clock.now()
    keys = [debt.once for debt in debts if debt.once]
    known = dict(Obligation.objects.filter(once__in=keys).values_list("once", "pk"))
    steps = {key: ladder(key) for key in {debt.ladder or KINDS[debt.kind].ladder for debt in debts}}
    made: list[Obligation] = []
    ids = []
    for debt in debts:
        old = known.get(debt.once) if debt.once else None
        if old is None:
            row = _row(debt, steps[debt.ladder or KINDS[debt.kind].ladder], by, now)
            made.append(row)
            if debt.once:
                known[debt.once] = row.pk
            old = row.pk
        ids.append(old)
    _seal_bodies(made)
    _insert(made, steps, now, start=start)
    record_many(_deeds(made, by))
    return ids


def _insert(
    made: Sequence[Obligation], steps: dict[str, Ladder], now: datetime, *, start: bool
) -> None:
    """Write new obligations, those that begin at once on their first rung already."""
    begun = [row for row in made if row.climb_at is not None and row.climb_at <= now]
    if not start or not begun:
        insert_rows(made)
        return
    rungs, told = next_rungs(begun, steps, now), rungs_reached(begun)
    following: dict[tuple[str, datetime | None], datetime | None] = {}
    for row in begun:
        key = (row.ladder, row.answer_due)
        if key not in following:
            following[key] = steps[row.ladder].due(now, 1, row.answer_due)
        row.rung, row.climb_at = 1, following[key]
    insert_rows(made)
    write_rungs(rungs)
    publish(told)


def _row(debt: Debt, steps: Ladder, by: Actor, now: datetime) -> Obligation:
    within = debt.answer_within or steps.answer_within
    answer_due = within.after(now) if within else None
    done_due = debt.done_within.after(now) if debt.done_within else None
    return Obligation(
        kind=debt.kind,
        title=debt.title.strip(),
        body=debt.body,
        subject_kind=debt.subject[0],
        subject=debt.subject[1],
        case=debt.case,
        region_id=debt.region,
        debtor_id=debt.debtor,
        once=debt.once,
        ladder=steps.key,
        climb_at=steps.due(now, 0, answer_due),
        issued_at=now,
        issued_by=by.ref,
        answer_due=answer_due,
        done_due=done_due,
        lapse_at=answer_due or done_due,
    )


def _seal_bodies(made: Sequence[Obligation]) -> None:
    told = [row for row in made if row.body]
    if told:
        sealed = vault.seal_many([(row.seal_subject, {"body": row.body}) for row in told])
        for row, values in zip(told, sealed, strict=True):
            row.body = values["body"] or ""


def _deeds(made: Sequence[Obligation], by: Actor) -> list[Deed]:
    """One deed a case and kind: twenty thousand debts of one alert are one decision."""
    groups: dict[tuple[str, str, int, str], list[Obligation]] = {}
    for row in made:
        key = (row.case, row.kind, row.rung, "" if row.case else row.pk)
        groups.setdefault(key, []).append(row)
    deeds = []
    for (case, kind, rung, _), rows in groups.items():
        facts: dict[str, Any] = {
            "kind": kind,
            "obligations": [row.pk for row in rows],
            "debtors": [row.debtor_id for row in rows],
            "rung": rung,
        }
        subject = ("case", case) if case else ("obligation", rows[0].pk)
        deeds.append(
            Deed(
                deed="obligations.owed", by=by, subject=subject, region=_joint(rows), case=case,
                facts=facts, topic="notice" if kind == "notice" else "obligation",
            )
        )  # fmt: skip
    return deeds


def _joint(rows: Sequence[Obligation]) -> str:
    """Name the region that holds all of the rows' regions, for the stream's scope."""
    codes = {row.region_id for row in rows}
    if len(codes) == 1:
        return next(iter(codes))
    low, high = min(codes), max(codes)
    for length in reversed(scope.LENGTHS):
        if low[:length] == high[:length]:
            return scope.pad(low[:length])
    return scope.COUNTRY
