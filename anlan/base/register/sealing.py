"""Personal columns of a register: sealed on the way in, opened a page at a time on the way out."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from anlan.base.register.columns import Column, columns
from anlan.base.register.models import Row
from anlan.base.register.registry import Register
from anlan.base.vault import services as vault


def subject_column(entry: Register) -> str:
    """Name the column that says whose key seals a row; the row's own id unless the model says."""
    return str(getattr(entry.model, "sealed_by", "id"))


def sealed_columns(entry: Register) -> tuple[Column, ...]:
    """List the columns that are stored encrypted."""
    return tuple(column for column in columns(entry) if column.sealed)


def seal_rows(entry: Register, rows: Sequence[tuple[Row, Mapping[str, str]]]) -> None:
    """Put the ciphertext of plain values into the rows (one batch, whatever their number)."""
    wanted = [(row, plain) for row, plain in rows if plain]
    if not wanted:
        return
    subject = subject_column(entry)
    sealed = vault.seal_many([(getattr(row, subject), plain) for row, plain in wanted])
    for (row, _), values in zip(wanted, sealed, strict=True):
        for name, ciphertext in values.items():
            setattr(row, name, ciphertext or "")


def index_rows(entry: Register, rows: Sequence[tuple[Row, Mapping[str, str]]]) -> None:
    """Keep the search tokens of sealed columns that are searched (name, phone tail)."""
    subject = subject_column(entry)
    tokens = [
        (getattr(row, subject), kind, plain[column.attname])
        for column in sealed_columns(entry)
        for kind in getattr(column.field, "index", ())
        for row, plain in rows
        if plain.get(column.attname)
    ]
    if tokens:
        vault.index_many(tokens)


def open_rows(
    entry: Register, rows: Sequence[Row | Mapping[str, Any]], names: Collection[str]
) -> list[dict[str, str | None]]:
    """Open some sealed columns of many rows (model instances or `values()` dicts) in one query."""
    if not names or not rows:
        return [{} for _ in rows]
    subject = subject_column(entry)
    return vault.open_many(
        [(_get(row, subject), {name: _get(row, name) for name in names}) for row in rows]
    )


def _get(row: Row | Mapping[str, Any], name: str) -> Any:
    return row[name] if isinstance(row, Mapping) else getattr(row, name)
