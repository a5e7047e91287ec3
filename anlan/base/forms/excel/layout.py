"""How a form lies on a sheet of Excel: what stands in which column, the same out and in."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.base.forms.columns import Column

#: Headings that are not the form's own.
CODE, REGION, AS_OF, STATE = "地区编码", "地区", "截至", "状态"
OWN = (CODE, REGION, AS_OF, STATE)
#: First cells of lines that are no region.
TOTAL, DIFFERENCE, NOTE = "合计", "比上轮", "说明"
#: A heading stands in one of the first rows; above it stand titles.
HEADING_WITHIN = 10


@dataclass(frozen=True)
class Layout:
    """The columns of one sheet, in order: the merged one names regions, a region's own does not."""

    columns: tuple[Column, ...]
    regions: bool

    @property
    def headings(self) -> list[str]:
        """What stands in the heading, from the left."""
        own = [column.heading for column in self.columns]
        return [CODE, REGION, *own, AS_OF, STATE] if self.regions else own

    def place(self, column: Column) -> int:
        """Tell where a column stands, from 0."""
        return self.columns.index(column) + (2 if self.regions else 0)


def letter(place: int) -> str:
    """Name a column of Excel.

    >>> letter(0), letter(26)
    ('A', 'AA')
    """
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def plain(heading: str) -> str:
    """Reduce a heading as people change it to the label alone: 转移人数（人）* -> 转移人数."""
    bare = heading.strip().rstrip("*＊").strip()
    return bare.split("（")[0].split("(")[0].strip()


def known(columns: Sequence[Column]) -> dict[str, Column]:
    """Tell which headings name which column: as written out, or the label alone."""
    found = {plain(column.label): column for column in columns}
    return found | {column.heading: column for column in columns}
