"""Records to columns: each value by itself, so that one bad field costs one value."""

import json
import string
from array import array
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.protocols.mapping.declared import Coding, Mapping, Marks, Policy, Value
from anlan.protocols.mapping.documents import Unlike
from anlan.protocols.mapping.numbers import Unreadable, number_of, shown
from anlan.protocols.mapping.selectors import Missed, Scope
from anlan.protocols.mapping.times import Untimely
from anlan.protocols.observations import Decoded, Rejection
from anlan.protocols.observations.shapes import LONGEST_CODE

#: Characters of a record that are kept to show what was refused.
SAMPLE = 300
#: Rejected rows kept with their record; the others only with their reason.
MOST_SAMPLES = 200


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be mapped: which record, which field, why, and what it looked like."""

    record: int
    field: str
    reason: str
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a document. ``len(decoded) + len(rejected)`` elements were worth a look."""

    decoded: Decoded
    #: Number of the record (from 0) of each element, by the element's index.
    record: NDArray[np.int32]
    records: int
    rejected: tuple[Rejected, ...]
    #: Values that were there only as a mark for none.
    missing: int
    #: Values none of ours (declared so).
    ignored: int
    #: Fields that no record has: a slip in the declaration, mostly.
    absent: tuple[str, ...]


class _Refused(Exception):
    """A value that is rejected, with its reason."""


class _Ignored(Exception):
    """A value that is none of ours."""


class _Columns:
    """Columns while they grow."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.units: dict[str, int] = {}
        self.stream, self.unit = array("i"), array("h")
        self.time, self.value = array("q"), array("d")
        self.index, self.record = array("i"), array("i")
        self.rejections: list[Rejection] = []
        self.rejected: list[Rejected] = []
        self.records = self.missing = self.ignored = 0

    def add(self, code: str, millis: int, value: float, unit: str) -> None:
        self.index.append(len(self.record))
        self.record.append(self.records)
        self.stream.append(self.codes.setdefault(code, len(self.codes)))
        self.time.append(millis)
        self.value.append(value)
        self.unit.append(self.units.setdefault(unit, len(self.units)) if unit else -1)

    def reject(self, field: str, reason: str, record: Any) -> None:
        self.rejections.append(Rejection(len(self.record), reason))
        self.record.append(self.records)
        sample = _sample(record) if len(self.rejected) < MOST_SAMPLES else ""
        self.rejected.append(Rejected(self.records, field, reason, sample))

    def decoded(self) -> Decoded:
        unit = np.array(self.unit, np.int16) if self.units else None
        return Decoded(
            codes=list(self.codes),
            stream=np.array(self.stream, np.int32),
            time=np.array(self.time, np.int64),
            value=np.array(self.value, np.float64),
            index=np.array(self.index, np.int32),
            sent=len(self.record),
            rejected=self.rejections,
            units=list(self.units),
            unit=unit,
        )


def columns_of(tree: Any, mapping: Mapping, told: Table[str, str] | None = None) -> Mapped:
    """Map every record of a document.

    Parameters
    ----------
    told
        What is known from outside the document, for paths such as ``$each``.

    Raises
    ------
    Unlike
        The document has no place where the records should be.
    """
    work = _Work(mapping)
    try:
        for scope in mapping.records.records(tree, told or {}):
            work.take(scope)
            work.out.records += 1
    except Missed as missed:
        raise Unlike(
            f"文档里没有「{mapping.records.text}」：找不到 {missed}。对方返回的是 {_sample(tree)}"
        ) from missed
    return work.done()


class _Work:
    """One document's mapping."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.out = _Columns()
        self._times: dict[Any, int] = {}
        self._absent = {value.path.text for value in mapping.values}

    def take(self, scope: Scope) -> None:
        """Map one record."""
        if not isinstance(scope.record, dict | list):
            self.out.reject("", f"记录「{shown(scope.record)}」不是一组字段", scope.record)
            return
        try:
            values = self._values(scope)
            codes = self._codes(scope)
            millis = self._time(scope)
        except _Ignored:
            self.out.ignored += 1
            return
        except _Refused as refused:
            self.out.reject(str(refused.args[1]), str(refused.args[0]), scope.record)
            return
        for value in values:
            self._value(scope, value, codes, millis)

    def done(self) -> Mapped:
        """Close the columns."""
        out = self.out
        return Mapped(
            decoded=out.decoded(),
            record=np.array(out.record, np.int32),
            records=out.records,
            rejected=tuple(out.rejected),
            missing=out.missing,
            ignored=out.ignored,
            absent=tuple(sorted(self._absent)) if out.records else (),
        )

    def _values(self, scope: Scope) -> tuple[Value, ...]:
        """Choose the values this record may hold: all, or those of its item."""
        coding = self.mapping.codes.get("item")
        if coding is None:
            return self.mapping.values
        item = _code("item", coding, scope)
        found = tuple(value for value in self.mapping.values if value.item in ("", item))
        if not found:
            _apply(self.mapping.other_items, f"要素「{item}」没有声明怎样映射", coding.path.text)
        return found

    def _codes(self, scope: Scope) -> dict[str, str]:
        return {name: _code(name, one, scope) for name, one in self.mapping.codes.items()}

    def _time(self, scope: Scope) -> int:
        raw: Any
        paths = self.mapping.time
        if len(paths) == 1:
            raw = paths[0].find(scope)
        else:
            raw = " ".join(str(part) for path in paths if (part := path.find(scope)) is not None)
        if isinstance(raw, str | int | float) and raw in self._times:
            return self._times[raw]
        try:
            found = self.mapping.time_form.millis(raw)
        except Untimely as error:
            raise _Refused(str(error), "、".join(path.text for path in paths)) from error
        if isinstance(raw, str | int | float):
            self._times[raw] = found
        return found

    def _value(self, scope: Scope, value: Value, codes: dict[str, str], millis: int) -> None:
        raw = value.path.find(scope)
        if raw is not None:
            self._absent.discard(value.path.text)
        try:
            number = number_of(raw, value.blanks, value.scale)
            if number is None:
                self.out.missing += 1
                return
            if value.marks:
                _check_mark(value.marks, scope)
            code = self._stream(value, codes)
        except _Ignored:
            self.out.ignored += 1
        except (_Refused, Unreadable) as refused:
            self.out.reject(value.path.text, str(refused.args[0]), scope.record)
        else:
            self.out.add(code, millis, number, _unit(value, scope))

    def _stream(self, value: Value, codes: dict[str, str]) -> str:
        made = value.stream.format_map(codes)
        ours = self.mapping.rename.get(made)
        if ours is None:
            _apply(self.mapping.unnamed, f"监测项「{made}」不在对照表中", value.path.text)
            ours = made
        if not 0 < len(ours) <= LONGEST_CODE:
            raise _Refused(
                f"监测项编码「{shown(ours)}」超过 {LONGEST_CODE} 个字符", value.path.text
            )
        return ours


