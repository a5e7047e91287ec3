"""One figure of the wall: what it is, where from, until when, and the lines it adds up.

The value is never kept beside the lines: it is what the lines come to, and the lines are what the
export writes. None is not known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: A cell as it is written out.
Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Asked:
    """Of which region, as of when."""

    region: str
    at: datetime


@dataclass(frozen=True)
class Column:
    """One column of what stands behind a figure."""

    key: str
    title: str
    title_en: str


@dataclass(frozen=True)
class Part:
    """A figure within a figure: what one column comes to."""

    column: str
    label: str
    label_en: str
    #: late | good | unsure | "": how it is shown.
    tone: str = ""
    #: sum | max
    by: str = "sum"
    unit: str = ""
    unit_en: str = ""
    #: Left out where it comes to nothing.
    only_some: bool = False
    #: Grade of the warning colours this counts; only of warnings.
    level: int | None = None


@dataclass(frozen=True)
class Behind:
    """What stands behind a figure as of one moment."""

    lines: Sequence[Sequence[Cell]]
    #: Until when it is known; None where nobody told anything.
    as_of: datetime | None
    #: Nothing is known: why, in both languages. The value is then None, whatever the lines are.
    unknown: tuple[str, str] | None = None
    #: It can only be more: something has not been told.
    at_least: bool = False
    #: What told it went quiet: the value is the last there was.
    stale: bool = False
    #: What is to be said beside it, in both languages.
    note: tuple[str, str] | None = None


@dataclass(frozen=True)
class Figure:
    """One of the ten, as it is declared."""

    key: str
    label: str
    label_en: str
    unit: str
    unit_en: str
    source: str
    source_en: str
    #: Page of the application where it is worked with.
    page: str
    columns: Sequence[Column]
    #: Column the value comes from, and how: sum | max.
    column: str
    read: Callable[[Asked], Behind]
    parts: Sequence[Part] = ()
    by: str = "sum"
    digits: int = 0
    #: Whether it can be read as of an earlier moment.
    has_past: bool = True

    def place(self, column: str) -> int:
        """Tell where a column stands."""
        return next(i for i, one in enumerate(self.columns) if one.key == column)

    def come_to(self, behind: Behind) -> float | None:
        """Tell the value."""
        if behind.unknown is not None:
            return None
        return total(behind.lines, self.place(self.column), self.by)


def total(lines: Sequence[Sequence[Cell]], place: int, by: str) -> float | None:
    """Add up a column, or find its greatest; cells that are empty are not known."""
    known = [float(cell) for line in lines if isinstance(cell := line[place], int | float)]
    if by == "max":
        return max(known, default=None)
    if lines and not known:
        return None
    return sum(known)


@dataclass(frozen=True)
class Told:
    """A figure with its value, what it was an hour ago, and its parts."""

    figure: Figure
    behind: Behind
    value: float | None
    before: float | None
    since: datetime
    parts: Sequence[tuple[Part, float | None]] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        """Tell it to a face."""
        one, behind = self.figure, self.behind
        said = behind.unknown or behind.note or ("", "")
        change = None
        if self.value is not None and self.before is not None and not behind.stale:
            change = round(self.value - self.before, one.digits)
        return {
            "key": one.key, "label": one.label, "label_en": one.label_en,
            "value": None if self.value is None else round(self.value, one.digits),
            "digits": one.digits, "unit": one.unit, "unit_en": one.unit_en,
            "at_least": behind.at_least and self.value is not None,
            "source": one.source, "source_en": one.source_en, "as_of": behind.as_of,
            "stale": behind.stale, "why": said[0], "why_en": said[1],
            "change": change, "since": self.since, "page": one.page,
            "export": f"/api/v1/wall/figures/{one.key}.csv",
            "parts": [
                {
                    "key": part.column, "label": part.label, "label_en": part.label_en,
                    "value": value, "unit": part.unit, "unit_en": part.unit_en,
                    "tone": part.tone, "level": part.level,
                }
                for part, value in self.parts
                if not (part.only_some and not value)
            ],
        }  # fmt: skip


def tell(figure: Figure, asked: Asked, before: Asked) -> Told:
    """Read a figure now and as it was."""
    behind = figure.read(asked)
    value = figure.come_to(behind)
    was = figure.come_to(figure.read(before)) if figure.has_past and value is not None else None
    parts = [
        (
            part,
            None if behind.unknown else total(behind.lines, figure.place(part.column), part.by),
        )
        for part in figure.parts
    ]
    return Told(figure, behind, value, was, before.at, parts)
