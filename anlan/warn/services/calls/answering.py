"""Answers an officer takes down for others, and what becomes of a cry for help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Debt, Reply, Responded, owe, respond_many
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.kernel.errors import Invalid
from anlan.warn.callrules import KIND
from anlan.warn.selectors.board.seats import calls_of
from anlan.warn.selectors.rows import alert_for

HELP = "call-help"
#: The most calls answered for in one deed.
MOST = 200


@dataclass(frozen=True)
class Spoken:
    """What became of one call that was answered for: which deed it was, or why it was none."""

    obligation: str
    deed: str = ""
    problem: str = ""


def answer_for(*, alert: str, obligations: Sequence[str], reply: Reply, by: Actor) -> list[Spoken]:
    """Answer calls of an alert for those who owe them (代为应答), each by itself; recorded as such.

    Raises `Forbidden` for who may nowhere do so; one that fails does not hold back the others.
    """
    permit(by, "calls.answer")
    if not 0 < len(obligations) <= MOST:
        raise Invalid(f"一次最多代答 {MOST} 个岗位", errors={"obligations": ["太多，或一个都没有"]})
    row = alert_for(alert, by)
    known = set(calls_of(row.root).filter(pk__in=obligations).values_list("pk", flat=True))
    told = respond_many(said=[(one, reply) for one in obligations if one in known], by=by)
    found = {one.obligation: one for one in told}
    return [_spoken(one, found.get(one)) for one in obligations]


def _spoken(obligation: str, told: Responded | None) -> Spoken:
    if told is None:
        return Spoken(obligation, problem="没有这个叫应")
    return Spoken(obligation, told.verb, told.error.detail if told.error else "")


def note_need(*, obligation: str, answers: Mapping[str, Any], by: Actor) -> None:  # noqa: ARG001
    """Make somebody owe help where a called post needs it (需支援), once while it is owed.

    The duty room above a township's or a village's post, the own one of higher levels: a level
    reports upward, and calls nobody there. Where nobody sits in any, the board alone shows it.
    """
    if answers.get("reply") != "need-help":
        return
    if Obligation.objects.filter(
        kind=HELP, subject_kind=KIND, subject=obligation, closed_at=None
    ).exists():
        return
    row = Obligation.objects.select_related("debtor", "region").get(pk=obligation)
    relation = "duty-above" if scope.level_of(row.region_id) >= Level.TOWN else "duty-own"
    helpers = people.reach([row.debtor_id], relation).get(row.debtor_id)
    if helpers:
        debt = Debt(
            kind=HELP, title=f"{row.region.name} {row.debtor.title} 需支援"[:200],
            debtor=helpers[0], region=row.region_id, subject=(KIND, obligation), case=row.case,
        )  # fmt: skip
        owe(debt=debt, by=system("calls"))
