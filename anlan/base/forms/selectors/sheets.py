"""One region's sheet: what is asked of it, what it says, what it said before."""

from collections.abc import Mapping
from typing import Any

from anlan.base.forms import sealing
from anlan.base.forms.columns import Column, columns_of
from anlan.base.forms.models import Revision, Sheet
from anlan.base.forms.selectors.forms import DRAW, FILL, VIEW
from anlan.base.forms.states import MISSED, RETURNED, STATES, SUBMITTED
from anlan.base.forms.values import BadCell, Row, asked, taken
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors import mine
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.vault import services as vault
from anlan.kernel.errors import Missing

KIND, SUBJECT = "form", "form-sheet"
WITH = ("round", "round__form", "region", "post", "post__unit")


def is_owed_by(actor: Actor, sheet: Sheet) -> bool:
    """Tell whether a sheet is the actor's own to fill in: their post owes it, or was turned to."""
    if not (actor.person and sheet.obligation):
        return False
    return Obligation.objects.filter(mine(actor), pk=sheet.obligation).exists()


def can_fill(actor: Actor, sheet: Sheet) -> bool:
    """Tell whether the actor may fill in a sheet: their own, or one of their regions."""
    return may(actor, FILL, sheet.region_id) or is_owed_by(actor, sheet)


def sheet_seen(actor: Actor, sheet: str) -> Sheet:
    """Find a sheet the actor may see; `Missing` else."""
    row = Sheet.objects.select_related(*WITH).filter(pk=sheet).first()
    if row is None or not (may(actor, VIEW, row.region_id) or is_owed_by(actor, row)):
        raise Missing("没有这张表")
    return row


def sheet_of_obligation(obligation: str) -> str:
    """Tell which sheet an obligation is about; `Missing` when it is about none."""
    found = Obligation.objects.filter(pk=obligation, kind=KIND, subject_kind=SUBJECT)
    for subject in found.values_list("subject", flat=True):
        return subject
    raise Missing("没有这张表")


def sheet_told(actor: Actor, sheet: str) -> dict[str, Any]:
    """Read one sheet for whoever fills it in: the rows to begin with, and every revision."""
    row = sheet_seen(actor, sheet)
    round_, form = row.round, row.round.form
    revisions = list(row.revisions.order_by("number"))
    sealed = [row.draft, row.told, *(one.told for one in revisions)]
    draft, told, *said = sealing.open_rows(form.seal_subject, sealed)
    names = permissions.names_of(
        {row.saved_by, row.submitted_by, *(one.by for one in revisions)} - {""}
    )
    holders = people.holders_of([row.post_id]) if row.post_id else {}
    number, last = last_told(row)
    over = round_.closed_at is not None and not row.revision
    label, label_en = MISSED if over else STATES[row.state]
    return {
        "id": row.pk, "form": form.pk, "title": form.title, "note": form.note, "rows": form.rows,
        "round": round_.pk, "number": round_.number, "columns": round_.columns,
        "region": row.region_id, "region_name": row.region.name,
        "post": row.post.title if row.post else None,
        "unit": row.post.unit.name if row.post else None,
        "holders": holders.get(row.post_id or "", []),
        "state": row.state, "state_label": label, "state_label_en": label_en,
        "as_of": row.as_of, "round_as_of": round_.as_of, "due_at": round_.due_at,
        "closed_at": round_.closed_at, "obligation": row.obligation,
        "begin": draft if draft is not None else told if told is not None else begun(row),
        "is_draft": draft is not None, "prefilled": row.prefilled,
        "copied_from": row.copied_from, "last_round": number, "last": last,
        "reason": reason_of(row),
        "version": row.version, "revision": row.revision,
        "saved_at": row.saved_at, "saved_by_name": names.get(row.saved_by, ""),
        "submitted_at": row.submitted_at, "submitted_by_name": names.get(row.submitted_by, ""),
        "revisions": [
            _revision(one, rows, names) for one, rows in zip(revisions, said, strict=True)
        ],
        "verbs": _verbs(actor, row, number),
    }  # fmt: skip


def reason_of(sheet: Sheet) -> str:
    """Tell why a sheet was sent back; "" when it was not."""
    return vault.open(sheet.round.form.seal_subject, sheet.reason) if sheet.reason else ""


def begun(sheet: Sheet) -> sealing.Rows:
    """Make the rows a sheet begins with: what the registers hold, the rest not known."""
    if sheet.round.form.free:
        return []
    columns = columns_of(sheet.round.columns)
    return [{column.key: sheet.prefilled.get(column.key) for column in asked(columns)}]


def _revision(one: Revision, rows: sealing.Rows | None, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "number": one.number, "at": one.at, "by_name": names.get(one.by, ""), "as_of": one.as_of,
        "on_behalf": one.on_behalf, "copied_from": one.copied_from, "rows": rows,
    }  # fmt: skip


def _verbs(actor: Actor, sheet: Sheet, last: int | None) -> list[str]:
    fills = sheet.round.form.retired_at is None and can_fill(actor, sheet)
    offered = {
        "save": fills, "submit": fills, "copy": fills and last is not None,
        "return": sheet.state == SUBMITTED
        and sheet.round.closed_at is None
        and may(actor, DRAW, sheet.round.form.region_id),
    }  # fmt: skip
    return [verb for verb, is_offered in offered.items() if is_offered]


def last_told(sheet: Sheet) -> tuple[int | None, sealing.Rows | None]:
    """Read what the region said in the last round before this one, fitted to today's columns.

    What a column asks no more, or could not take, is left out: not known. (None, None) where the
    region never said anything, or what it said was destroyed.
    """
    before = Sheet.objects.filter(
        round__form=sheet.round.form_id, round__number__lt=sheet.round.number,
        region=sheet.region_id, revision__gt=0,
    )  # fmt: skip
    found = before.exclude(state=RETURNED).select_related("round").order_by("-round__number")
    last = found.first()
    if last is None:
        return None, None
    (rows,) = sealing.open_rows(sheet.round.form.seal_subject, [last.told])
    columns = columns_of(sheet.round.columns)
    if rows is None:
        return None, None
    return last.round.number, [_fitted(columns, row) for row in rows]


def _fitted(columns: tuple[Column, ...], row: Row) -> dict[str, Any]:
    fitted: dict[str, Any] = {}
    for column in asked(columns):
        if column.type == "photo":  # last time's picture shows nothing of this time
            fitted[column.key] = None
            continue
        try:
            fitted[column.key] = taken(column, row.get(column.key))
        except BadCell:
            fitted[column.key] = None
    return fitted
