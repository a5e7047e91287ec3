"""All sheets of a round in one table: sums, differences, who is missing; a fixed number of queries.

What is not known is not zero: a sum in which a region is missing, sent back, or left a cell empty
says that it is not complete.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anlan.base.forms import sealing
from anlan.base.forms.columns import FIGURES, Column, columns_of
from anlan.base.forms.models import Revision, Round, Sheet
from anlan.base.forms.selectors.forms import seen, sheets_seen
from anlan.base.forms.states import MISSED, STATES, SUBMITTED
from anlan.base.forms.values import Figure, Row, added, adds_up, figure, minus, total
from anlan.base.obligations.models import Obligation
from anlan.base.people import selectors as people
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.kernel.errors import Missing


@dataclass(frozen=True)
class RowTold:
    """One region of a merged table."""

    sheet: Sheet
    #: Rows last submitted; None where nothing counts: nothing came, or it was sent back.
    rows: sealing.Rows | None
    #: Rows of the last round, likewise.
    before: sealing.Rows | None
    #: Column -> what the cell said before it was corrected, oldest first.
    corrected: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    def figure(self, column: Column) -> Figure:
        """Tell the region's figure: its cell, or the sum of its rows."""
        return _figure(column, self.rows)

    def figure_before(self, column: Column) -> Figure:
        """Tell its figure of the last round."""
        return _figure(column, self.before)


def _figure(column: Column, rows: sealing.Rows | None) -> Figure:
    return Figure(None, complete=False) if rows is None else total(column, rows)


@dataclass(frozen=True)
class Merged:
    """A round with all that came in."""

    round: Round
    columns: tuple[Column, ...]
    rows: tuple[RowTold, ...]

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns that are added up."""
        return tuple(column for column in self.columns if adds_up(column))

    @property
    def missing(self) -> tuple[RowTold, ...]:
        """The regions of which nothing counts."""
        return tuple(row for row in self.rows if row.rows is None)

    def total(self, column: Column) -> Figure:
        """Add up all regions; none at all is not known."""
        known = [row.figure(column) for row in self.rows]
        return added(known) if known else Figure(None, complete=False)

    def total_difference(self, column: Column) -> tuple[float | None, int]:
        """Tell how the sum changed, over the regions known wholly in both rounds; how many."""
        pairs = [(row.figure(column), row.figure_before(column)) for row in self.rows]
        changes = [change for now, was in pairs if (change := minus(now, was)) is not None]
        if not changes:
            return None, 0
        return added(Figure(change, complete=True) for change in changes).value, len(changes)


def round_seen(actor: Actor, round_: str) -> Round:
    """Find a round of a form the actor may see; `Missing` else."""
    found = Round.objects.filter(pk=round_, form__in=seen(actor)).select_related(
        "form", "form__region"
    )
    row = found.first()
    if row is None:
        raise Missing("没有这一轮")
    return row


def merged(actor: Actor, round_: str) -> Merged:
    """Merge what the actor may see of a round."""
    row = round_seen(actor, round_)
    columns = columns_of(row.columns)
    visible = sheets_seen(actor).select_related("region", "post", "post__unit")
    sheets = list(visible.filter(round=row).order_by("region_id"))
    before = {
        sheet.region_id: sheet
        for sheet in sheets_seen(actor).filter(
            round__form=row.form_id, round__number=row.number - 1, state=SUBMITTED
        )
    }
    revisions = _revisions([sheet.pk for sheet in sheets if sheet.revision > 1])
    said = [one for some in revisions.values() for one in some]
    sealed = [
        *(sheet.told for sheet in sheets), *(sheet.told for sheet in before.values()),
        *(one.told for one in said),
    ]  # fmt: skip
    opened = iter(sealing.open_rows(row.form.seal_subject, sealed))
    told = {sheet.pk: next(opened) for sheet in sheets}
    last = {region: next(opened) for region in before}
    texts = {one.pk: next(opened) for one in said}
    names = permissions.names_of({one.by for one in said})
    return Merged(
        row, columns,
        tuple(
            RowTold(
                sheet,
                told[sheet.pk] if sheet.state == SUBMITTED else None,
                last.get(sheet.region_id),
                _corrected(columns, revisions.get(sheet.pk, ()), texts, names),
            )
            for sheet in sheets
        ),
    )  # fmt: skip


def _revisions(sheets: Collection[str]) -> dict[str, list[Revision]]:
    found: dict[str, list[Revision]] = {}
    if sheets:
        for one in Revision.objects.filter(sheet__in=list(sheets)).order_by("sheet_id", "number"):
            found.setdefault(one.sheet_id, []).append(one)
    return found


def _corrected(
    columns: Sequence[Column],
    revisions: Sequence[Revision],
    texts: Mapping[int, sealing.Rows | None],
    names: Mapping[str, str],
) -> dict[str, list[dict[str, Any]]]:
    """List, for each cell that was changed, what it said at each revision that changed it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for column in columns:
        history: list[dict[str, Any]] = []
        for one in revisions:
            rows = texts[one.pk]
            value = _cell(column, rows)
            if not history or history[-1]["value"] != value:
                history.append(
                    {"revision": one.number, "value": value, "at": one.at,
                     "by_name": names.get(one.by, "")}
                )  # fmt: skip
        if len(history) > 1:
            found[column.key] = history
    return found


