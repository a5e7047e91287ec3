"""Drawing a form up, changing it, letting it repeat, retiring it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction

from anlan import codes
from anlan.base.forms import deed_names
from anlan.base.forms.columns import Column, kept, read_columns
from anlan.base.forms.models import Form
from anlan.base.forms.schedule import next_after, read_schedule
from anlan.base.forms.selectors.forms import DRAW
from anlan.base.forms.services.rounds import end_newest, locked
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.register.registry import REGISTERS
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid

MOST_REGIONS = 500
LONGEST_TITLE, LONGEST_NOTE = 100, 500
#: Ten days: a form nobody answers for longer than that is no rolling form.
MOST_MINUTES = 10 * 24 * 60


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A form as somebody draws it up.

    `regions` are asked; `region` is whose form it is, "" the drawer's own. `role` is the role of
    the post that fills it in, "" whoever reports or keeps watch there.
    """

    title: str
    columns: Sequence[Any]
    regions: Sequence[str]
    rows: str = Form.Rows.REGION
    region: str = ""
    note: str = ""
    role: str = ""
    answer_minutes: int = 60
    sums_first: bool = False
    case: str = ""


def draw_form(*, drawn: Drawn, by: Actor) -> str:
    """Keep a new form; nobody is asked before a round of it is sent. Returns its id."""
    region = scope.normalise(drawn.region or by.region)
    permit(by, DRAW, region)
    columns = _judged(drawn, region, by)
    now = clock.now()
    with transaction.atomic():
        form = Form(
            region_id=region, case=drawn.case, made_at=now, made_by=by.ref, changed_at=now,
            version=1, **_values(drawn, columns),
        )  # fmt: skip
        form.save(force_insert=True)
        _note(form, deed_names.DRAWN, by, {"columns": len(columns), "asked": len(form.asked)})
    return form.pk


def change_form(*, form: str, drawn: Drawn, version: int, by: Actor) -> None:
    """Change what the next round asks; rounds that were sent stay as they were asked.

    Raises `Conflict` when somebody changed it since `version`.
    """
    with transaction.atomic():
        row = locked(form, by)
        if row.version != version:
            raise Conflict("这张报表刚被别人改过，您的没有存。请先看最新内容")
        columns = _judged(drawn, row.region_id, by)
        was = {"title": row.title, "columns": row.columns, "asked": row.asked}
        for name, value in _values(drawn, columns).items():
            setattr(row, name, value)
        row.version += 1
        row.changed_at = clock.now()
        row.save()
        changes = {name: [old, getattr(row, name)] for name, old in was.items()}
        _note(
            row, deed_names.CHANGED, by, changes={n: c for n, c in changes.items() if c[0] != c[1]}
        )


def schedule_form(*, form: str, schedule: Mapping[str, Any], by: Actor) -> None:
    """Let rounds be sent by themselves, by order of whoever sets it; the first when it is due."""
    now = clock.now()
    found = read_schedule(schedule, now)
    with transaction.atomic():
        row = locked(form, by)
        row.next_at = next_after(found, now)
        if row.next_at is None:
            raise Invalid("截止时间之前一轮也没有", errors={"until": ["太早"]})
        row.schedule, row.scheduled_by = msgspec.to_builtins(found), by.ref
        row.save(update_fields=["schedule", "scheduled_by", "next_at"])
        _note(row, deed_names.SCHEDULED, by, {"schedule": row.schedule})


def stop_form(*, form: str, by: Actor) -> None:
    """Let no more rounds be sent by themselves; the one that is out stays open."""
    with transaction.atomic():
        row = locked(form, by)
        if row.next_at is None:
            raise Conflict("这张报表没有定时下发")
        row.schedule = row.next_at = None
        row.save(update_fields=["schedule", "next_at"])
        _note(row, deed_names.STOPPED, by)


def retire_form(*, form: str, by: Actor) -> None:
    """Put a form away: nobody is asked for it any more, what came in is kept."""
    with transaction.atomic():
        row = locked(form, by)
        row.retired_at = row.changed_at = clock.now()
        row.schedule = row.next_at = None
        row.save(update_fields=["retired_at", "changed_at", "schedule", "next_at"])
        end_newest(row, by)
        _note(row, deed_names.RETIRED, by)


def _values(drawn: Drawn, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "title": drawn.title.strip(), "note": drawn.note.strip(), "rows": drawn.rows,
        "columns": kept(columns), "asked": _codes(drawn.regions), "role": drawn.role,
        "answer_minutes": drawn.answer_minutes, "sums_first": drawn.sums_first,
    }  # fmt: skip


def _codes(given: Sequence[str]) -> list[str]:
    return sorted({scope.normalise(code) for code in given})


def _judged(drawn: Drawn, region: str, by: Actor) -> tuple[Column, ...]:
    """Refuse what is wrong with a form, by field."""
    errors = _plain_slips(drawn) | _region_slips(drawn, region)
    try:
        columns = read_columns(drawn.columns, free=drawn.rows == Form.Rows.FREE)
    except Invalid as wrong:
        raise Invalid(wrong.detail, errors={**errors, **wrong.errors}) from None
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    for column in columns:
        entry = REGISTERS.get(column.prefill.register) if column.prefill else None
        if entry is not None and not may(by, entry.action("view"), region):
            raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")
    return columns


def _plain_slips(drawn: Drawn) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(drawn.title.strip()) <= LONGEST_TITLE:
        errors["title"] = [f"表名应有 1 至 {LONGEST_TITLE} 个字"]
    if len(drawn.note) > LONGEST_NOTE:
        errors["note"] = [f"说明最多 {LONGEST_NOTE} 个字"]
    if drawn.rows not in Form.Rows.values:
        errors["rows"] = ["没有这种行"]
    if not 1 <= drawn.answer_minutes <= MOST_MINUTES:
        errors["answer_minutes"] = [f"填报时限应为 1 至 {MOST_MINUTES} 分钟"]
    if drawn.role and drawn.role not in codes.table("posts"):
        errors["role"] = ["没有这种岗位"]
    return errors


def _region_slips(drawn: Drawn, region: str) -> dict[str, list[str]]:
    """Judge the regions asked: in force, and the form's own or below it."""
    asked = _codes(drawn.regions)
    if not 1 <= len(asked) <= MOST_REGIONS:
        return {"regions": [f"请选 1 至 {MOST_REGIONS} 个填报地区"]}
    outside = [code for code in asked if not scope.covers(scope.prefix(region), code)]
    if outside:
        return {"regions": ["填报地区应在制表地区之内"]}
    gone = set(asked) - regions.still_open(asked)
    return {"regions": [f"{len(gone)} 个地区不在区划名录中"]} if gone else {}


def _note(
    form: Form,
    deed: str,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
) -> None:
    record(
        deed=deed, by=by, subject=(deed_names.FORM, form.pk), region=form.region_id,
        case=form.case, changes=changes, facts={"title": form.title, **(facts or {})},
        topic=deed_names.TOPIC,
    )  # fmt: skip
