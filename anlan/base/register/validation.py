"""The single validator: HTTP, Excel and the demo's rows all pass here, so errors read the same.

Django's own form fields do the work. They are built once a register instead of once a row (a
ModelForm copies every field for every instance, which is most of the time of a large import).
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from anlan.base.regions.selectors import still_open
from anlan.base.register.columns import Column, by_name, writable
from anlan.base.register.models import Row
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.vault.fields import SealedField

Values = Mapping[str, Any]


@dataclass
class Checked:
    """One row after validation: database values by attname, or sentences by column name."""

    values: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def fail(self, column: str, sentence: str) -> None:
        """Note that a column is wrong."""
        self.errors.setdefault(column, []).append(sentence)


@cache
def form_fields(entry: Register) -> dict[str, forms.Field]:
    """Build the form fields of a register's writable columns, without region and references."""
    found = {}
    for column in writable(entry):
        if column.type in ("region", "ref"):
            continue
        made = column.field.formfield()
        if made is not None:
            found[column.name] = made
    return found


def check_rows(
    entry: Register, rows: Sequence[Values], *, existing: Sequence[Row | None] | None = None
) -> list[Checked]:
    """Validate rows of one register in a batch.

    Parameters
    ----------
    rows : column name -> what was given (text from Excel, JSON values from HTTP). Unknown names are
        errors of that name. For a new row, columns not given take their defaults.
    existing : the stored row each one changes, or None for a new row.
    """
    olds = existing or [None] * len(rows)
    points = _Pointers(entry, rows)
    checked = []
    for given, old in zip(rows, olds, strict=True):
        result = Checked({})
        # A blank where a default stands says nothing: new rows take it, stored ones keep theirs.
        said = {
            name: value for name, value in given.items() if not _says_nothing(entry, name, value)
        }
        for name, value in said.items():
            _check_value(entry, result, points, name, value)
        if old is None:
            _check_required(entry, result, said)
        if not result.errors:
            _check_whole(entry, result, old)
        checked.append(result)
    return checked


def _says_nothing(entry: Register, name: str, value: Any) -> bool:
    column = by_name(entry).get(name)
    blank = value is None or value == ""
    return blank and column is not None and column.required and column.field.has_default()


def natural_keys(entry: Register, rows: Sequence[Values]) -> list[tuple[Any, ...] | None]:
    """Read what makes rows the same as stored ones, as database values; None when it is wrong."""
    names = entry.natural
    points = _Pointers(entry, [{name: row.get(name) for name in names} for row in rows])
    keys: list[tuple[Any, ...] | None] = []
    for row in rows:
        result = Checked({})
        for name in names:
            _check_value(entry, result, points, name, row.get(name))
        attnames = [by_name(entry)[name].attname for name in names]
        keys.append(None if result.errors else tuple(result.values[name] for name in attnames))
    return keys


def _check_value(
    entry: Register, result: Checked, points: "_Pointers", name: str, value: Any
) -> None:
    column = by_name(entry).get(name)
    if column is None or column.readonly:
        result.fail(name, "没有这一列，或这一列不能填写")
        return
    try:
        if column.type in ("region", "ref"):
            found = points.find(column, value)
            result.values[column.attname] = found
            if name == entry.within and found:
                result.values["region_id"] = points.home(found)
            return
        clean = form_fields(entry)[name].clean(value)
        # A form field takes over some of the model field's validators, not all of them.
        column.field.run_validators(clean)
        result.values[column.attname] = _stored(column, clean)
    except ValidationError as error:
        for sentence in error.messages:
            result.fail(name, str(sentence))


def _stored(column: Column, value: Any) -> Any:
    """Turn a cleaned value into the column's own: JSON-safe, None for an unknown number or date."""
    if column.sealed:
        return value or ""
    if value in ("", None) and column.field.null:
        return None
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        raise ValidationError("时间缺少时区")
    return value


def _check_required(entry: Register, result: Checked, given: Values) -> None:
    for column in writable(entry):
        if column.name in given:
            continue
        if column.required and not column.field.has_default():
            result.fail(column.name, "这个字段是必填项。")
        elif column.type not in ("region", "ref"):
            result.values[column.attname] = column.field.get_default()


def _check_whole(entry: Register, result: Checked, old: Row | None) -> None:
    """Ask the model's own `clean` for the truth of one row as a whole."""
    kept = (
        {}
        if old is None
        else {f.attname: getattr(old, f.attname) for f in old._meta.concrete_fields}
    )
    instance = entry.model(**{**kept, **result.values})
    try:
        instance.clean()
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            for name, sentences in error.message_dict.items():
                for sentence in sentences:
                    result.fail(name, sentence)
        else:
            for sentence in error.messages:
                result.fail("", sentence)


class _Pointers:
    """What rows point at - regions and rows of other registers - found in one query a column."""

    def __init__(self, entry: Register, rows: Sequence[Values]) -> None:
        self._found: dict[str, dict[str, str]] = {}
        self._homes: dict[str, str] = {}
        for column in writable(entry):
            if column.type not in ("region", "ref"):
                continue
            texts = {_key(row[column.name]) for row in rows if row.get(column.name)}
            if texts:
                self._found[column.name] = (
                    _regions(texts) if column.type == "region" else _targets(column, texts)
                )
            if column.name == entry.within and texts:
                targets = column.field.related_model.objects
                ids = self._found[column.name].values()
                self._homes = dict(targets.filter(pk__in=ids).values_list("pk", "region_id"))

    def home(self, target: str) -> str:
        """Tell the region of a row that was pointed at."""
        return self._homes[target]

    def find(self, column: Column, value: Any) -> str | None:
        """Turn what was given into the primary key pointed at."""
        if value in (None, ""):
            if column.required:
                raise ValidationError("这个字段是必填项。")
            return None
        found = self._found.get(column.name, {}).get(_key(value))
        if found is None:
            raise ValidationError(f"找不到「{value}」")
        return found


def _key(value: Any) -> str:
    """Take the code out of "339901101201 某村", as the Excel template writes regions."""
    return str(value).strip().split(" ", 1)[0]


def _regions(texts: Iterable[str]) -> dict[str, str]:
    # A shorter code is a higher region: 339901 means 339901000000.
    padded = {
        text: text.ljust(12, "0") if text.isdigit() and len(text) < 12 else text for text in texts
    }
    known = still_open(padded.values())
    return {text: code for text, code in padded.items() if code in known}


def _targets(column: Column, texts: set[str]) -> dict[str, str]:
    model = column.field.related_model
    live = model.objects.filter(retired_at=None)
    found = {pk: pk for pk in live.filter(pk__in=texts).values_list("pk", flat=True)}
    rest = texts - found.keys()
    entry = REGISTERS.get(column.ref) if column.ref else None
    if not rest or entry is None or len(entry.natural) != 1:
        return found
    natural = entry.natural[0]
    pairs = live.filter(**{f"{natural}__in": rest}).values_list(natural, "pk")
    return {**found, **dict(pairs)}


def is_sealed(column: Column) -> bool:
    """Tell whether a column's value is stored encrypted."""
    return isinstance(column.field, SealedField)
