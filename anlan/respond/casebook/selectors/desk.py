"""What was on the desk of a case at a moment, from what had been written down by then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from anlan.base.door.words import items
from anlan.base.journal import selectors as journal
from anlan.base.obligations.kinds import KINDS
from anlan.base.permissions.actor import Actor
from anlan.base.regions import selectors as regions
from anlan.kernel.errors import Invalid
from anlan.respond.casebook.selectors.cases import seen
from anlan.respond.papers.selectors.asof import (
    OwedThen,
    Where,
    alarms_at,
    forecasts_at,
    incidents_at,
    moving_at,
    owed_at,
    stages_at,
    warnings_at,
)
from anlan.respond.papers.selectors.asof.owed import summed

#: Deeds told as those that had just been done.
JUST = 12
#: Alarms and incidents named one by one; all are counted.
NAMED = 30


def desk_at(actor: Actor, case: str, at: datetime) -> dict[str, Any]:
    """Tell what was in force, owed, dealt with, moved and noted in a case at a moment."""
    if at.tzinfo is None:
        raise Invalid("时间应带时区", errors={"at": ["缺少时区"]})
    found = seen(actor, case)
    where = Where(cases=found.cases)
    owed = owed_at(where, at)
    return {
        "case": found.row.pk, "at": at, "responses": _stages(where, at),
        "warnings": _warnings(where, at), "forecasts": _forecasts(where, at),
        "owed": {"sums": dict(summed(owed.values())), "kinds": _kinds(owed)},
        "incidents": _incidents(where, at), "alarms": _alarms(where, at),
        "moving": _moving(where, at), "just": _just(found.cases, at),
    }  # fmt: skip


def _stages(where: Where, at: datetime) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "title": one.title, "stage_title": one.stage_title, "level": one.level,
         "started_at": one.started_at, "since": one.since}
        for one in stages_at(where, at)
    ]  # fmt: skip


def _warnings(where: Where, at: datetime) -> list[dict[str, Any]]:
    return [
        {"id": one.pk, "title": one.title, "level": one.level, "station": one.station,
         "issued_at": one.issued_at}
        for one in warnings_at(where, at)
    ]  # fmt: skip


def _forecasts(where: Where, at: datetime) -> list[dict[str, Any]]:
    """List the forecasts that counted: of the case, for they are told by case as well."""
    return [
        {"id": one.id, "title": one.title, "level": one.level, "signed_at": one.signed_at,
         "lower_bound": one.lower_bound}
        for one in forecasts_at(where, at)
    ]  # fmt: skip


def _kinds(owed: dict[str, OwedThen]) -> list[dict[str, Any]]:
    return [
        {
            "kind": key, "label": KINDS[key].title, "label_en": KINDS[key].title_en,
            "total": one.total, "open": one.open, "answered": one.answered, "late": one.late,
            "done": one.done, "withdrawn": one.withdrawn,
        }
        for key, one in sorted(owed.items(), key=lambda pair: (-pair[1].late, -pair[1].open))
    ]  # fmt: skip


def _incidents(where: Where, at: datetime) -> dict[str, Any]:
    found = incidents_at(where, at)
    names = regions.names({one.region for one in found})
    return {
        "count": len(found),
        "items": [
            {"id": one.id, "title": one.title, "kind_label": one.kind_label, "grade": one.grade,
             "region_name": names.get(one.region, ""), "received_at": one.received_at}
            for one in found[-NAMED:]
        ],
    }  # fmt: skip


def _alarms(where: Where, at: datetime) -> dict[str, Any]:
    found = alarms_at(where, at)
    levels: dict[str, int] = {}
    for one in found:
        key = str(one.level or "")
        levels[key] = levels.get(key, 0) + 1
    return {
        "count": len(found), "levels": levels,
        "items": [
            {"id": one.id, "title": one.title, "place": one.place, "level": one.level,
             "raised_at": one.raised_at}
            for one in found[:NAMED]
        ],
    }  # fmt: skip


def _moving(where: Where, at: datetime) -> dict[str, Any] | None:
    found = moving_at(where, at)
    if not found.batches:
        return None
    batches = [{"id": pk, "title": title, "ordered_at": when} for pk, title, when in found.batches]
    return {"batches": batches, "sums": found.sums.told()}


def _just(cases: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    """List what had just been done, the latest first."""
    rows = journal.entries().filter(case__in=list(cases), at__lte=at).order_by("-at", "-id")
    return items(journal.read(rows[:JUST]))
