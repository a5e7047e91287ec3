"""Filling a sheet in: a draft kept, last time's rows taken over, submitted, corrected, sent back.

Whoever saves says which version they saw: of two people at one sheet the second is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from anlan.base.forms import deed_names, sealing
from anlan.base.forms.columns import columns_of
from anlan.base.forms.events import SheetSubmitted
from anlan.base.forms.models import Revision, Sheet
from anlan.base.forms.selectors.forms import DRAW
from anlan.base.forms.selectors.sheets import (
    KIND,
    SUBJECT,
    WITH,
    can_fill,
    is_owed_by,
    last_told,
    sheet_seen,
)
from anlan.base.forms.services.photos import check_photos_hang, hang
from anlan.base.forms.services.rounds import debt_of
from anlan.base.forms.states import DRAFT, RETURNED, SUBMITTED, WAITING
from anlan.base.forms.values import read_rows
from anlan.base.journal.services import record
from anlan.base.obligations.services import owe, settle
from anlan.base.outbox.services import publish
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid

LONGEST_REASON = 300
#: Figures may be of a moment a little ahead of the clock: clocks differ.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What somebody wrote into a sheet; `version` is the one they saw."""

    rows: Sequence[Mapping[str, Any]]
    version: int
    as_of: datetime | None = None


def hang_photo(*, sheet: str, content: bytes, by: Actor) -> str:
    """Hang a picture on a sheet the actor may fill in; returns its id, which a cell then says."""
    with transaction.atomic():
        return hang(_held(sheet, by), content, by)


def save_sheet(*, sheet: str, filled: Filled, by: Actor) -> int:
    """Keep a draft; returns the sheet's new version. Cells may be empty, none may be wrong."""
    with transaction.atomic():
        row = locked(sheet, by, filled.version)
        rows = _rows(row, filled, whole=False)
        return keep_draft(row, rows, filled.as_of, by)


def submit_sheet(*, sheet: str, filled: Filled, by: Actor) -> int:
    """Submit a sheet, or a correction of it; what is owed is answered. Returns its revision.

    Pressed twice it is submitted once: the same rows again by the same hand change nothing.
    """
    with transaction.atomic():
        row = _held(sheet, by)
        rows = _rows(row, filled, whole=True)
        if _is_again(row, rows, filled, by):
            return row.revision
        check_version(row, filled.version)
        return put_in(row, rows, filled.as_of, by)


def copy_last(*, sheet: str, version: int, by: Actor) -> int:
    """Take over as a draft what the region said last (同上次); returns the number of that round."""
    with transaction.atomic():
        row = locked(sheet, by, version)
        number, rows = last_told(row)
        if number is None or rows is None:
            raise Conflict("以前没有上报过，没有可以照抄的")
        keep_draft(row, rows, None, by, copied_from=number)
    return number


def return_sheet(*, sheet: str, reason: str, version: int, by: Actor) -> None:
    """Send a sheet back with a reason: it counts no more, and its post is asked again."""
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise Invalid("退回要写明原因", errors={"reason": ["退回要写明原因"]})
    with transaction.atomic():
        row = _seen_locked(sheet, by)
        form, round_ = row.round.form, row.round
        permit(by, DRAW, form.region_id)
        check_version(row, version)
        if row.state != SUBMITTED:
            raise Conflict("还没有上报，不能退回")
        if round_.closed_at is not None:
            raise Conflict("这一轮已经结束，不能退回")
        row.state, row.version = RETURNED, row.version + 1
        row.reason = vault.seal(form.seal_subject, why)
        if row.post_id:
            row.obligation = owe(debt=debt_of(form, round_, row, reason=why), by=by)
        row.save(update_fields=["state", "version", "reason", "obligation"])
        _note(row, deed_names.RETURNED, by, {"revision": row.revision})


def locked(sheet: str, by: Actor, version: int) -> Sheet:
    """Take a sheet in hand to fill it in; `Conflict` tells who saved it since `version`."""
    row = _held(sheet, by)
    check_version(row, version)
    return row


def _held(sheet: str, by: Actor) -> Sheet:
    row = _seen_locked(sheet, by)
    if not can_fill(by, row):
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    if row.round.form.retired_at is not None:
        raise Conflict("这张报表已经停用")
    return row