def names_in(template: str) -> list[str]:
    """List the names in braces of a stream's template; ValueError when it cannot be read."""
    parts = list(string.Formatter().parse(template))
    if any(form or conversion for _, _, form, conversion in parts):
        raise ValueError(template)
    return [name for _, name, _, _ in parts if name is not None]


def _code(name: str, coding: Coding, scope: Scope) -> str:
    raw = coding.path.find(scope)
    text = _text(raw)
    where = coding.path.text
    if not text:
        raise _Refused(f"没有{'站码' if name == 'station' else '编码'}「{where}」", where)
    if coding.width and text.isascii() and text.isdigit():
        if len(text) > coding.width:
            raise _Refused(f"编码「{shown(text)}」多于声明的 {coding.width} 位", where)
        text = text.zfill(coding.width)
    ours = coding.table.get(text)
    if ours is None:
        _apply(coding.unmapped, f"编码「{shown(text)}」不在对照表中", where)
        return text
    return ours


def _text(raw: Any) -> str:
    """Write a code: 60101200.0 out of a spreadsheet is 60101200."""
    if raw is None or isinstance(raw, bool | dict | list):
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    text = str(raw).strip()
    head, dot, tail = text.partition(".")
    return head if dot and head.isdigit() and tail and not tail.strip("0") else text


def _apply(policy: Policy, reason: str, where: str) -> None:
    if policy == "ignore":
        raise _Ignored
    if policy == "reject":
        raise _Refused(reason, where)


def _check_mark(marks: Marks, scope: Scope) -> None:
    mark = _text(marks.path.find(scope))
    if mark not in marks.good:
        _apply(marks.otherwise, f"对方的质量标记是「{shown(mark)}」，不在可用之列", marks.path.text)


def _unit(value: Value, scope: Scope) -> str:
    if value.unit_path is not None:
        told = _text(value.unit_path.find(scope))
        if told:
            return told
    return value.unit


def _sample(record: Any) -> str:
    text = json.dumps(record, ensure_ascii=False, default=str)
    return text if len(text) <= SAMPLE else text[:SAMPLE] + "……"
