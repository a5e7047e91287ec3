"""A sheet against the register: which rows are new, changed, unchanged, and which are wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.register.columns import by_name
from anlan.base.register.excel.reading import Line, Sheet, Trouble
from anlan.base.register.masking import mask
from anlan.base.register.models import Row
from anlan.base.register.registry import Register
from anlan.base.register.sealing import open_rows
from anlan.base.register.services import BATCH, Change
from anlan.base.register.validation import Checked, check_rows, natural_keys

#: So many troubles are kept; a sheet with more needs a person, not a longer list.
KEPT = 2000

Progress = Callable[[float], None]


@dataclass
class Report:
    """What a sheet would do, or did."""

    rows: int = 0
    good: int = 0
    bad: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    def trouble(self, troubles: Sequence[Trouble]) -> None:
        """Count a bad row and keep what is wrong with it."""
        self.bad += 1
        self.troubles += troubles[: max(0, KEPT - len(self.troubles))]


def batches(
    entry: Register, path: Path, actor: Actor, *, report: Report, progress: Progress
) -> Iterator[list[Change]]:
    """Read a sheet a thousand rows at a time; yield the good rows as changes, note the bad ones.

    Raises `Invalid` when the file is no workbook or its heading is wrong.
    """
    sheet = Sheet(path, entry)
    for trouble in sheet.merged():
        report.troubles.append(trouble)
    merged = {trouble.row for trouble in report.troubles}
    lines = sheet.lines()
    seen: dict[tuple[Any, ...], int] = {}
    while batch := list(islice(lines, BATCH)):
        report.rows += len(batch)
        yield _check(entry, actor, [line for line in batch if line.row not in merged], seen, report)
        report.bad += sum(line.row in merged for line in batch)
        progress(min(1.0, report.rows / max(sheet.total, 1)))


def _check(
    entry: Register,
    actor: Actor,
    lines: list[Line],
    seen: dict[tuple[Any, ...], int],
    report: Report,
) -> list[Change]:
    keys = natural_keys(entry, [line.values for line in lines])
    olds = _existing(entry, keys)
    existing = [olds.get(key) if key else None for key in keys]
    _keep_masked(entry, lines, existing)
    checked = check_rows(entry, [line.values for line in lines], existing=existing)
    changes = []
    for line, key, old, result in zip(lines, keys, existing, checked, strict=True):
        troubles = [*line.troubles, *_told(entry, line, result)]
        troubles += _doubts(entry, line, key, old, seen)
        if not troubles:
            troubles = _refused(entry, line, actor, old, result)
        if troubles:
            report.trouble(troubles)
            continue
        report.good += 1
        changes.append(Change(result.values, old.pk if old else None))
    return changes


def _existing(entry: Register, keys: Sequence[tuple[Any, ...] | None]) -> dict[Any, Row]:
    names = [by_name(entry)[name].attname for name in entry.natural]
    first = {key[0] for key in keys if key}
    rows = entry.model._default_manager.filter(**{f"{names[0]}__in": first})
    return {tuple(getattr(row, name) for name in names): row for row in rows}


def _keep_masked(entry: Register, lines: Sequence[Line], olds: Sequence[Row | None]) -> None:
    """Leave alone what comes back as it was exported: a masked value is no new value."""
    masked = [by_name(entry)[name] for name in entry.mask]
    touched = [
        (line, old)
        for line, old in zip(lines, olds, strict=True)
        if old is not None and any("*" in str(line.values.get(c.name) or "") for c in masked)
    ]
    if not touched:
        return
    sealed = {column.attname for column in masked if column.sealed}
    opened = open_rows(entry, [old for _, old in touched], sealed)
    for (line, old), texts in zip(touched, opened, strict=True):
        for column in masked:
            plain = texts.get(column.attname, getattr(old, column.attname))
            if "*" in str(line.values.get(column.name) or "") and line.values[column.name] == mask(
                plain
            ):
                del line.values[column.name]


def _told(entry: Register, line: Line, result: Checked) -> list[Trouble]:
    columns = by_name(entry)
    return [
        Trouble(
            line.row,
            columns[name].label if name in columns else "",
            _shown(line.values.get(name)),
            sentence,
        )
        for name, sentences in result.errors.items()
        for sentence in sentences
    ]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)[:80]


def _doubts(
    entry: Register,
    line: Line,
    key: tuple[Any, ...] | None,
    old: Row | None,
    seen: dict[tuple[Any, ...], int],
) -> list[Trouble]:
    """Find what only a sheet can have wrong: a repeated row, a code that lost its zeros."""
    label = by_name(entry)[entry.natural[0]].label
    value = _shown(line.values.get(entry.natural[0]))
    if key is None:
        return []
    if key in seen:
        return [Trouble(line.row, label, value, f"与第 {seen[key]} 行编号重复")]
    seen[key] = line.row
    if old is not None and old.retired_at is not None:
        return [Trouble(line.row, label, value, "这个编号的行已停用，请先恢复")]
    number = [name for name in entry.natural if name in line.numeric]
    if number and old is None and by_name(entry)[number[0]].type == "text":
        reason = "编号单元格是数字格式，可能丢失了前导零；请把该列设为文本格式后重新填写"
        return [Trouble(line.row, label, value, reason)]
    return []


def _refused(
    entry: Register, line: Line, actor: Actor, old: Row | None, result: Checked
) -> list[Trouble]:
    """Rows outside the importer's regions are wrong rows, not a reason to refuse the sheet."""
    region = result.values.get("region_id", old.region_id if old else None)
    places = {region, old.region_id if old else region}
    verb = "edit" if old else "create"
    if all(
        place
        and may(actor, entry.action(verb), place)
        and may(actor, entry.action("import"), place)
        for place in places
    ):
        return []
    label = by_name(entry)["region"].label
    shown = _shown(line.values.get("region"))
    return [Trouble(line.row, label, shown, "不在您的管辖范围内")]
