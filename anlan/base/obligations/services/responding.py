"""What those who owe say: sign for it, report, add to it; one at a time, or as many as came in.

Through some doors people speak without choosing a deed: a link, a short message, a telephone. There
`respond` finds what there is to say next. A provider hands over replies by the hundred: they are
taken down in few statements, and one that fails does not hold back the others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from anlan.base.journal.services import record_many
from anlan.base.obligations.kinds import KINDS, Ask
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import asked_with, form_in, forms_of, mine
from anlan.base.obligations.services.moving import (
    Move,
    Reply,
    Said,
    apply,
    check_form,
    deed_of,
    fits,
    hear,
    planned,
    write_steps,
)
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Conflict, Missing

#: Replies of one transaction.
BATCH = 500


@dataclass(frozen=True)
class Responded:
    """What became of one reply: which deed it was, or why it was none."""

    obligation: str
    verb: str = ""
    error: AnlanError | None = None


def respond(*, obligation: str, by: Actor, reply: Reply, person: str = "") -> str:
    """Say what there is to say next: sign for it, then report, then add to it; tells which.

    It is said for whatever else was asked together with it of who says it: `person`, where an
    officer takes somebody's words down, else the actor who owes it. Raises `Conflict` when nothing
    more can be said, or what is said was said before.
    """
    return speak(obligation, "", by, reply, person)


def respond_many(*, said: Sequence[tuple[str, Reply]], by: Actor) -> list[Responded]:
    """Say what there is to say next about many obligations, each by itself; one answer each.

    In transactions of at most `BATCH`. Of two replies about one obligation the later one is said
    after the first has been written.
    """
    told: list[Responded] = []
    waiting = list(said)
    while waiting:
        part: dict[str, Reply] = {}
        while waiting and len(part) < BATCH and waiting[0][0] not in part:
            obligation, reply = waiting.pop(0)
            part[obligation] = reply
        told += _respond_batch(part, by)
    return told


@transaction.atomic
def _respond_batch(part: dict[str, Reply], by: Actor) -> list[Responded]:
    rows = {row.pk: row for row in Obligation.objects.select_for_update().filter(pk__in=part)}
    own, asked = _own(part, by), forms_of(rows.values())
    now = clock.now()
    plans: list[_Plan] = []
    told = []
    for obligation, reply in part.items():
        try:
            row = _seen(rows.get(obligation), own, by)
            plans.append(_plan(row, "", _Word(by, reply, own, now, asked)))
            told.append(Responded(obligation, plans[-1].verb))
        except AnlanError as error:
            told.append(Responded(obligation, error=error))
    _write(plans, by, now)
    for plan in plans:
        hear(plan.row, by, plan.reply)
    return told


def speak(obligation: str, verb: str, by: Actor, reply: Reply, person: str = "") -> str:
    """Say one thing, for all that was asked together; without a `verb` whatever comes next.

    Tells which deed it was.
    """
    with transaction.atomic():
        own = _own([obligation], by)
        row = _seen(Obligation.objects.filter(pk=obligation).first(), own, by)
        others = asked_with(row, person or (by.person if row.pk in own else ""))
        # All at once and in one order: an answer by another of their posts may be on its way.
        held = Obligation.objects.select_for_update().filter(pk__in=[obligation, *others])
        rows = {one.pk: one for one in held.order_by("pk")}
        word = _Word(by, reply, own, clock.now(), forms_of(rows.values()))
        plans = _plans(rows.pop(obligation), rows.values(), verb, word)
        _write(plans, by, word.now)
        hear(plans[0].row, by, reply)
    return plans[0].verb


def _own(obligations: Collection[str], by: Actor) -> set[str]:
    """Tell which of these the actor owes, or was turned to for."""
    if not by.person:
        return set()
    rows = Obligation.objects.filter(mine(by), pk__in=list(obligations))
    return set(rows.values_list("pk", flat=True))


def _seen(row: Obligation | None, own: Collection[str], by: Actor) -> Obligation:
    if row is None or not (may(by, "obligations.view", row.region_id) or row.pk in own):
        raise Missing("没有这个事项")
    return row


class _Word(NamedTuple):
    """What is said, by whom and when.

    `own` are the obligations that are theirs to answer, `asked` what reports ask by their subject.
    """

    by: Actor
    reply: Reply
    own: Collection[str]
    now: datetime
    asked: Mapping[tuple[str, str], tuple[Ask, ...]]


@dataclass(frozen=True)
class _Plan:
    """What one reply does: moves in order, or words alone."""

    verb: str
    row: Obligation
    reply: Reply
    moves: tuple[Move, ...] = ()
    note: Said | None = None


def _plans(row: Obligation, others: Iterable[Obligation], verb: str, word: _Word) -> list[_Plan]:
    """Plan what is said about one obligation, and what that says about others asked with it.

    Where somebody else has answered that one, it is still said about the others.
    """
    on_behalf = row.pk not in word.own
    along = [plan for one in others if (plan := _along(one, word, on_behalf=on_behalf))]
    try:
        return [_plan(row, verb, word), *along]
    except Conflict:
        if not along:
            raise
        return along


def _along(row: Obligation, word: _Word, *, on_behalf: bool) -> _Plan | None:
    """Plan what a reply says about another obligation than its own; None where nothing new."""
    kind, reply = KINDS[row.kind], word.reply
    if row.state in ("issued", "reached") and fits(kind.answer_form, reply):
        return _answer(row, reply, on_behalf=on_behalf, now=word.now)
    form = form_in(word.asked, row)
    if _next(row) == "report" and fits(form, reply):
        return _report(row, reply, form, on_behalf=on_behalf, now=word.now)
    return None


def _plan(row: Obligation, verb: str, word: _Word) -> _Plan:
    by, reply, own, now, asked = word
    form = form_in(asked, row)
    if KINDS[row.kind].page is not None:
        raise Conflict(f"{KINDS[row.kind].title}要打开它的页面填报，签收不算")
    deed = verb or _next(row)
    if not verb and deed != "answer" and not fits(form, reply):
        raise Conflict(f"事项现在是「{LIFECYCLE[row.state].label}」，不必再签收")
    on_behalf = row.pk not in own
    if on_behalf:
        permit(by, "obligations.owe", row.region_id)
        permit(by, f"obligations.{'answer' if deed == 'answer' else 'report'}", row.region_id)
    if deed == "answer":
        return _answer(row, reply, on_behalf=on_behalf, now=now)
    if deed == "report":
        return _report(row, reply, form, on_behalf=on_behalf, now=now)
    kind = KINDS[row.kind]
    if not kind.noted or row.state in ("issued", "reached"):
        raise Conflict(f"{kind.title}现在是「{LIFECYCLE[row.state].label}」，不能补充")
    check_form(form, reply)
    return _Plan("note", row, reply, note=Said("note", reply, on_behalf))


def _next(row: Obligation) -> str:
    kind = KINDS[row.kind]
    if row.state in ("issued", "reached"):
        return "answer"
    if row.state in ("answered", "returned") and "reported" in kind.states:
        return "report"
    return "note" if kind.noted else "answer"


def _answer(row: Obligation, reply: Reply, *, on_behalf: bool, now: datetime) -> _Plan:
    """Plan an answer; one that tells what was done is the report too."""
    form = KINDS[row.kind].answer_form
    check_form(form, reply)
    moves = [planned(row, "answered", Said("answer", reply, on_behalf), now)]
    if any(reply.answers.get(ask.name) in ask.reports for ask in form if ask.reports):
        said = Said("report", Reply(answers=reply.answers), on_behalf)
        moves.append(planned(row, "reported", said, now, was="answered"))
    return _Plan("answer", row, reply, tuple(moves))


def _report(
    row: Obligation, reply: Reply, form: tuple[Ask, ...], *, on_behalf: bool, now: datetime
) -> _Plan:
    check_form(form, reply)
    moved = planned(row, "reported", Said("report", reply, on_behalf), now)
    return _Plan("report", row, reply, (moved,))


def _write(plans: Sequence[_Plan], by: Actor, now: datetime) -> None:
    """Write plans of different rows: first moves, then second ones, then words alone."""
    for turn in (0, 1):
        moves = [plan.moves[turn] for plan in plans if len(plan.moves) > turn]
        if moves:
            apply(moves, by, now)
    notes = [(plan.row, plan.note) for plan in plans if plan.note is not None]
    if notes:
        write_steps(notes, by, now)
        record_many([deed_of(row, row.state, row.state, by, said) for row, said in notes])
