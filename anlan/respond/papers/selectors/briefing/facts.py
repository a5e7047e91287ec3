"""One figure of a briefing: what is not known stands as 待核, never as nought."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from anlan.kernel import clock
from anlan.protocols.official import Block, Heading, Paragraph, Sheet

OPEN = "待核"
#: Letters of the tables, in half points: 五号.
SIZE = 21


@dataclass(frozen=True)
class Fact:
    """A figure with where it comes from and since when it holds."""

    label: str
    #: In words with its unit; None is not known.
    value: str | None
    source: str
    #: Until when it is known; None where nobody told anything.
    as_of: datetime | None = None


@dataclass
class Part:
    """One section: a sentence, figures, and what stands behind them."""

    title: str
    facts: list[Fact] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    sheets: list[tuple[str, Sheet]] = field(default_factory=list)

    @property
    def unknown(self) -> int:
        """How many figures nobody knows."""
        return sum(one.value is None for one in self.facts)

    def blocks(self, number: str) -> Iterator[Block]:
        """Lay it out under its number."""
        yield Heading(f"{number}、{self.title}")
        for said in self.sentences:
            yield Paragraph(said)
        if self.facts:
            rows = [(one.label, one.value or OPEN, since(one.as_of), one.source)
                    for one in self.facts]  # fmt: skip
            head = ("项目", "数字", "截至", "来源")
            yield Sheet(head=head, rows=rows, widths=(10, 11, 10, 9), size=SIZE)
        for place, (title, sheet) in enumerate(self.sheets):
            yield Heading(f"（{ORDER[place]}）{title}", level=2)
            yield sheet


ORDER = "一二三四五六七八九"


def since(at: datetime | None) -> str:
    """Write a moment short: day and minute."""
    if at is None:
        return "—"
    local = clock.local(at)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def words(at: datetime) -> str:
    """Write a moment as a paper does."""
    local = clock.local(at)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def number(value: float, digits: int = 1) -> str:
    """Write a figure without the noughts of a whole one."""
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> Sheet:
    """Make a table in the letters of a briefing."""
    return Sheet(head=head, rows=list(rows), widths=widths, size=SIZE)
