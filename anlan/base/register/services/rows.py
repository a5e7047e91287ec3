"""Writing rows: one path for one row and for a thousand, so nothing can be forgotten.

Every write asks the right for the region the row leaves and the one it enters, seals personal
values, keeps the version, and journals what changed - in one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from anlan.base.journal.services import Deed, record_many
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.register.columns import by_name, columns
from anlan.base.register.events import RowConfirmed
from anlan.base.register.keeping import keep
from anlan.base.register.models import Row
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.sealing import index_rows, open_rows, seal_rows
from anlan.base.register.validation import check_rows
from anlan.engines.geo.cells import cell_of
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.ids import new_id

#: A write transaction holds the gate at most this many rows (house rule for SQLite).
BATCH = 1000


@dataclass(frozen=True)
class Change:
    """What one row shall be: checked database values by attname; sealed ones still plain.

    `id` None makes a new row. `version`, when given, must be the stored one.
    """

    values: Mapping[str, Any]
    id: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Saved:
    """What became of one change."""

    id: str
    state: str  # added | changed | unchanged
    version: int


def save_row(
    *,
    entry: Register,
    values: Mapping[str, Any],
    by: Actor,
    row_id: str | None = None,
    version: int | None = None,
) -> Saved:
    """Check and write one row given by column names, as a form or a program gives it.

    Raises `Invalid` with errors by column, `Forbidden`, `Missing`, or `Conflict` when `version` is
    no longer the stored one or the natural key is taken.
    """
    # Checked before the transaction: nobody waits at the write gate for our thinking. What was
    # checked is written only over the version it was checked against.
    for last in (False, False, True):
        old = _seen(entry, row_id, by) if row_id else None
        checked = check_rows(entry, [values], existing=[old])[0]
        if checked.errors:
            raise Invalid("有几处需要改正", errors=checked.errors)
        against = version if version is not None or old is None else old.version
        try:
            change = Change(checked.values, row_id, against)
            return save_rows(entry=entry, changes=[change], by=by)[0]
        except Conflict:
            if last or version is not None or old is None:
                raise
    raise AssertionError("the last try returns or raises")


def _seen(entry: Register, row_id: str, by: Actor) -> Row:
    row = entry.model._default_manager.filter(pk=row_id).first()
    if row is None or not may(by, entry.action("view"), row.region_id):
        raise Missing(f"{entry.title}中没有这一行")
    return row


def save_rows(*, entry: Register, changes: Sequence[Change], by: Actor) -> list[Saved]:
    """Write up to `BATCH` checked rows in one transaction; unchanged rows are not touched."""
    if len(changes) > BATCH:
        raise Invalid(f"一次最多写 {BATCH} 行")
    try:
        with transaction.atomic():
            return _write(entry, changes, by)
    except IntegrityError as error:
        raise Conflict(f"{entry.title}中已有相同编号的行，请核对编号") from error


def foresee(*, entry: Register, changes: Sequence[Change], by: Actor) -> list[str]:
    """Tell what writing checked rows would make of each: added, changed or unchanged."""
    stored = entry.model._default_manager.filter(pk__in=[one.id for one in changes if one.id])
    olds, now = {row.pk: row for row in stored}, clock.now()
    return [
        _plan_edit(entry, change, olds[change.id], by, now).state if change.id else "added"
        for change in changes
    ]


def _write(entry: Register, changes: Sequence[Change], by: Actor) -> list[Saved]:
    olds = _stored(entry, [change.id for change in changes if change.id])
    now = clock.now()
    plans = [_plan(entry, change, olds, by, now) for change in changes]
    moved = [plan for plan in plans if plan.state != "unchanged"]
    seal_rows(entry, [(plan.row, plan.plain) for plan in moved])
    keep(entry.model, [plan.row for plan in moved])
    fresh = [plan.row for plan in moved if plan.state == "added"]
    edited = [plan.row for plan in moved if plan.state == "changed"]
    if fresh:
        entry.model._default_manager.bulk_create(fresh, batch_size=BATCH)
    if edited:
        names = {name for plan in moved if plan.state == "changed" for name in plan.old}
        kept = {"version", "changed_at", "changed_by", *(("cell",) if entry.located else ())}
        _update(entry, edited, sorted(names | kept))
    _follow(entry, [plan.row for plan in moved if "region_id" in plan.old])
    index_rows(entry, [(plan.row, plan.plain) for plan in moved])
    record_many([_deed(entry, plan, by) for plan in moved])
    return [Saved(plan.row.pk, plan.state, plan.row.version) for plan in plans]


def _update(entry: Register, rows: Sequence[Row], names: Sequence[str]) -> None:
    if len(rows) == 1:  # a bulk UPDATE's CASE for every column takes a millisecond to build
        rows[0].save(update_fields=names)
        return
    entry.model._default_manager.bulk_update(rows, names, batch_size=200)


def _follow(entry: Register, moved: Sequence[Row]) -> None:
    """Take along the rows of other registers that lie where the moved rows lie."""
    inner = [
        other
        for other in (REGISTERS.values() if moved else ())
        if other.within and other.model._meta.get_field(other.within).related_model is entry.model
    ]
    for other in inner:
        for row in moved:
            others = other.model._default_manager.filter(**{other.within: row.pk})
            others.update(region=row.region_id)


@dataclass
class _Plan:
    row: Row
    state: str
    old: dict[str, Any]  # attname -> value before, stored form
    plain: dict[str, str]  # sealed columns that change: attname -> plain value


def _stored(entry: Register, ids: Iterable[str | None]) -> dict[str, Row]:
    """Fetch rows for writing, locked where the database locks rows."""
    wanted = [pk for pk in ids if pk]
    if not wanted:
        return {}
    found = entry.model._default_manager.select_for_update().filter(pk__in=wanted)
    return {row.pk: row for row in found}


def _plan(
    entry: Register, change: Change, olds: Mapping[str, Row], by: Actor, now: datetime
) -> _Plan:
    if change.id is None:
        plan = _plan_new(entry, change, by, now)
    else:
        old = olds.get(change.id)
        if old is None:
            raise Missing(f"{entry.title}中没有这一行")
        plan = _plan_edit(entry, change, old, by, now)
    if entry.located and plan.state != "unchanged":
        _place(plan.row)
    return plan


def _place(row: Any) -> None:
    """Keep the cell beside the point; a row without a point lies in none."""
    known = row.lon is not None and row.lat is not None
    row.cell = cell_of(row.lon, row.lat) if known else None


def _plan_new(entry: Register, change: Change, by: Actor, now: datetime) -> _Plan:
    permit(by, entry.action("create"), change.values.get("region_id"))
    row = entry.model(
        id=new_id(), created_at=now, changed_at=now, changed_by=by.ref, reviewed_at=now,
        **change.values,
    )  # fmt: skip
    sealed = _sealed(entry)
    plain = {name: value for name, value in change.values.items() if name in sealed and value}
    return _Plan(row, "added", {}, plain)


def _plan_edit(entry: Register, change: Change, row: Row, by: Actor, now: datetime) -> _Plan:
    permit(by, entry.action("edit"), row.region_id)
    if change.version is not None and change.version != row.version:
        raise Conflict("这一行刚被别人改过，请核对后再保存")
    sealed = _sealed(entry) & change.values.keys()
    opened = open_rows(entry, [row], sealed)[0] if sealed else {}
    old, plain = {}, {}
    for name, value in change.values.items():
        before = opened[name] if name in sealed else getattr(row, name)
        if (before or "") == (value or "") if name in sealed else before == value:
            continue
        old[name] = getattr(row, name)
        if name in sealed:
            plain[name] = value or ""
        else:
            setattr(row, name, value)
    if not old:
        return _Plan(row, "unchanged", {}, {})
    if "region_id" in old:
        permit(by, entry.action("edit"), row.region_id)
    row.version += 1
    row.changed_at, row.changed_by = now, by.ref
    return _Plan(row, "changed", old, plain)


def _sealed(entry: Register) -> set[str]:
    return {column.attname for column in columns(entry) if column.sealed}


def _deed(entry: Register, plan: _Plan, by: Actor) -> Deed:
    if plan.state == "added":
        shown = [c for c in columns(entry) if not c.computed]
        changes = {
            c.name: [None, plain_json(getattr(plan.row, c.attname))]
            for c in shown
            if getattr(plan.row, c.attname) not in (None, "", [])
        }
    else:
        names = {c.attname: c.name for c in by_name(entry).values()}
        changes = {
            names[attname]: [plain_json(before), plain_json(getattr(plan.row, attname))]
            for attname, before in plan.old.items()
        }
    verb = "created" if plan.state == "added" else "edited"
    return Deed(
        deed=entry.action(verb), by=by, subject=(entry.key, plan.row.pk),
        region=plan.row.region_id, changes=changes,
    )  # fmt: skip


def plain_json(value: Any) -> Any:
    """Turn a stored value into what JSON can hold."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def retire_row(*, entry: Register, row_id: str, by: Actor, reason: str = "") -> None:
    """Take a row out of use; it stays readable where old matters point at it."""
    _turn(entry, row_id, by, verb="retired", retired=True, facts={"reason": reason})


