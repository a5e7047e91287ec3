"""Taking in workbooks: a region's own sheet as a draft, a whole round as submissions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from anlan.base.forms import sealing
from anlan.base.forms.columns import Column, columns_of
from anlan.base.forms.excel.reading import Line, read_book
from anlan.base.forms.models import Round, Sheet
from anlan.base.forms.selectors.forms import FILL, sheets_seen
from anlan.base.forms.selectors.merging import round_seen
from anlan.base.forms.selectors.sheets import WITH
from anlan.base.forms.services.filling import keep_draft, locked, put_in
from anlan.base.forms.services.photos import check_photos_hang
from anlan.base.forms.states import SUBMITTED
from anlan.base.forms.values import MOST_ROWS, asked
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.kernel.errors import Conflict, Invalid


def take_sheet(*, sheet: str, content: bytes, version: int, by: Actor) -> int:
    """Take a region's workbook in as a draft, to be looked at and submitted; its new version."""
    with transaction.atomic():
        row = locked(sheet, by, version)
        columns = columns_of(row.round.columns)
        lines = read_book(content, columns, whole=False)
        most = MOST_ROWS if row.round.form.free else 1
        if len(lines) > most:
            raise Invalid(f"这张表最多 {most} 行", errors={"file": [f"这张表最多 {most} 行"]})
        rows = [_filled(columns, line.values) for line in lines]
        if not rows and not row.round.form.free:
            raise Invalid("表里什么也没有填", errors={"file": ["表里什么也没有填"]})
        check_photos_hang(row, columns, rows)
        return keep_draft(row, rows, None, by)


def take_round(*, round_: str, content: bytes, by: Actor) -> dict[str, int]:
    """Take a merged workbook in: what differs from what is known is submitted, all or nothing.

    Regions whose lines are empty, and those that say what is known already, stay as they are.
    Returns how many regions were ``submitted`` and how many ``unchanged``.
    """
    found = round_seen(by, round_)
    columns = columns_of(found.columns)
    lines = read_book(content, columns, whole=True)
    with transaction.atomic():
        sheets = _sheets(found, by)
        by_sheet = _by_sheet(lines, sheets, free=found.form.free)
        for pk in by_sheet:
            permit(by, FILL, sheets[pk].region_id)
        wanted = [sheets[pk] for pk in by_sheet]
        told = sealing.open_rows(found.form.seal_subject, [one.told for one in wanted])
        submitted = 0
        for sheet, known in zip(wanted, told, strict=True):
            rows = [_filled(columns, line.values) for line in by_sheet[sheet.pk]]
            if sheet.state == SUBMITTED and known == rows:
                continue
            if sheet.draft:
                raise Conflict(f"{sheet.region.name}正在填写，没有存。请先问清楚，或只传其他地区")
            check_photos_hang(sheet, columns, rows)
            put_in(sheet, rows, None, by)
            submitted += 1
    return {"submitted": submitted, "unchanged": len(by_sheet) - submitted}


def _sheets(found: Round, by: Actor) -> dict[str, Sheet]:
    rows = sheets_seen(by).filter(round=found).select_related(*WITH)
    return {sheet.pk: sheet for sheet in rows.select_for_update(of=("self",)).order_by("pk")}


def _by_sheet(
    lines: Sequence[Line], sheets: Mapping[str, Sheet], *, free: bool
) -> dict[str, list[Line]]:
    """Sort lines by their region's sheet; `Invalid` names lines of no region, or of one twice."""
    names = Counter(sheet.region.name for sheet in sheets.values())
    places = {sheet.region_id: pk for pk, sheet in sheets.items()}
    places |= {s.region.name: pk for pk, s in sheets.items() if names[s.region.name] == 1}
    found: dict[str, list[Line]] = {}
    errors: dict[str, list[str]] = {}
    for line in lines:
        sheet = places.get(line.region)
        if sheet is None:
            errors[f"第 {line.row} 行"] = [f"「{line.region}」不在这一轮的填报地区里"]
        elif sheet in found and not free:
            errors[f"第 {line.row} 行"] = [f"「{line.region}」写了两次"]
        else:
            found.setdefault(sheet, []).append(line)
    if errors:
        raise Invalid(f"有 {len(errors)} 行要改，一处也没有存", errors=errors)
    return found


def _filled(columns: Sequence[Column], values: Mapping[str, Any]) -> dict[str, Any]:
    return {column.key: values.get(column.key) for column in asked(columns)}
