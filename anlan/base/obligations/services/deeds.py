"""What people do with an obligation: answer, report, verify, return, withdraw, close.

Every deed is a conditional UPDATE from the states that allow it; zero rows means that somebody was
first, or that it is too late, and raises `Conflict`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations.deed_names import DEEDS
from anlan.base.obligations.events import ObligationMoved
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.ladders import ladder
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.selectors import is_mine
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing


@dataclass(frozen=True)
class Reply:
    """What somebody says with a deed: words (sealed) and the kind's form (codes and numbers)."""

    text: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Reply()

_MOMENTS = {
    "reached": "reached_at",
    "answered": "answered_at",
    "reported": "reported_at",
    "verified": "verified_at",
    "closed": "closed_at",
}


def reach(*, obligations: Sequence[str], by: Actor) -> int:
    """Note that debtors have them before their eyes (已送达); reaching again changes nothing."""
    with transaction.atomic():
        waiting = Obligation.objects.select_for_update().filter(pk__in=obligations, state="issued")
        rows = [row for row in waiting if is_mine(row, by) or by.is_system]
        Obligation.objects.filter(pk__in=[row.pk for row in rows], state="issued").update(
            state="reached", reached_at=clock.now()
        )
        record_many([_deed(row, "reached", by, _Said("reach", NOTHING)) for row in rows])
    return len(rows)


def respond(*, obligation: str, by: Actor, reply: Reply) -> str:
    """Say what there is to say next: sign for it, then report, then add to it; tells which.

    For doors through which people speak without choosing a deed: a link, a short message, a call.
    Raises `Conflict` when nothing more can be said, or what is said was said before.
    """
    with transaction.atomic():
        row = _lock(obligation, by)
        kind = KINDS[row.kind]
        deed = _next(row, kind)
        if deed is not answer and not fits(kind.report_form, reply):
            raise Conflict(f"事项现在是「{LIFECYCLE[row.state].label}」，不必再签收")
        deed(obligation=obligation, by=by, reply=reply)
    return deed.__name__


def _next(row: Obligation, kind: Kind) -> Callable[..., None]:
    if row.state in ("issued", "reached"):
        return answer
    if row.state in ("answered", "returned") and "reported" in kind.states:
        return report
    return note if kind.noted else answer