def restore_row(*, entry: Register, row_id: str, by: Actor) -> None:
    """Take a retired row back into use."""
    _turn(entry, row_id, by, verb="restored", retired=False, facts={})


def _turn(
    entry: Register, row_id: str, by: Actor, *, verb: str, retired: bool, facts: Mapping[str, str]
) -> None:
    with transaction.atomic():
        row = _visible(entry, row_id, by)
        permit(by, entry.action("retire"), row.region_id)
        keep(entry.model, [row])
        now = clock.now()
        changed = entry.model._default_manager.filter(
            pk=row_id, retired_at__isnull=retired
        ).update(
            retired_at=now if retired else None, version=row.version + 1, changed_at=now,
            changed_by=by.ref,
        )  # fmt: skip
        if not changed:
            raise Conflict("这一行已经停用" if retired else "这一行没有停用")
        record_many(
            [Deed(deed=entry.action(verb), by=by, subject=(entry.key, row_id),
                  region=row.region_id, facts=facts)]
        )  # fmt: skip


def review_row(*, entry: Register, row_id: str, by: Actor) -> None:
    """Confirm that a row is still true (常普常新)."""
    with transaction.atomic():
        row = _visible(entry, row_id, by)
        permit(by, entry.action("edit"), row.region_id)
        confirm_row(entry=entry, row_id=row_id, by=by)


