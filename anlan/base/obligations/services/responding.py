"""What those who owe say: sign for it, report, add to it; one at a time, or as many as came in.

Through some doors people speak without choosing a deed: a link, a short message, a telephone. There
`respond` finds what there is to say next. A provider hands over replies by the hundred: they are
taken down in few statements, and one that fails does not hold back the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction

from anlan.base.db.among import among
from anlan.base.journal.services import record_many
from anlan.base.obligations.kinds import KINDS, Ask
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import are_theirs, asked_together, form_in, forms_of
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
class Saying:
    """One reply: about which obligation, and by whom.

    It is said for whatever else was asked together with it of who says it: `person`, where an
    officer takes somebody's words down, else the actor who owes it. `alone` says it of that one
    obligation and no other.
    """

    obligation: str
    reply: Reply
    by: Actor
    person: str = ""
    alone: bool = False
    #: Which deed is meant; "" is whatever comes next.
    verb: str = ""


@dataclass(frozen=True)
class Responded:
    """What became of one reply: which deed it was, or why it was none."""

    obligation: str
    verb: str = ""
    error: AnlanError | None = None


def respond(*, obligation: str, by: Actor, reply: Reply, person: str = "") -> str:
    """Say what there is to say next: sign for it, then report, then add to it; tells which.

    Raises `Conflict` when nothing more can be said, or what is said was said before.
    """
    return speak(Saying(obligation, reply, by, person))


def respond_many(*, said: Sequence[tuple[str, Reply]], by: Actor) -> list[Responded]:
    """Say what there is to say next about many obligations, each by itself; one answer each."""
    return respond_each(said=[Saying(one, reply, by, alone=True) for one, reply in said])


def respond_each(*, said: Sequence[Saying]) -> list[Responded]:
    """Let many say what there is to say next, as if one after the other; one answer each.

    In transactions of at most `BATCH`. What is said about one obligation is said in its order, each
    once the one before has been written; one that fails does not hold back the others.
    """
    told: dict[int, Responded] = {}
    waiting = dict(enumerate(said))
    while waiting:
        part = dict(islice(waiting.items(), BATCH))
        try:
            done = _say_together(part)
        except AnlanError:  # said alone, each shows whether it is the one that cannot be written
            done = {place: _say_alone(one) for place, one in part.items()}
        told |= done
        waiting = {place: one for place, one in waiting.items() if place not in done}
    return [told[place] for place in range(len(said))]


def speak(saying: Saying) -> str:
    """Say one thing, for all that was asked together; tells which deed it was."""
    told = _say_together({0: saying})[0]
    if told.error is not None:
        raise told.error
    return told.verb


def _say_alone(saying: Saying) -> Responded:
    try:
        return Responded(saying.obligation, speak(saying))
    except AnlanError as error:
        return Responded(saying.obligation, error=error)


@transaction.atomic
def _say_together(part: Mapping[int, Saying]) -> dict[int, Responded]:
    """Say what can be said at once, all but what speaks of an obligation spoken of before."""
    chosen = _apart(_meant(part))
    # All at once and in one order: an answer by another of their posts may be on its way.
    held = Obligation.objects.select_for_update().filter(
        among("pk", {pk for one in chosen.values() for pk in one.about})
    )
    rows = {row.pk: row for row in held.order_by("pk")}
    now, asked = clock.now(), forms_of(rows.values())
    told: dict[int, Responded] = {}
    plans: list[list[_Plan]] = []
    for place, (saying, is_own, others) in chosen.items():
        try:
            row = _seen(rows.get(saying.obligation), saying.by, is_own=is_own)
            word = _Word(saying.by, saying.reply, is_own, now, asked)
            along = [rows[pk] for pk in others if pk in rows]
            plans.append(_plans(row, along, saying.verb, word))
            told[place] = Responded(saying.obligation, plans[-1][0].verb)
        except AnlanError as error:
            told[place] = Responded(saying.obligation, error=error)
    _write([plan for some in plans for plan in some], now)
    for first, *_ in plans:
        hear(first.row, first.by, first.reply)
    return told


class _Meant(NamedTuple):
    """A reply and what it speaks of: `others` were asked together with its own obligation."""

    saying: Saying
    is_own: bool = False
    others: Sequence[str] = ()

    @property
    def about(self) -> set[str]:
        """Name every obligation it speaks of."""
        return {self.saying.obligation, *self.others}


def _meant(part: Mapping[int, Saying]) -> dict[int, _Meant]:
    """Find what each speaks of, and whether it is theirs to answer."""
    wanted = Obligation.objects.filter(among("pk", {one.obligation for one in part.values()}))
    known = {row.pk: row for row in wanted}
    there = {place: one for place, one in part.items() if one.obligation in known}
    rows = [known[one.obligation] for one in there.values()]
    own = are_theirs([(row, one.by.person) for row, one in zip(rows, there.values(), strict=True)])
    whom = [
        "" if one.alone else one.person or (one.by.person if is_own else "")
        for one, is_own in zip(there.values(), own, strict=True)
    ]
    asked = asked_together(list(zip(rows, whom, strict=True)))
    found = dict(zip(there, zip(own, asked, strict=True), strict=True))
    return {place: _Meant(one, *found.get(place, (False, ()))) for place, one in part.items()}


def _apart(meant: Mapping[int, _Meant]) -> dict[int, _Meant]:
    """Choose what speaks of obligations that nothing before it speaks of."""
    chosen: dict[int, _Meant] = {}
    spoken_of: set[str] = set()
    for place, one in meant.items():
        if spoken_of.isdisjoint(one.about):
            chosen[place] = one
        spoken_of |= one.about
    return chosen


def _seen(row: Obligation | None, by: Actor, *, is_own: bool) -> Obligation:
    if row is None or not (is_own or may(by, "obligations.view", row.region_id)):
        raise Missing("没有这个事项")
    return row


class _Word(NamedTuple):
    """What is said, by whom and when.

    `is_own` tells whether it is theirs to say, `asked` what reports ask by their subject.
    """

    by: Actor
    reply: Reply
    is_own: bool
    now: datetime
    asked: Mapping[tuple[str, str], tuple[Ask, ...]]


@dataclass(frozen=True)
class _Plan:
    """What one reply does: moves in order, or words alone."""

    verb: str
    row: Obligation
    by: Actor
    reply: Reply
    moves: tuple[Move, ...] = ()
    note: Said | None = None


def _plans(row: Obligation, others: Iterable[Obligation], verb: str, word: _Word) -> list[_Plan]:
    """Plan what is said about one obligation, and what that says about others asked with it.

    Where somebody else has answered that one, it is still said about the others.
    """
    along = [plan for one in others if (plan := _along(one, word))]
    try:
        return [_plan(row, verb, word), *along]
    except Conflict:
        if not along:
            raise
        return along


def _along(row: Obligation, word: _Word) -> _Plan | None:
    """Plan what a reply says about another obligation than its own; None where nothing new."""
    kind, reply = KINDS[row.kind], word.reply
    if row.state in ("issued", "reached") and fits(kind.answer_form, reply):
        return _answer(row, word)
    form = form_in(word.asked, row)
    if _next(row) == "report" and fits(form, reply):
        return _report(row, form, word)
    return None


def _plan(row: Obligation, verb: str, word: _Word) -> _Plan:
    by, reply = word.by, word.reply
    form = form_in(word.asked, row)
    if KINDS[row.kind].page is not None:
        raise Conflict(f"{KINDS[row.kind].title}要打开它的页面填报，签收不算")
    deed = verb or _next(row)
    if not verb and deed != "answer" and not fits(form, reply):
        raise Conflict(f"事项现在是「{LIFECYCLE[row.state].label}」，不必再签收")
    if not word.is_own:
        permit(by, "obligations.owe", row.region_id)
        permit(by, f"obligations.{'answer' if deed == 'answer' else 'report'}", row.region_id)
    if deed == "answer":
        return _answer(row, word)
    if deed == "report":
        return _report(row, form, word)
    kind = KINDS[row.kind]
    if not kind.noted or row.state in ("issued", "reached"):
        raise Conflict(f"{kind.title}现在是「{LIFECYCLE[row.state].label}」，不能补充")
    check_form(form, reply)
    return _Plan("note", row, by, reply, note=_spoken("note", word))


def _next(row: Obligation) -> str:
    kind = KINDS[row.kind]
    if row.state in ("issued", "reached"):
        return "answer"
    if row.state in ("answered", "returned") and "reported" in kind.states:
        return "report"
    return "note" if kind.noted else "answer"


def _answer(row: Obligation, word: _Word) -> _Plan:
    """Plan an answer; one that tells what was done is the report too."""
    form, reply = KINDS[row.kind].answer_form, word.reply
    check_form(form, reply)
    moves = [planned(row, "answered", _spoken("answer", word), word.now)]
    if any(reply.answers.get(ask.name) in ask.reports for ask in form if ask.reports):
        said = replace(_spoken("report", word), reply=Reply(answers=reply.answers))
        moves.append(planned(row, "reported", said, word.now, was="answered"))
    return _Plan("answer", row, word.by, reply, tuple(moves))


def _report(row: Obligation, form: tuple[Ask, ...], word: _Word) -> _Plan:
    check_form(form, word.reply)
    moved = planned(row, "reported", _spoken("report", word), word.now)
    return _Plan("report", row, word.by, word.reply, (moved,))


def _spoken(verb: str, word: _Word) -> Said:
    return Said(verb, word.reply, word.by, on_behalf=not word.is_own)


def _write(plans: Sequence[_Plan], now: datetime) -> None:
    """Write plans of different rows: first moves, then second ones, then words alone."""
    for turn in (0, 1):
        moves = [plan.moves[turn] for plan in plans if len(plan.moves) > turn]
        if moves:
            apply(moves, now)
    notes = [(plan.row, plan.note) for plan in plans if plan.note is not None]
    if notes:
        write_steps(notes, now)
        record_many([deed_of(row, row.state, row.state, said) for row, said in notes])
