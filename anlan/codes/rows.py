"""What a code table is once read: rows with a source, and the table that holds them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

from anlan.kernel.errors import Invalid, Missing

#: How far a figure may be trusted. Verified, stated in the planning documents, remembered,
#: doubtful, and our own convention (nobody else's figure, so there is nothing to verify).
CONFIDENCES = ("V", "S", "M", "M?", "O")


def nothing() -> Mapping[str, Any]:
    """Return a mapping with nothing in it."""
    return MappingProxyType({})


class Dated(Protocol):
    """Something in force from one day to another (both included) in one region."""

    @property
    def region(self) -> str:
        """Prefix of the region codes it applies to; "" is the whole country."""

    @property
    def effective_from(self) -> date | None:
        """First day in force; None has always been."""

    @property
    def effective_to(self) -> date | None:
        """Last day in force; None has no end."""


def in_force(first: date | None, last: date | None, on: date) -> bool:
    """Tell whether a period, both ends included, holds a day."""
    return (first is None or first <= on) and (last is None or on <= last)


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Tell whether two periods, ends included and None open, share a day."""
    starts_in_time = one[0] is None or other[1] is None or one[0] <= other[1]
    ends_late = other[0] is None or one[1] is None or other[0] <= one[1]
    return starts_in_time and ends_late


@dataclass(frozen=True)
class Code:
    """One row of a code table.

    ``extra`` holds the table's own columns; a blank cell is None (not known). Read them through
    the typed accessors, which refuse a column of another type.
    """

    code: str
    name: str
    name_en: str
    source: str
    confidence: str
    parent: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    extra: Mapping[str, Any] = field(default_factory=nothing, hash=False)

    def label(self, lang: str = "zh") -> str:
        """Return the name in Chinese, or in English for any language that is not Chinese."""
        return self.name if lang.lower().startswith("zh") else self.name_en

    def text(self, column: str) -> str | None:
        """Return a text column, None when blank or absent."""
        value = self.extra.get(column)
        if value is not None and not isinstance(value, str):
            raise Invalid(f"码「{self.code}」的「{column}」不是文字")
        return value

    def number(self, column: str) -> float | None:
        """Return a numeric column, None when blank or absent."""
        value = self.extra.get(column)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Invalid(f"码「{self.code}」的「{column}」不是数字")
        return value

    def whole(self, column: str) -> int | None:
        """Return a whole-number column, None when blank or absent."""
        value = self.extra.get(column)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise Invalid(f"码「{self.code}」的「{column}」不是整数")
        return value

    def flag(self, column: str) -> bool | None:
        """Return a yes/no column, None when blank or absent."""
        value = self.extra.get(column)
        if value is not None and not isinstance(value, bool):
            raise Invalid(f"码「{self.code}」的「{column}」不是是/否")
        return value

    def several(self, column: str) -> tuple[str, ...]:
        """Return a list column; empty when blank or absent."""
        value = self.extra.get(column) or ()
        if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
            raise Invalid(f"码「{self.code}」的「{column}」不是列表")
        return value


@dataclass(frozen=True)
class Table:
    """One table as it is in force on one day in one region."""

    key: str
    title: str
    title_en: str
    source: str
    confidence: str
    rows: tuple[Code, ...]
    region: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    #: Further head lines of the file: unit, direction, ...
    attributes: Mapping[str, str] = field(default_factory=nothing, hash=False)
    #: The files it was read from, the base first.
    files: tuple[str, ...] = ()
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _children: Mapping[str | None, tuple[Code, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = {row.code: place for place, row in enumerate(self.rows)}
        children: dict[str | None, list[Code]] = {}
        for row in self.rows:
            children.setdefault(row.parent, []).append(row)
        object.__setattr__(self, "_places", places)
        object.__setattr__(self, "_children", {key: tuple(v) for key, v in children.items()})

    def __getitem__(self, code: str) -> Code:
        """Find a row; `Missing` when the table has no such code."""
        try:
            return self.rows[self._places[code]]
        except KeyError:
            raise Missing(f"码表「{self.title}」里没有「{code}」") from None

    def __contains__(self, code: object) -> bool:
        """Tell whether the table has this code."""
        return code in self._places

    def __iter__(self) -> Iterator[Code]:
        """Walk the rows in the file's order."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def get(self, code: str | None) -> Code | None:
        """Find a row, or None."""
        place = None if code is None else self._places.get(code)
        return None if place is None else self.rows[place]

    def children(self, code: str | None = None) -> tuple[Code, ...]:
        """Return the rows right below a code; without a code, the top ones."""
        return self._children.get(code or None, ())

    def name(self, code: str | None, lang: str = "zh") -> str:
        """Return the label of a code; a code that is not in the table is its own label.

        Old records may hold a code which has left the table since; showing it beats failing.
        """
        row = self.get(code)
        return row.label(lang) if row else code or ""