def confirm_row(*, entry: Register, row_id: str, by: Actor) -> None:
    """Note that `by` says a row is still true. Asks no right: the caller's obligation gave it."""
    with transaction.atomic():
        row = _stored(entry, [row_id]).get(row_id)
        if row is None:
            raise Missing(f"{entry.title}中没有这一行")
        entry.model._default_manager.filter(pk=row_id).update(reviewed_at=clock.now())
        record_many(
            [Deed(deed=entry.action("reviewed"), by=by, subject=(entry.key, row_id),
                  region=row.region_id)]
        )  # fmt: skip
        publish(RowConfirmed(register=entry.key, row=row_id, by=by.ref))


def unmask_row(
    *, entry: Register, row_id: str, names: Sequence[str], reason: str, by: Actor
) -> dict[str, Any]:
    """Read masked values in clear; that they were read, by whom and why, is journalled."""
    if not reason.strip():
        raise Invalid("请写明查看的理由", errors={"reason": ["请写明查看的理由"]})
    wrong = [name for name in names if name not in entry.mask]
    if wrong or not names:
        raise Invalid("这些列不需要解除遮盖", errors={name: ["没有遮盖"] for name in wrong})
    with transaction.atomic():
        row = _visible(entry, row_id, by)
        permit(by, entry.action("unmask"), row.region_id)
        record_many(
            [Deed(deed=entry.action("unmasked"), by=by, subject=(entry.key, row_id),
                  region=row.region_id, facts={"columns": list(names), "reason": reason})]
        )  # fmt: skip
        table = by_name(entry)
        opened = open_rows(entry, [row], {table[n].attname for n in names if table[n].sealed})[0]
    return {name: opened.get(name, getattr(row, table[name].attname)) for name in names}


def _visible(entry: Register, row_id: str, by: Actor) -> Row:
    """Fetch a row for writing; `Missing` also when the asker may not see it."""
    row = _stored(entry, [row_id]).get(row_id)
    if row is None or not may(by, entry.action("view"), row.region_id):
        raise Missing(f"{entry.title}中没有这一行")
    return row
