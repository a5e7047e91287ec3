"""What a mapping declares. Built by whoever reads the declaration; nothing here reads files."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Literal

from anlan.protocols.mapping.numbers import Blanks, Scale
from anlan.protocols.mapping.selectors import Path
from anlan.protocols.mapping.times import TimeForm

FORMS = ("json", "ndjson", "csv", "xml")

#: What becomes of something no table names: it stays as it is, is rejected, or is none of ours.
Policy = Literal["keep", "reject", "ignore"]
POLICIES: tuple[Policy, ...] = ("keep", "reject", "ignore")


@dataclass(frozen=True, slots=True)
class Form:
    """What the document is."""

    kind: str = "json"
    #: ``auto``: UTF-8 where that fits, else GB 18030.
    charset: str = "auto"
    # Of CSV:
    delimiter: str = ","
    header: bool = True
    #: Lines before the header (titles, notes).
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of theirs, and ours for it."""

    path: Path
    #: Digits it should have: zeros a number lost are put back. 0: as it comes.
    width: int = 0
    table: Table[str, str] = field(default_factory=dict)
    unmapped: Policy = "keep"


@dataclass(frozen=True, slots=True)
class Marks:
    """Their quality marks: which are good, and what becomes of a value with any other."""

    path: Path
    good: frozenset[str]
    otherwise: Policy = "reject"


@dataclass(frozen=True, slots=True)
class Value:
    """One quantity of a record."""

    path: Path
    #: ``{station}-Z``: names of the codes in braces.
    stream: str
    #: Only for records of this item; "" for all.
    item: str = ""
    unit: str = ""
    unit_path: Path | None = None
    scale: Scale = field(default_factory=Scale)
    blanks: Blanks = field(default_factory=Blanks)
    marks: Marks | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping."""

    records: Path
    #: ``station``, ``item`` and any others a stream's name is made of.
    codes: Table[str, Coding]
    #: Joined by a blank where day and hour lie apart.
    time: tuple[Path, ...]
    time_form: TimeForm
    values: tuple[Value, ...]
    #: The code made of the parts -> the stream's.
    rename: Table[str, str] = field(default_factory=dict)
    unnamed: Policy = "keep"
    #: What becomes of a record whose item no value names.
    other_items: Policy = "reject"