def answer(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Sign for it (签收). By the debtor, anyone a rung turned to, or an officer on their behalf.

    An answer that tells what was done counts as the report too.
    """
    with transaction.atomic():
        row = _lock(obligation, by)
        form = KINDS[row.kind].answer_form
        on_behalf = _debtor_or_officer(row, by, "obligations.answer")
        _check_form(form, reply)
        _move(row, "answered", by, _Said("answer", reply, on_behalf))
        if any(reply.answers.get(ask.name) in ask.reports for ask in form if ask.reports):
            row.state = "answered"
            _move(row, "reported", by, _Said("report", Reply(answers=reply.answers), on_behalf))
        _hear(row, by, reply)


def report(*, obligation: str, by: Actor, reply: Reply) -> None:
    """Tell what was done (反馈)."""
    with transaction.atomic():
        row = _lock(obligation, by)
        on_behalf = _debtor_or_officer(row, by, "obligations.report")
        _check_form(KINDS[row.kind].report_form, reply)
        _move(row, "reported", by, _Said("report", reply, on_behalf))
        _hear(row, by, reply)


def note(*, obligation: str, by: Actor, reply: Reply) -> None:
    """Say more about what was answered, closed or not (补充说明); its state stays.

    Raises `Conflict` where the kind knows no such thing, or before anything was answered.
    """
    with transaction.atomic():
        row = _lock(obligation, by)
        kind = KINDS[row.kind]
        on_behalf = _debtor_or_officer(row, by, "obligations.report")
        if not kind.noted or row.state in ("issued", "reached"):
            raise Conflict(f"{kind.title}现在是「{LIFECYCLE[row.state].label}」，不能补充")
        _check_form(kind.report_form, reply)
        said = _Said("note", reply, on_behalf)
        _write_step(row, by, said, clock.now())
        record_many([_deed(row, row.state, by, said)])
        _hear(row, by, reply)


def verify(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Confirm what was reported (核实); never by the one who reported it."""
    with transaction.atomic():
        row = _lock(obligation, by)
        permit(by, "obligations.verify", row.region_id)
        if row.steps.filter(verb="report", by=by.ref).exists():
            raise Forbidden("反馈的人不能核实自己的反馈，请由他人核实。")
        _move(row, "verified", by, _Said("verify", reply))


def return_(*, obligation: str, by: Actor, reply: Reply) -> None:
    """Send a report back with what is missing (退回)."""
    with transaction.atomic():
        row = _lock(obligation, by)
        permit(by, "obligations.verify", row.region_id)
        if not reply.text.strip():
            raise Invalid("退回要写明原因", errors={"text": ["退回要写明原因"]})
        _move(row, "returned", by, _Said("return", reply))


def withdraw(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Take the debt back (撤回)."""
    with transaction.atomic():
        row = _lock(obligation, by)
        permit(by, "obligations.withdraw", row.region_id)
        _move(row, "withdrawn", by, _Said("withdraw", reply))


def close(*, obligation: str, by: Actor, reply: Reply = NOTHING) -> None:
    """Strike it off (销号), where the kind leaves that to a person."""
    with transaction.atomic():
        row = _lock(obligation, by)
        permit(by, "obligations.close", row.region_id)
        if KINDS[row.kind].verified and row.state != "verified":
            raise Conflict("这类事项核实之后才能销号")
        _move(row, "closed", by, _Said("close", reply))


@dataclass(frozen=True)
class _Said:
    verb: str
    reply: Reply
    on_behalf: bool = False


def _lock(obligation: str, by: Actor) -> Obligation:
    row = Obligation.objects.select_for_update().filter(pk=obligation).first()
    if row is None or not (may(by, "obligations.view", row.region_id) or is_mine(row, by)):
        raise Missing("没有这个事项")
    return row


def _debtor_or_officer(row: Obligation, by: Actor, action: str) -> bool:
    """Tell whether an officer acts for the debtor; `Forbidden` when neither may."""
    if is_mine(row, by):
        return False
    permit(by, "obligations.owe", row.region_id)
    permit(by, action, row.region_id)
    return True


def fits(form: tuple[Ask, ...], reply: Reply) -> bool:
    """Tell whether a reply fills a form."""
    return not _faults(form, reply)


def _check_form(form: tuple[Ask, ...], reply: Reply) -> None:
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
    unknown = set(reply.answers) - {ask.name for ask in form}
    errors.update({name: ["没有这一项"] for name in unknown})
    return errors


def _hear(row: Obligation, by: Actor, reply: Reply) -> None:
    heard = KINDS[row.kind].heard
    if heard:
        heard(obligation=row.pk, answers=dict(reply.answers), by=by)


def _move(row: Obligation, state: str, by: Actor, said: _Said) -> None:
    """Take a state and what follows from it: moments, ladder, step, journal, event, consequence."""
    kind = KINDS[row.kind]
    if state not in (*kind.states, "returned", "withdrawn"):
        raise Conflict(f"{kind.title}没有「{LIFECYCLE[state].label}」这一步")
    now = clock.now()
    final = kind.after(state) if state in kind.states else state
    changes: dict[str, Any] = {"state": final, **_moments(row, state, final, now)}
    changes["lapse_at"] = row.done_due if final in ("answered", "returned") else None
    if _ladder_ends(row, state, final):
        changes["climb_at"] = None
    came_from = LIFECYCLE.sources(state)
    if not Obligation.objects.filter(pk=row.pk, state__in=came_from).update(**changes):
        here = LIFECYCLE[row.state].label
        raise Conflict(f"事项现在是「{here}」，不能再{_VERBS[said.verb]}")
    _write_step(row, by, said, now)
    _tell(row, final, by, said)
    if kind.consequence and final == "closed" and said.verb in ("answer", "report"):
        kind.consequence(subject=(row.subject_kind, row.subject), by=by)


_VERBS = {
    "answer": "签收",
    "report": "反馈",
    "verify": "核实",
    "return": "退回",
    "withdraw": "撤回",
    "close": "销号",
}


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


def _write_step(row: Obligation, by: Actor, said: _Said, now: datetime) -> None:
    text = said.reply.text.strip()
    Step.objects.create(
        obligation=row,
        at=now,
        verb=said.verb,
        by=by.ref,
        on_behalf=said.on_behalf,
        text=vault.seal(row.seal_subject, text) if text else "",
        answers=dict(said.reply.answers),
    )


def _tell(row: Obligation, state: str, by: Actor, said: _Said) -> None:
    record_many([_deed(row, state, by, said)])
    publish(ObligationMoved(case=row.case, obligation=row.pk, kind=row.kind, state=state))


def _deed(row: Obligation, state: str, by: Actor, said: _Said) -> Deed:
    return Deed(
        deed=DEEDS[said.verb],
        by=by,
        subject=("obligation", row.pk),
        region=row.region_id,
        case=row.case,
        changes={"state": [row.state, state]},
        facts={"on_behalf": said.on_behalf, "answers": dict(said.reply.answers)},
        topic="answer" if said.verb in ("answer", "note") else "obligation",
    )