def _cell(column: Column, rows: sealing.Rows | None) -> Any:
    """Tell what a region's cell says: a figure, or the text where there is one row."""
    if not rows:
        return None
    if column.type in FIGURES:
        return total(column, rows).value
    return rows[0].get(column.key) if len(rows) == 1 else None


def told(found: Merged, *, owing: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Say a merged table in plain values; `owing` tells of each sheet's debt."""
    rows = found.rows
    posts = {row.sheet.post_id for row in rows if row.sheet.post_id}
    holders = people.holders_of(posts)
    names = permissions.names_of({row.sheet.submitted_by for row in rows if row.sheet.submitted_by})
    over = found.round.closed_at is not None
    return {
        "columns": found.round.columns,
        "rows": [
            _row(row, found.columns, over=over)
            | {
                "holders": holders.get(row.sheet.post_id or "", []),
                "by_name": names.get(row.sheet.submitted_by, ""),
                **owing.get(row.sheet.obligation, {}),
            }
            for row in rows
        ],
        "totals": {column.key: _total(found, column) for column in found.figures},
        "asked": len(rows),
        "came": len(rows) - len(found.missing),
    }  # fmt: skip


def debts(found: Merged) -> dict[str, dict[str, Any]]:
    """Tell of each sheet's debt whether it is late, was seen, and how far it climbed."""
    ids = [row.sheet.obligation for row in found.rows if row.sheet.obligation]
    rows = Obligation.objects.filter(pk__in=ids).values_list(
        "pk", "lapsed_at", "reached_at", "rung", "answer_due"
    )
    return {
        pk: {"late": lapsed is not None, "seen_at": reached, "rung": rung, "due_at": due}
        for pk, lapsed, reached, rung, due in rows
    }


def _row(row: RowTold, columns: Sequence[Column], *, over: bool) -> dict[str, Any]:
    sheet = row.sheet
    label, label_en = MISSED if over and not sheet.revision else STATES[sheet.state]
    figures = [column for column in columns if adds_up(column) or column.type in FIGURES]
    return {
        "sheet": sheet.pk, "region": sheet.region_id, "region_name": sheet.region.name,
        "post": sheet.post.title if sheet.post else None,
        "unit": sheet.post.unit.name if sheet.post else None,
        "state": sheet.state, "state_label": label, "state_label_en": label_en,
        "revision": sheet.revision, "as_of": sheet.as_of, "submitted_at": sheet.submitted_at,
        "copied_from": sheet.copied_from, "correcting": bool(sheet.draft) and sheet.revision > 0,
        "prefilled": sheet.prefilled,
        "cells": row.rows, "figures": {one.key: _said(row.figure(one)) for one in figures},
        "row_sums": [_sums(columns, cells) for cells in row.rows or ()],
        "differences": {
            one.key: minus(row.figure(one), row.figure_before(one)) for one in figures
        },
        "corrected": row.corrected, "late": False, "seen_at": None, "rung": 0, "due_at": None,
    }  # fmt: skip


def _sums(columns: Sequence[Column], cells: Row) -> dict[str, Any]:
    return {one.key: _said(figure(one, cells)) for one in columns if one.type == "sum"}


def _said(one: Figure) -> dict[str, Any]:
    return {"value": one.value, "complete": one.complete}


def _total(found: Merged, column: Column) -> dict[str, Any]:
    change, compared = found.total_difference(column)
    return _said(found.total(column)) | {"difference": change, "compared": compared}
