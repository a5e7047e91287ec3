"""What became of a row: its entries in the journal, in words people read."""

from collections.abc import Sequence
from typing import Any

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.base.journal.deeds import label as name_of
from anlan.base.language import english
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.regions import selectors as regions
from anlan.base.register.columns import Column, by_name
from anlan.base.register.masking import mask
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.register.sealing import subject_column
from anlan.base.register.selectors import one
from anlan.base.vault.services import is_sealed, open_many


def history(entry: Register, actor: Actor, row_id: str) -> list[dict[str, Any]]:
    """List a row's deeds, the latest first, with old and new values in words."""
    one(entry, actor, row_id)  # raises Missing when the asker may not see the row
    deeds = journal.history((entry.key, row_id))
    names = permissions.names_of({deed.by for deed in deeds})
    words = _Words(entry, deeds, _subject(entry, row_id))
    items = []
    for deed in deeds:
        label = name_of(deed.deed)
        items.append(
            {
                "seq": deed.seq,
                "at": deed.at,
                "by": deed.by,
                "by_name": names.get(deed.by, deed.by),
                "deed": deed.deed,
                "deed_label": label.title,
                "deed_label_en": label.title_en,
                "facts": deed.facts,
                "changes": [words.change(name, pair) for name, pair in deed.changes.items()],
            }
        )
    return items


def _subject(entry: Register, row_id: str) -> str:
    column = subject_column(entry)
    if column == "id":
        return row_id
    return str(entry.model._default_manager.filter(pk=row_id).values_list(column, flat=True)[0])


class _Words:
    """Turns stored values of many deeds into words, looking everything up once."""

    def __init__(self, entry: Register, deeds: list[Any], subject: str) -> None:
        self._columns = by_name(entry)
        self._opened = self._open(deeds, subject)
        self._labels = self._look_up(deeds)

    def change(self, name: str, pair: Sequence[Any]) -> dict[str, Any]:
        """Describe one column's change."""
        column = self._columns.get(name)
        label = column.label if column else name
        return {
            "column": name,
            "label": label,
            "label_en": english(label),
            "old": self._say(column, pair[0]),
            "new": self._say(column, pair[1]),
        }

    def _say(self, column: Column | None, value: Any) -> Any:
        if isinstance(value, str) and is_sealed(value):
            opened = self._opened.get(value)
            return mask(opened) if column is None or column.masked else opened
        if column is None or value in (None, ""):
            return value
        if column.type == "choice":
            return codes.table(column.codes).name(value)
        if column.type == "choices":
            return "、".join(codes.table(column.codes).name(code) for code in value)
        if column.type in ("ref", "region"):
            return self._labels.get((column.name, value), value)
        return value

    @staticmethod
    def _open(deeds: list[Any], subject: str) -> dict[str, str | None]:
        sealed = {
            value
            for deed in deeds
            for pair in deed.changes.values()
            for value in pair
            if isinstance(value, str) and is_sealed(value)
        }
        if not sealed:
            return {}
        return open_many([(subject, {value: value for value in sealed})])[0]

    def _look_up(self, deeds: list[Any]) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for name, column in self._columns.items():
            if column.type not in ("ref", "region"):
                continue
            values = {v for deed in deeds for v in deed.changes.get(name, ()) if v}
            if not values:
                continue
            for value, label in _labels_of(column, values).items():
                found[name, value] = label
        return found


def _labels_of(column: Column, values: set[str]) -> dict[str, str]:
    if column.type == "region":
        return regions.names(values)
    target = REGISTERS.get(column.ref) if column.ref else None
    label = target.label if target else "name"
    pairs = column.field.related_model.objects.filter(pk__in=values).values_list("pk", label)
    plain = {pk: text for pk, text in pairs if not is_sealed(text)}
    hidden = [(pk, {"label": text}) for pk, text in pairs if is_sealed(text)]
    opened = open_many(hidden) if hidden else []
    for (pk, _), values_of in zip(hidden, opened, strict=True):
        plain[pk] = values_of["label"] or ""
    return plain
