"""Bringing obligations into being, one or twenty thousand at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_values
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.ladders import Ladder, Span, ladder
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.rungs import Climber, next_rungs, rungs_reached, write_rungs
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.kernel.ids import new_id

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


#: What is written of a new obligation, in the order `_New.values` gives it.
COLUMNS = (
    "id", "kind", "title", "body", "subject_kind", "subject", "case", "region_id", "debtor_id",
    "once", "state", "ladder", "rung", "climb_at", "issued_at", "issued_by", "answer_due",
    "done_due", "reached_at", "answered_at", "reported_at", "verified_at", "closed_at", "lapse_at",
    "lapsed_at", "paused_at", "wish", "wish_until", "wish_by",
)  # fmt: skip


class _Times(NamedTuple):
    """When the debts of one batch on one ladder are due: reckoned once, not for each."""

    ladder: str
    answer_due: datetime | None
    done_due: datetime | None
    #: Rungs taken already, and when the next is due.
    rung: int
    climb_at: datetime | None


class _New(NamedTuple):
    """One obligation about to be; a row of the ORM for each would be half the work."""

    id: str
    debt: Debt
    times: _Times

    @property
    def climber(self) -> Climber:
        """What its first rung needs."""
        return Climber(self.id, self.debt.debtor, self.times.ladder, 0)

    def values(self, body: str, now: datetime, by: str) -> tuple[Any, ...]:
        """Give the values of `COLUMNS`."""
        debt, times = self.debt, self.times
        return (
            self.id, debt.kind, debt.title.strip(), body, *debt.subject, debt.case, debt.region,
            debt.debtor, debt.once, "issued", times.ladder, times.rung, times.climb_at, now, by,
            times.answer_due, times.done_due, None, None, None, None, None,
            times.answer_due or times.done_due, None, None, "", None, "",
        )  # fmt: skip


@transaction.atomic
def _owe_batch(debts: Sequence[Debt], by: Actor, *, start: bool) -> list[str]:
    now = clock.now()
    keys = [debt.once for debt in debts if debt.once]
    known = dict(Obligation.objects.filter(among("once", keys)).values_list("once", "pk"))
    calendar = _Calendar(now, start=start)
    made: list[_New] = []
    ids = []
    for debt in debts:
        old = known.get(debt.once) if debt.once else None
        if old is None:
            old = new_id()
            made.append(_New(old, debt, calendar.times(debt)))
            if debt.once:
                known[debt.once] = old
        ids.append(old)
    bodies = _sealed_bodies(made)
    insert_values(
        Obligation, COLUMNS, [one.values(bodies.get(one.id, ""), now, by.ref) for one in made]
    )
    begun = [one.climber for one in made if one.times.rung]
    if begun:
        write_rungs(next_rungs(begun, calendar.ladders, now))
        publish(rungs_reached(begun))
    record_many(_deeds(made, by))
    return ids


class _Calendar:
    """The deadlines of one batch."""

    def __init__(self, now: datetime, *, start: bool) -> None:
        self.ladders: dict[str, Ladder] = {}
        self._now = now
        self._start = start
        self._known: dict[tuple[str, Span | None, Span | None], _Times] = {}

    def times(self, debt: Debt) -> _Times:
        """Tell when a debt is due, its first rung taken where that is wanted and due at once."""
        key = (debt.ladder or KINDS[debt.kind].ladder, debt.answer_within, debt.done_within)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._reckon(*key)
        return found

    def _reckon(self, key: str, answer: Span | None, done: Span | None) -> _Times:
        now, steps = self._now, ladder(key)
        self.ladders[steps.key] = steps
        within = answer or steps.answer_within
        answer_due = within.after(now) if within else None
        rung, climb_at = 0, steps.due(now, 0, answer_due)
        if self._start and climb_at is not None and climb_at <= now:
            rung, climb_at = 1, steps.due(now, 1, answer_due)
        return _Times(steps.key, answer_due, done.after(now) if done else None, rung, climb_at)


def _sealed_bodies(made: Sequence[_New]) -> dict[str, str]:
    told = [one for one in made if one.debt.body]
    sealed = vault.seal_many([(one.debt.case or one.id, {"body": one.debt.body}) for one in told])
    return {one.id: texts["body"] or "" for one, texts in zip(told, sealed, strict=True)}


def _deeds(made: Sequence[_New], by: Actor) -> list[Deed]:
    """One deed a case and kind: twenty thousand debts of one alert are one decision."""
    groups: dict[tuple[str, str, int, str], list[_New]] = {}
    for one in made:
        case = one.debt.case
        key = (case, one.debt.kind, one.times.rung, "" if case else one.id)
        groups.setdefault(key, []).append(one)
    deeds = []
    for (case, kind, rung, _), rows in groups.items():
        facts: dict[str, Any] = {
            "kind": kind,
            "obligations": [one.id for one in rows],
            "debtors": [one.debt.debtor for one in rows],
            "rung": rung,
        }
        subject = ("case", case) if case else ("obligation", rows[0].id)
        deeds.append(
            Deed(
                deed="obligations.owed", by=by, subject=subject, region=_joint(rows), case=case,
                facts=facts, topic="notice" if kind == "notice" else "obligation",
            )
        )  # fmt: skip
    return deeds


def _joint(rows: Sequence[_New]) -> str:
    """Name the region that holds all of the rows' regions, for the stream's scope."""
    codes = {one.debt.region for one in rows}
    if len(codes) == 1:
        return next(iter(codes))
    low, high = min(codes), max(codes)
    for length in reversed(scope.LENGTHS):
        if low[:length] == high[:length]:
            return scope.pad(low[:length])
    return scope.COUNTRY
