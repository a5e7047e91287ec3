"""What people do with an obligation: answer, report, withdraw, close; `judging` has the rest.

Every deed is a conditional UPDATE from the states that allow it; a state that does not follow, or
somebody who was first, raises `Conflict`.
"""

from collections.abc import Sequence

from django.db import transaction

from anlan.base.journal.services import record_many
from anlan.base.obligations.kinds import KINDS
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import is_mine
from anlan.base.obligations.services.judging import let_know
from anlan.base.obligations.services.moving import NOTHING, Reply, Said, deed_of, move
from anlan.base.obligations.services.responding import Saying, speak
from anlan.base.people.selectors import posts_of
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing


def reach(*, obligations: Sequence[str], by: Actor) -> int:
    """Note that debtors have them before their eyes (已送达); reaching again changes nothing.

    Whoever else was turned to and looks has not reached the one who owes.
    """
    with transaction.atomic():
        waiting = Obligation.objects.select_for_update().filter(pk__in=obligations, state="issued")
        rows = list(waiting if by.is_system else waiting.filter(debtor__in=posts_of(by)))
        Obligation.objects.filter(pk__in=[row.pk for row in rows], state="issued").update(
            state="reached", reached_at=clock.now()
        )
        seen = Said("reach", NOTHING, by)
        record_many([deed_of(row, row.state, "reached", seen) for row in rows])
    return len(rows)


def answer(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Sign for it (签收). By the debtor, anyone a rung turned to, or an officer on their behalf.

    An answer that tells what was done counts as the report too.
    """
    speak(Saying(obligation, reply, by, verb="answer"))


def report(*, obligation: str, by: Actor, reply: Reply) -> None:
    """Tell what was done (反馈)."""
    speak(Saying(obligation, reply, by, verb="report"))


def note(*, obligation: str, by: Actor, reply: Reply) -> None:
    """Say more about what was answered, closed or not (补充说明); its state stays.

    Raises `Conflict` where the kind knows no such thing, or before anything was answered.
    """
    speak(Saying(obligation, reply, by, verb="note"))


def withdraw(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Take the debt back (撤回)."""
    with transaction.atomic():
        row = _lock(obligation, by)
        permit(by, "obligations.withdraw", row.region_id)
        move(row, "withdrawn", Said("withdraw", reply, by))
        let_know(row, by)


def close(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Strike it off (销号), where the kind leaves that to a person."""
    with transaction.atomic():
        row = _lock(obligation, by)
        permit(by, "obligations.close", row.region_id)
        if KINDS[row.kind].verified and row.state != "verified":
            raise Conflict("这类事项核实之后才能销号")
        move(row, "closed", Said("close", reply, by))
        let_know(row, by)


def _lock(obligation: str, by: Actor) -> Obligation:
    rows = list(Obligation.objects.select_for_update().filter(pk=obligation))
    row = rows[0] if rows else None
    if row is None or not (may(by, "obligations.view", row.region_id) or is_mine(row, by)):
        raise Missing("没有这个事项")
    return row
