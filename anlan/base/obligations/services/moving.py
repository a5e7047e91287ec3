"""How an obligation moves: what a deed changes, and everything that is written with it.

A deed on one obligation and an answer to five hundred of them are planned row by row and written
alike: one UPDATE for all that change the same way, steps, journal and events in one statement each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.events import ObligationMoved
from anlan.base.obligations.kinds import KINDS, Ask
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid


@dataclass(frozen=True)
class Reply:
    """What somebody says with a deed: words (sealed) and the kind's form (codes and numbers)."""

    text: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Reply()


@dataclass(frozen=True)
class Said:
    """What is said, by which deed, by whom, and whether for somebody else."""

    verb: str
    reply: Reply
    by: Actor
    on_behalf: bool = False


@dataclass(frozen=True)
class Move:
    """One planned move of one obligation; nothing is written yet."""

    row: Obligation
    said: Said
    was: str
    state: str
    changes: Mapping[str, Any]
    came_from: tuple[str, ...]


_MOMENTS = {
    "reached": "reached_at",
    "answered": "answered_at",
    "reported": "reported_at",
    "verified": "verified_at",
    "closed": "closed_at",
}

_VERBS = {
    "answer": "签收",
    "report": "反馈",
    "verify": "核实",
    "return": "退回",
    "withdraw": "撤回",
    "close": "销号",
}


def planned(row: Obligation, state: str, said: Said, now: datetime, *, was: str = "") -> Move:
    """Plan what taking a state changes: moments, deadlines, the ladder.

    `was` is the state before, where an earlier move of the same deed has changed it. Raises
    `Conflict` when the kind has no such state, or the state does not follow.
    """
    kind, here = KINDS[row.kind], was or row.state
    if state not in (*kind.states, "returned", "withdrawn"):
        raise Conflict(f"{kind.title}没有「{LIFECYCLE[state].label}」这一步")
    if not LIFECYCLE.may(here, state):
        raise Conflict(f"事项现在是「{LIFECYCLE[here].label}」，不能再{_VERBS[said.verb]}")
    final = kind.after(state) if state in kind.states else state
    changes: dict[str, Any] = {"state": final, **_moments(row, state, final, now)}
    changes["lapse_at"] = row.done_due if final in ("answered", "returned") else None
    if _ladder_ends(row, state, final):
        changes["climb_at"] = None
    elif state == "returned":
        changes |= _climbing_again(row, now)
    return Move(row, said, here, final, changes, LIFECYCLE.sources(state))


def apply(moves: Sequence[Move], now: datetime) -> None:
    """Write moves of different rows, by whomever, in the caller's transaction.

    Raises `Conflict` when somebody else moved one of them meanwhile.
    """
    alike: dict[tuple[Any, ...], list[Move]] = {}
    for move in moves:
        alike.setdefault((move.came_from, *sorted(move.changes.items(), key=_name)), []).append(
            move
        )
    for some in alike.values():
        rows = Obligation.objects.filter(
            pk__in=[move.row.pk for move in some], state__in=some[0].came_from
        )
        if rows.update(**some[0].changes) != len(some):
            raise Conflict("事项刚被别人改动，请刷新后再试")
    write_steps([(move.row, move.said) for move in moves], now)
    record_many([deed_of(move.row, move.was, move.state, move.said) for move in moves])
    publish(
        *(
            ObligationMoved(
                case=move.row.case, obligation=move.row.pk, kind=move.row.kind, state=move.state
            )
            for move in moves
        )
    )
    for move in moves:
        _follow(move)


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _follow(move: Move) -> None:
    """Run what the kind says follows from the debtor's last deed."""
    consequence = KINDS[move.row.kind].consequence
    if consequence and move.state == "closed" and move.said.verb in ("answer", "report"):
        consequence(subject=(move.row.subject_kind, move.row.subject), by=move.said.by)


def move(row: Obligation, state: str, said: Said) -> None:
    """Plan and write one move."""
    now = clock.now()
    apply([planned(row, state, said, now)], now)


def _moments(row: Obligation, state: str, final: str, now: datetime) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {}
    for reached in (state, final):
        name = _MOMENTS.get(reached)
        if name:
            found[name] = now
    if final == "withdrawn":
        found["closed_at"] = now
    if state in ("answered", "reported") and row.reached_at is None:
        found["reached_at"] = now  # who answers has seen it
    if state == "returned":
        found["reported_at"] = None
    return found


def _ladder_ends(row: Obligation, state: str, final: str) -> bool:
    if final in ("closed", "withdrawn", "verified", "reported"):
        return True
    return state == "answered" and ladder(row.ladder).until == "answered"


def _climbing_again(row: Obligation, now: datetime) -> dict[str, datetime | None]:
    """Let the ladder go on with what was sent back: past its deadline it counts from now."""
    steps = ladder(row.ladder)
    if steps.until != "reported":
        return {}
    due = max(row.answer_due, now) if row.answer_due else None
    following = steps.due(row.issued_at, row.rung, due)
    return {"answer_due": due, "climb_at": max(following, now) if following else None}


def write_steps(said: Sequence[tuple[Obligation, Said]], now: datetime) -> None:
    """Note what was said; words are sealed with the key of the case."""
    texts = [one.reply.text.strip() for _, one in said]
    sealed = vault.seal_many(
        [(row.seal_subject, {"text": text}) for (row, _), text in zip(said, texts, strict=True)]
    )
    insert_rows(
        [
            Step(
                obligation=row, at=now, verb=one.verb, by=one.by.ref, on_behalf=one.on_behalf,
                text=words["text"] or "", answers=dict(one.reply.answers),
            )
            for (row, one), words in zip(said, sealed, strict=True)
        ]
    )  # fmt: skip


def deed_of(row: Obligation, was: str, state: str, said: Said) -> Deed:
    """Make the journal's entry of a deed on an obligation."""
    return Deed(
        deed=DEEDS[said.verb],
        by=said.by,
        subject=("obligation", row.pk),
        region=row.region_id,
        case=row.case,
        changes={"state": [was, state]},
        facts={"on_behalf": said.on_behalf, "answers": dict(said.reply.answers)},
        topic="answer" if said.verb in ("answer", "note") else "obligation",
    )


def fits(form: tuple[Ask, ...], reply: Reply) -> bool:
    """Tell whether a reply fills a form."""
    return not _faults(form, reply)


def check_form(form: tuple[Ask, ...], reply: Reply) -> None:
    """Refuse a reply that does not fill a form, by field."""
    errors = _faults(form, reply)
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def _faults(form: tuple[Ask, ...], reply: Reply) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for ask in form:
        value = reply.answers.get(ask.name)
        if value in (None, ""):
            if ask.required:
                errors[ask.name] = [f"请填写{ask.label}"]
        elif ask.choices and value not in {code for code, _, _ in ask.choices}:
            errors[ask.name] = [f"{ask.label}没有这个选项"]
        elif ask.type == "int" and (not isinstance(value, int) or value < 0):
            errors[ask.name] = [f"{ask.label}应为整数"]
        elif ask.type == "number" and not _is_number(value):
            errors[ask.name] = [f"{ask.label}应为数字"]
    unknown = set(reply.answers) - {ask.name for ask in form}
    errors.update({name: ["没有这一项"] for name in unknown})
    return errors


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def hear(row: Obligation, by: Actor, reply: Reply) -> None:
    """Let the kind hear what was said."""
    heard = KINDS[row.kind].heard
    if heard:
        heard(obligation=row.pk, answers=dict(reply.answers), by=by)
