"""Rounds: a form sent to its regions once more, by a person or when it is due.

Each round is one transaction: the round, a sheet for each region, what the registers hold there, a
debt for each post, the end of what the last round still asked. So a round is out or it is not.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from anlan.base.db.inserting import insert_rows
from anlan.base.forms import deed_names
from anlan.base.forms.columns import columns_of
from anlan.base.forms.events import RoundOpened
from anlan.base.forms.models import Form, Round, Sheet
from anlan.base.forms.schedule import Schedule, latest, next_after, schedule_of
from anlan.base.forms.selectors.asking import debtors, prefills
from anlan.base.forms.selectors.forms import DRAW, seen
from anlan.base.forms.selectors.sheets import KIND, SUBJECT
from anlan.base.journal.services import record
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.services import Debt, owe_many, settle_these
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.gate import permit
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Conflict, Invalid, Missing
from anlan.kernel.ids import new_id

#: Rounds the job sends at most in one turn.
BATCH = 50
LONGEST_TITLE = 200


def open_round(*, form: str, after: int, by: Actor, as_of: datetime | None = None) -> str:
    """Send a form to its regions; returns the round's id.

    `after` is the number of the round the sender saw last: who pressed the same button a moment
    later is told by `Conflict`, and no region is asked twice. `as_of` is the moment the figures are
    to be of, now where it is not said.
    """
    now = clock.now()
    if as_of is not None and as_of > now + timedelta(days=1):
        raise Invalid("截至时间太晚", errors={"as_of": ["最晚到明天此时"]})
    with transaction.atomic():
        row = locked(form, by)
        if row.round != after:
            raise Conflict(f"第 {row.round} 轮刚由别人下发，请看过再发")
        return _open(row, by, as_of or now, None)


def close_round(*, form: str, by: Actor) -> None:
    """End the newest round: nobody is asked for it any more."""
    with transaction.atomic():
        if not end_newest(locked(form, by), by):
            raise Conflict("没有正在填报的一轮")


def open_due() -> int:
    """Send the rounds that are due; returns how many. Twice is once, and what was missed is one.

    A form that cannot be sent does not hold back the others; why is raised after them.
    """
    now = clock.now()
    due = Form.objects.filter(next_at__lte=now, retired_at=None).order_by("next_at")
    sent = 0
    failed: AnlanError | None = None
    for form in due.values_list("pk", flat=True)[:BATCH]:
        try:
            sent += _open_due(form, now)
        except AnlanError as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return sent


@transaction.atomic
def _open_due(form: str, now: datetime) -> int:
    row = Form.objects.select_for_update().get(pk=form)
    schedule = schedule_of(row.schedule)
    if row.retired_at is not None or row.next_at is None or row.next_at > now or schedule is None:
        return 0  # somebody else sent it, or stopped it
    slot = latest(schedule, row.next_at, now)
    _set_next(row, schedule, slot)
    if row.rounds.filter(slot=slot).exists():
        return 0
    _open(row, system("forms"), slot, slot)
    return 1


def _set_next(form: Form, schedule: Schedule, slot: datetime) -> None:
    form.next_at = next_after(schedule, slot)
    Form.objects.filter(pk=form.pk).update(next_at=form.next_at)


def _open(form: Form, by: Actor, as_of: datetime, slot: datetime | None) -> str:
    """Send one round in the caller's transaction, the form in hand."""
    now = clock.now()
    end_newest(form, by)
    form.round += 1
    Form.objects.filter(pk=form.pk).update(round=form.round, changed_at=now)
    round_ = Round(
        form=form, number=form.round, columns=form.columns, as_of=as_of, slot=slot, opened_at=now,
        opened_by=by.ref, due_at=now + timedelta(minutes=form.answer_minutes),
    )  # fmt: skip
    round_.save(force_insert=True)
    sheets = _sheets(form, round_)
    owed = _owe(form, round_, sheets, by)
    for sheet in sheets:
        sheet.obligation = owed.get(sheet.pk, "")
    insert_rows(sheets)
    facts = {
        "number": round_.number, "asked": len(sheets), "owed": len(owed),
        "scheduled_by": form.scheduled_by if slot else "",
    }  # fmt: skip
    _note(round_, deed_names.OPENED, by, facts)
    publish(
        RoundOpened(
            case=form.case, form=form.pk, round=round_.pk, number=round_.number,
            region=form.region_id,
        )
    )  # fmt: skip
    return round_.pk


def _sheets(form: Form, round_: Round) -> list[Sheet]:
    posts = debtors(form.asked, form.role)
    held = prefills(columns_of(form.columns), form.asked)
    return [
        Sheet(
            id=new_id(), round=round_, region_id=code, post_id=posts.get(code),
            prefilled=held[code], as_of=round_.as_of,
        )
        for code in form.asked
    ]  # fmt: skip


def _owe(form: Form, round_: Round, sheets: list[Sheet], by: Actor) -> dict[str, str]:
    """Make a debt for each sheet somebody can owe: sheet -> obligation."""
    owing = [sheet for sheet in sheets if sheet.post_id]
    debts = [debt_of(form, round_, sheet) for sheet in owing]
    ids = owe_many(debts=debts, by=by, start=True) if debts else []
    return {sheet.pk: owed for sheet, owed in zip(owing, ids, strict=True)}


def debt_of(form: Form, round_: Round, sheet: Sheet, *, reason: str = "") -> Debt:
    """Say what a post owes about a sheet; `reason` where it was sent back."""
    title = f"{form.title}（第 {round_.number} 轮）"
    return Debt(
        kind=KIND,
        title=(f"退回重填：{title}" if reason else title)[:LONGEST_TITLE],
        body=reason or form.note,
        debtor=sheet.post_id or "",
        region=sheet.region_id,
        subject=(SUBJECT, sheet.pk),
        case=form.case,
        answer_within=Span(form.answer_minutes, "minute"),
        once=f"form:{sheet.pk}:{sheet.revision}",
    )


def end_newest(form: Form, by: Actor) -> bool:
    """End the newest round in the caller's transaction; tells whether one was open."""
    round_ = form.rounds.select_for_update().filter(number=form.round, closed_at=None).first()
    if round_ is None:
        return False
    owed = round_.sheets.exclude(obligation="").values_list("obligation", flat=True)
    settle_these(obligations=list(owed), by=by)
    Round.objects.filter(pk=round_.pk).update(closed_at=clock.now())
    silent = round_.sheets.filter(revision=0).count()
    _note(round_, deed_names.CLOSED, by, {"number": round_.number, "missed": silent})
    return True


def locked(form: str, by: Actor) -> Form:
    """Take a form into the hand of one transaction, for a deed of whoever may draw it up."""
    if not seen(by).filter(pk=form).exists():
        raise Missing("没有这张报表")
    row = Form.objects.select_for_update().get(pk=form)
    permit(by, DRAW, row.region_id)
    if row.retired_at is not None:
        raise Conflict("这张报表已经停用")
    return row


def _note(round_: Round, deed: str, by: Actor, facts: Mapping[str, Any]) -> None:
    record(
        deed=deed, by=by, subject=(deed_names.FORM, round_.form_id), region=round_.form.region_id,
        case=round_.form.case, facts={"round": round_.pk, **facts}, topic=deed_names.TOPIC,
    )  # fmt: skip
