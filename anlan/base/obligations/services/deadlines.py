"""Another deadline for what is owed already (调整期限), because what it hangs on has moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.base.db.among import among
from anlan.base.db.updating import update_values
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services.again import tell_again
from anlan.base.obligations.services.moving import Reply, Said, write_steps
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock

#: A deadline that would have passed already is so long from now.
LEAST = timedelta(minutes=1)
#: Deadlines nearer than this are the same: they are given in whole minutes.
SAME = timedelta(minutes=1)


@dataclass(frozen=True)
class Deferred:
    """One deadline that moved. `past`: it was asked to lie in the past, and is now."""

    obligation: str
    was: datetime | None
    due: datetime
    past: bool


def move_deadlines(
    *,
    due: Mapping[str, datetime],
    reason: str,
    by: Actor,
    titles: Mapping[str, str] | None = None,
) -> list[Deferred]:
    """Give obligations another deadline, in the caller's transaction; returns those that moved.

    Only while they are neither reported nor over. Each keeps on record what it was and why, and
    whoever owes it is told again. Nobody is given a deadline that has passed: it is now, and what
    they are told says that the time is over. The caller has asked for the right to do so. `titles`
    are new ones, of those whose title tells the time.
    """
    now = clock.now()
    rows = list(
        Obligation.objects.select_for_update()
        .filter(among("pk", due), reported_at=None, closed_at=None)
        .order_by("pk")
    )
    moved = []
    held = []
    for row in rows:
        asked = due[row.pk]
        one = Deferred(row.pk, row.done_due or row.answer_due, max(asked, now + LEAST), asked < now)
        if one.was is None or abs(one.was - one.due) >= SAME:
            moved.append(one)
            held.append(row)
    _write(held, moved, now)
    _rename(held, titles or {})
    write_steps(
        [
            (row, Said("defer", Reply(text=_said(one, reason)), by))
            for row, one in zip(held, moved, strict=True)
        ],
        now,
    )
    record_many(_deeds(held, moved, reason, by))
    tell_again(obligations=[one.obligation for one in moved], by=by)
    return moved


def _write(rows: Sequence[Obligation], moved: Sequence[Deferred], now: datetime) -> None:
    """Write all that change alike in one statement: steps of a plan are due in few moments."""
    alike: dict[tuple[tuple[str, Any], ...], list[str]] = {}
    for row, one in zip(rows, moved, strict=True):
        changes = _changes(row, one.due, now)
        alike.setdefault(tuple(sorted(changes.items())), []).append(row.pk)
    for values, ids in alike.items():
        Obligation.objects.filter(among("pk", ids)).update(**dict(values))


def _rename(rows: Sequence[Obligation], titles: Mapping[str, str]) -> None:
    named = [(titles[row.pk][:200], row.pk) for row in rows if row.pk in titles]
    update_values(Obligation, ("title",), named, match=("id",))


def _changes(row: Obligation, due: datetime, now: datetime) -> dict[str, Any]:
    together = row.answer_due is None or row.answer_due in (row.done_due, max(row.answer_due, due))
    answer_due = due if together else row.answer_due
    changes: dict[str, Any] = {"done_due": due, "answer_due": answer_due, "lapsed_at": None}
    if row.paused_at is not None:
        return changes
    changes["lapse_at"] = answer_due if row.answered_at is None else due
    steps = ladder(row.ladder)
    if row.answered_at is None or steps.until == "reported":
        following = steps.due(row.issued_at, row.rung, answer_due)
        changes["climb_at"] = max(following, now) if following is not None else None
    return changes


def _said(one: Deferred, reason: str) -> str:
    """Tell in words what the deadline was and is; without one before, only what it is."""
    was = f"期限由 {_spelled(one.was)} 改为" if one.was else "期限定为"
    over = "原应在此之前办完，时间已过，请立即办理" if one.past else ""
    return "；".join(part for part in (f"{was} {_spelled(one.due)}", reason, over) if part)


def _spelled(at: datetime) -> str:
    local = clock.local(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _deeds(
    rows: Sequence[Obligation], moved: Sequence[Deferred], reason: str, by: Actor
) -> list[Deed]:
    """One deed for all of a case that moved from one moment to another."""
    groups: dict[tuple[str, datetime | None, datetime, bool], list[Obligation]] = {}
    for row, one in zip(rows, moved, strict=True):
        groups.setdefault((row.case, one.was, one.due, one.past), []).append(row)
    return [
        Deed(
            deed=DEEDS["defer"], by=by, case=case, topic="obligation",
            subject=("case", case) if case else ("obligation", some[0].pk),
            region=some[0].region_id if len(some) == 1 else "",
            changes={"due": [was.isoformat() if was else "", due.isoformat()]},
            facts={"obligations": [row.pk for row in some], "reason": reason, "past": past},
        )
        for (case, was, due, past), some in groups.items()
    ]  # fmt: skip