def _seen_locked(sheet: str, by: Actor) -> Sheet:
    sheet_seen(by, sheet)
    rows = Sheet.objects.select_related(*WITH).select_for_update(of=("self",))
    return rows.get(pk=sheet)


def check_version(row: Sheet, version: int) -> None:
    """Refuse what was written on an older sheet than the one that is there."""
    if row.version == version:
        return
    who = permissions.names_of({row.saved_by}).get(row.saved_by, "") if row.saved_by else ""
    when = f"{clock.local(row.saved_at):%H:%M}" if row.saved_at else ""
    raise Conflict(f"这张表 {when} 刚由{who or '别人'}存过，您的还没有存。请看过最新内容再填")


def _rows(row: Sheet, filled: Filled, *, whole: bool) -> sealing.Rows:
    if filled.as_of is not None and filled.as_of > clock.now() + AHEAD:
        raise Invalid("截至时间还没有到", errors={"as_of": ["截至时间还没有到"]})
    columns = columns_of(row.round.columns)
    rows = read_rows(columns, filled.rows, free=row.round.form.free, whole=whole)
    check_photos_hang(row, columns, rows)
    return rows


def _is_again(row: Sheet, rows: sealing.Rows, filled: Filled, by: Actor) -> bool:
    """Tell whether the same hand submits the same once more: a press repeated on a bad line."""
    if row.state != SUBMITTED or row.version == filled.version or row.submitted_by != by.ref:
        return False
    (told,) = sealing.open_rows(row.round.form.seal_subject, [row.told])
    return told == rows


def keep_draft(
    row: Sheet,
    rows: sealing.Rows,
    as_of: datetime | None,
    by: Actor,
    *,
    copied_from: int | None = None,
) -> int:
    """Keep rows as the sheet's draft, the sheet in hand; returns its new version."""
    if copied_from is not None or not row.draft:  # else the draft still begins with what it copied
        row.copied_from = copied_from
    row.draft = sealing.seal_rows(row.round.form.seal_subject, rows)
    row.as_of = as_of or row.as_of
    if row.state == WAITING:
        row.state = DRAFT
    _stamp(row, by)
    row.save(
        update_fields=[
            "draft", "as_of", "copied_from", "state", "version", "saved_at", "saved_by",
        ]
    )  # fmt: skip
    _note(row, deed_names.KEPT, by, {"copied_from": copied_from, "rows": len(rows)})
    return row.version


def put_in(row: Sheet, rows: sealing.Rows, as_of: datetime | None, by: Actor) -> int:
    """Submit rows, the sheet in hand: a revision, the debt answered, the fact told."""
    form, now = row.round.form, clock.now()
    own = is_owed_by(by, row)
    told = sealing.seal_rows(form.seal_subject, rows)
    if not row.draft:
        row.copied_from = None
    row.revision += 1
    row.told, row.draft, row.reason, row.state = told, "", "", SUBMITTED
    row.as_of = as_of or row.as_of
    row.submitted_at, row.submitted_by = now, by.ref
    _stamp(row, by)
    row.save()
    revision = Revision(
        sheet=row, number=row.revision, told=told, as_of=row.as_of, at=now, by=by.ref,
        copied_from=row.copied_from, on_behalf=not own, digest=sealing.digest(told),
    )  # fmt: skip
    revision.save(force_insert=True)
    settle(kind=KIND, subjects={(SUBJECT, row.pk)}, by=by, done=True)
    deed = deed_names.SUBMITTED if row.revision == 1 else deed_names.CORRECTED
    facts = {
        "revision": row.revision, "rows": len(rows), "digest": revision.digest,
        "copied_from": row.copied_from, "on_behalf": not own,
    }  # fmt: skip
    _note(row, deed, by, facts)
    publish(
        SheetSubmitted(
            case=form.case, form=form.pk, round=row.round_id, sheet=row.pk, region=row.region_id,
            revision=row.revision,
        )
    )  # fmt: skip
    return row.revision


def _stamp(row: Sheet, by: Actor) -> None:
    row.version += 1
    row.saved_at, row.saved_by = clock.now(), by.ref


def _note(row: Sheet, deed: str, by: Actor, facts: Mapping[str, Any]) -> None:
    form = row.round.form
    record(
        deed=deed, by=by, subject=(deed_names.SHEET, row.pk), region=row.region_id,
        case=form.case, facts={"form": form.pk, "number": row.round.number, **facts},
        topic=deed_names.TOPIC,
    )  # fmt: skip
