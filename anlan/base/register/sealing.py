"""Personal columns of a register: sealed on the way in, opened a page at a time on the way out."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from anlan.base.register.columns import Column, columns
from anlan.base.register.models import Row
from anlan.base.register.registry import Register
from anlan.base.vault import services as vault


def subject_column(entry: Register) -> str:
    """Name the column that says whose key seals a row; the row's own id unless its fields say."""
    sealed = sealed_columns(entry)
    return str(sealed[0].field.subject) if sealed else "id"


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
    columns_of = {c.attname: c.field.index for c in sealed_columns(entry) if c.field.index}
    touched = [row for row, plain in rows if plain.keys() & columns_of.keys()]
    if not touched:
        return
    # The vault replaces a kind's tokens of a person as a whole, so all their values are named
    # together: those of their other rows too (a person has several telephones).
    subject = subject_column(entry)
    if subject != "id":
        subjects = {getattr(row, subject) for row in touched}
        live = entry.model._default_manager.filter(retired_at=None)
        touched = list(live.filter(**{f"{subject}__in": subjects}))
    wanted: dict[str, dict[str, list[str | None]]] = {}
    for row, texts in zip(touched, open_rows(entry, touched, columns_of), strict=True):
        kinds = wanted.setdefault(getattr(row, subject), {})
        for name, own in columns_of.items():
            for kind in own:
                kinds.setdefault(kind, []).append(texts[name])
    vault.index_many(list(wanted.items()))


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
