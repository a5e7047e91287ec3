"""The gap clock (预警响应联动超时提醒): what an alert asks for, until somebody says what was done.

Five red alerts in a row once started no response because nobody had to say anything. Here whoever
is on watch owes an answer; when the time is over the commander is told, then the level above.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from anlan import codes
from anlan.base.journal.services import Deed, record_many
from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.codes import Code
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.warn import deed_names
from anlan.warn.models import Alert, ResponseDue
from anlan.warn.selectors.due import debtor_of, rule_for

KIND = "response-due"
SUBJECT = "response-due"
LONGEST_REASON = 300

#: How it may be answered: value, label, English.
ANSWERS = (
    ("started", "已启动响应", "A response was started"),
    ("measures", "已采取措施，不启动响应", "Measures were taken, no response started"),
    ("not-needed", "研判后不需要", "Not needed, after consultation"),
)
LEVELS = tuple((row.code, row.name, row.name_en) for row in codes.table("response-levels"))


def follow_alert_out(alert: Alert, *, by: Actor) -> None:
    """Open, change or close what an alert asks for, in the transaction in which it goes out."""
    if alert.action in ("cancel", "withdraw"):
        close_due(root=alert.root, by=by)
        return
    rule = rule_for(alert.kind, alert.hazard, alert.level, alert.home)
    if alert.root == alert.pk:  # the first of its chain: nothing can have been asked for yet
        if rule is not None:
            _open(alert, rule, by)
        return
    known = list(ResponseDue.objects.filter(root=alert.root, region=alert.home))
    same = next((one for one in known if rule is not None and one.rule == rule.code), None)
    if same is not None and same.closed_at is None:
        return  # it is being asked already
    close_due(root=alert.root, by=by)
    if rule is None or any(_settles(one, alert, rule) for one in known):
        return
    _open(alert, rule, by, same)


def _settles(one: ResponseDue, alert: Alert, rule: Code) -> bool:
    """Tell whether what was answered before holds for this: the same, or what a worse one asked."""
    return one.answered_at is not None and (
        one.rule == rule.code or _is_worse(one.level, alert.level)
    )


def _is_worse(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other


def _open(alert: Alert, rule: Code, by: Actor, again: ResponseDue | None = None) -> None:
    """Ask; what was asked before and taken back unanswered (`again`) is asked anew."""
    minutes = rule.whole("minutes") or 30
    due = again or ResponseDue(root=alert.root, region_id=alert.home, rule=rule.code)
    due.alert, due.hazard, due.level, due.case = alert, alert.hazard, alert.level, alert.case
    due.measures, due.response = list(rule.several("measures")), rule.whole("response")
    due.due_at, due.closed_at = clock.now() + timedelta(minutes=minutes), None
    due.obligation = ""
    debtor = debtor_of(alert.home)
    if debtor is not None:  # where there is nobody at all, the page shows the gap
        debt = obligations.Debt(
            kind=KIND, title=f"应响应：{alert.title}"[:200], debtor=debtor,
            region=alert.home, body=_says(rule), subject=(SUBJECT, due.pk), case=alert.case,
            answer_within=Span(minutes, "minute"),
        )  # fmt: skip
        # That it is owed follows from the table; who issued the alert need not be its giver.
        due.obligation = obligations.owe_many(debts=[debt], by=system("response-due"))[0]
    due.save(force_insert=again is None)
    _note(due, "due", by, {"rule": rule.code, "minutes": minutes, "response": due.response})


def _says(rule: Code) -> str:
    measures = codes.table("response-measures")
    said = "；".join(measures.name(code) for code in rule.several("measures"))
    level = rule.whole("response")
    response = f"应启动{codes.table('response-levels').name(str(level))}。" if level else ""
    return f"{response}应采取：{said}。"


def close_due(*, root: str, by: Actor) -> int:
    """Ask no longer: the alert ended, or a worse one asks for more. Returns how many."""
    rows = list(ResponseDue.objects.select_for_update().filter(root=root, closed_at=None))
    if not rows:
        return 0
    ResponseDue.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=clock.now())
    obligations.settle(kind=KIND, subjects=[(SUBJECT, row.pk) for row in rows], by=by, done=False)
    for row in rows:
        _note(row, "closed", by, {})
    return len(rows)


def answer_response_due(
    *,
    due: str,
    answer: str,
    level: int | None = None,
    measures: Sequence[str] = (),
    reason: str = "",
    by: Actor,
) -> None:
    """Say what was done about an alert: a response started, measures taken, or none needed.

    By whoever owes it or was turned to, or by an officer of the region.
    """
    with transaction.atomic():
        row = ResponseDue.objects.select_for_update().filter(pk=due).first()
        if row is None:
            raise Missing("没有这一项")
        _check_answer(answer, level, measures, reason)
        reply = obligations.Reply(
            text=reason.strip()[:LONGEST_REASON],
            answers={"answer": answer, **({"level": str(level)} if level else {})},
        )
        if row.closed_at is not None:
            raise Conflict("这一项已经答复，或不再要求")
        if row.obligation:
            obligations.answer(obligation=row.obligation, by=by, reply=reply)
        else:
            # Nobody owes it, so an officer answers, who could have made it somebody's.
            permit(by, "obligations.owe", row.region_id)
            permit(by, "obligations.answer", row.region_id)
            _settle(row, by, {**reply.answers})
        ResponseDue.objects.filter(pk=row.pk).update(
            taken=list(measures), reason=reason.strip()[:LONGEST_REASON]
        )


def _check_answer(answer: str, level: int | None, measures: Collection[str], reason: str) -> None:
    errors: dict[str, list[str]] = {}
    if answer not in {value for value, _, _ in ANSWERS}:
        errors["answer"] = ["请选择怎样响应"]
    if answer == "started" and str(level) not in codes.table("response-levels"):
        errors["level"] = ["请选择启动的响应级别"]
    if any(code not in codes.table("response-measures") for code in measures):
        errors["measures"] = ["请从措施表中选择"]
    if answer == "measures" and not measures:
        errors["measures"] = ["请选择采取的措施"]
    if answer == "not-needed" and not reason.strip():
        errors["reason"] = ["请写明为什么不需要"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def answer_by_response(
    *, hazards: Collection[str], regions: Collection[str], level: int | None, by: Actor
) -> int:
    """Answer what is asked for and a response that was started gives; returns how many.

    One of a milder level than is due answers nothing. The caller has asked for the right to start
    it, in whose transaction this is.
    """
    rows = ResponseDue.objects.select_for_update().filter(closed_at=None, hazard__in=hazards)
    answered = [
        row
        for row in rows.order_by("pk")
        if any(scope.covers(scope.prefix(one), row.region_id) for one in regions)
        and (row.response is None or (level is not None and level <= row.response))
    ]
    obligations.settle(
        kind=KIND, subjects=[(SUBJECT, row.pk) for row in answered], by=by, done=True
    )
    for row in answered:
        _settle(row, by, {"answer": "started", "level": level})
    return len(answered)


def note_answered(*, subject: tuple[str, str], by: Actor) -> None:
    """Take over the answer to the obligation, by whichever page or telephone it came."""
    row = ResponseDue.objects.select_for_update().filter(pk=subject[1]).first()
    if row is None or row.closed_at is not None:
        return
    owed = Obligation.objects.get(pk=row.obligation)
    step = owed.steps.filter(verb="answer").order_by("-id").first()
    _settle(row, by, dict(step.answers) if step else {})


def _settle(row: ResponseDue, by: Actor, answers: dict[str, Any]) -> None:
    now = clock.now()
    level = str(answers.get("level") or "")
    started = int(level) if level and answers.get("answer") == "started" else None
    ResponseDue.objects.filter(pk=row.pk).update(
        answered_at=now, answered_by=by.ref, answer=str(answers.get("answer") or ""),
        started=started, closed_at=now,
    )  # fmt: skip
    _note(row, "answered", by, {"answer": answers.get("answer"), "level": started})


def _note(row: ResponseDue, verb: str, by: Actor, facts: dict[str, Any]) -> None:
    record_many(
        [
            Deed(
                deed=deed_names.RESPONSE[verb], by=by, subject=(SUBJECT, row.pk),
                region=row.region_id, case=row.case, facts=facts, topic=deed_names.TOPIC,
            )
        ]
    )  # fmt: skip
