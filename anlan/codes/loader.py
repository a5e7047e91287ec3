"""Find the table in force: versions by date, the most specific region, the operator's own rows.

Shipped tables lie in ``codes/tables``. An operator's folder (``DIR/conf/codes``) is laid over
them with `overlay`: a file there with the key of a shipped table adds rows or overrides rows of
the same code (``# amends: false`` replaces the whole table); a new key is a new table.
A later version for one county is a file with ``region`` and ``effective_from`` in its head.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from anlan.codes.reading import DATES, FIXED, HEAD, Line, Sheet, fail, read
from anlan.codes.rows import Code, Dated, Table, in_force, overlap
from anlan.kernel import clock
from anlan.kernel.errors import Missing

HERE = Path(__file__).parent

D = TypeVar("D", bound=Dated)


def today() -> date:
    """Tell the day on the wall of this workspace (Asia/Shanghai)."""
    return clock.local(clock.now()).date()


def applies(edition: Dated, on: date, region: str | None) -> bool:
    """Tell whether an edition is in force on a day and covers a region."""
    covers = (region or "").startswith(edition.region)
    return covers and in_force(edition.effective_from, edition.effective_to, on)


def choose(editions: Iterable[D], on: date, region: str | None) -> D | None:
    """Pick the edition of the most specific region; of equals the last one listed."""
    fitting = [edition for edition in editions if applies(edition, on, region)]
    return max(reversed(fitting), key=lambda one: len(one.region), default=None)


def refuse_overlaps(
    editions: Iterable[D], names: Callable[[D], tuple[str, str]], what: str = "码表"
) -> None:
    """Raise `Invalid` when two editions of one key hold on the same day in the same region.

    `names` gives the key and the file of an edition.
    """
    seen: dict[tuple[str, str], list[D]] = {}
    for edition in editions:
        key, path = names(edition)
        for earlier in seen.setdefault((key, edition.region), []):
            periods = [(one.effective_from, one.effective_to) for one in (earlier, edition)]
            if overlap(periods[0], periods[1]):
                fail(path, 1, f"{what}「{key}」的有效期与 {names(earlier)[1]} 重叠")
        seen[key, edition.region].append(edition)


class Catalogue:
    """Every table file of the shipped folder and of one overlay folder, read once."""

    def __init__(self, shipped: Path, overlaid: Path | None = None) -> None:
        self._sheets: dict[str, list[Sheet]] = {}
        self._amendments: dict[str, list[Sheet]] = {}
        self._built: dict[tuple[tuple[int, ...], int], Table] = {}
        self._turns: dict[tuple[int, ...], list[date]] = {}
        self._take(shipped)
        if overlaid is not None and overlaid.is_dir():
            self._take(overlaid)

    def _take(self, folder: Path) -> None:
        known = set(self._sheets)
        files = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".toml"))
        taken = [read(path) for path in files]
        amending = [one for one in taken if _amends(one, known)]
        whole = [one for one in taken if not _amends(one, known)]
        for group, into in ((whole, self._sheets), (amending, self._amendments)):
            refuse_overlaps(group, lambda sheet: (sheet.key, sheet.path))
            for sheet in group:
                into.setdefault(sheet.key, []).append(sheet)
        for sheet in whole:
            self._accept(sheet, inherits=sheet.key in known)
        for sheet in amending:
            self._accept_amendment(sheet)

    def _accept(self, sheet: Sheet, *, inherits: bool) -> None:
        """Build a table once without a day, so that a bad parent is found at the start."""
        if not inherits and not all(sheet.head.get(name) for name in ("title", "title_en")):
            fail(sheet.path, 1, "文件头缺少 title 或 title_en")
        self._build([sheet], on=None)

    def _accept_amendment(self, sheet: Sheet) -> None:
        if sheet.key not in self._sheets:
            fail(sheet.path, 1, f"没有名为「{sheet.key}」的码表可供补充")
        for base in self._sheets[sheet.key]:
            if sheet.region.startswith(base.region) or base.region.startswith(sheet.region):
                self._build([base, sheet], on=None)

    def __iter__(self) -> Iterator[str]:
        """Walk the keys of all tables, sorted."""
        return iter(sorted(self._sheets))

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a table of this key, whatever its dates."""
        return key in self._sheets

    def table(self, key: str, on: date | None = None, region: str | None = None) -> Table:
        """Return a table as in force on a day (default today) in a region (default nationwide)."""
        if key not in self._sheets:
            raise Missing(f"没有名为「{key}」的码表")
        on = on or today()
        found = self.find(key, on, region)
        if found is None:
            raise Missing(f"码表「{key}」在 {on} 没有有效的版本")
        return found

    def find(self, key: str, on: date, region: str | None) -> Table | None:
        """Return a table as in force on a day, None when no version holds."""
        base = choose(self._sheets[key], on, region)
        if base is None:
            return None
        laid = [one for one in self._amendments.get(key, ()) if applies(one, on, region)]
        return self._build([base, *sorted(laid, key=lambda one: len(one.region))], on)

    def _build(self, sheets: list[Sheet], on: date | None) -> Table:
        """Build a table, once for each span of days in which no row comes or goes.

        Without a day every row is taken: that build only finds faults.
        """
        marks = tuple(id(sheet) for sheet in sheets)
        if marks not in self._turns:
            self._turns[marks] = _turns(sheets)
        mark = (marks, -1 if on is None else bisect_right(self._turns[marks], on))
        if mark not in self._built:
            self._built[mark] = self._assemble(sheets, on)
        return self._built[mark]

    def _assemble(self, sheets: list[Sheet], on: date | None) -> Table:
        base = sheets[0]
        named = next((one for one in self._sheets[base.key] if one.head.get("title")), base)
        lines = base.lines
        for amendment in sheets[1:]:
            lines = _laid(lines, amendment.lines)
        kept = [line for line in lines if on is None or in_force(*line.period, on)]
        rows = tuple(_code(line) for line in kept)
        _check(sheets[-1].path, lines)
        attributes = {k: v for k, v in base.head.items() if k not in (*HEAD, "amends")}
        return Table(
            key=base.key,
            title=base.head.get("title") or named.head["title"],
            title_en=base.head.get("title_en") or named.head["title_en"],
            source=base.head["source"],
            confidence=base.head["confidence"],
            rows=rows,
            region=base.region,
            effective_from=base.effective_from,
            effective_to=base.effective_to,
            attributes=MappingProxyType(attributes),
            files=tuple(sheet.path for sheet in sheets),
        )


def _amends(sheet: Sheet, known: set[str]) -> bool:
    """Tell whether a file adds to a table: as it says, else whether the table was there before."""
    return sheet.key in known if sheet.amends is None else sheet.amends


def _turns(sheets: list[Sheet]) -> list[date]:
    """List the days on which a row of these files comes into force or has just left."""
    periods = [line.period for sheet in sheets for line in sheet.lines]
    starts = {first for first, _ in periods if first}
    return sorted(starts | {last + timedelta(days=1) for _, last in periods if last})


def _laid(lines: tuple[Line, ...], over: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lay amending lines over a table: same codes replaced in their place, new ones at the end.

    An amending line inherits the columns it does not have, and its names where they are blank.
    """
    amended: dict[str, list[Line]] = {}
    for line in over:
        amended.setdefault(line.code, []).append(line)
    base = {line.code: line for line in lines}
    out: list[Line] = []
    for line in lines:
        if line.code not in amended:
            out.append(line)
        elif base[line.code] is line:
            out.extend(_merged(line, new) for new in amended[line.code])
    out.extend(line for line in over if line.code not in base)
    return tuple(out)


def _merged(old: Line, new: Line) -> Line:
    fields = dict(new.fields)
    for name in ("name", "name_en", "parent"):
        if not fields.get(name):
            fields.pop(name, None)
    return Line(new.number, MappingProxyType({**old.fields, **fields}))


def _code(line: Line) -> Code:
    fields = line.fields
    name = fields.get("name") or line.code
    extra = {k: v for k, v in fields.items() if k not in FIXED and k not in DATES}
    return Code(
        code=line.code,
        name=name,
        name_en=fields.get("name_en") or name,
        parent=fields.get("parent") or None,
        source=fields["source"],
        confidence=fields["confidence"],
        effective_from=fields["effective_from"],
        effective_to=fields["effective_to"],
        extra=MappingProxyType(extra),
    )


def _check(path: str, lines: tuple[Line, ...]) -> None:
    """Raise `Invalid` for a row without a name, with an unknown parent, or above itself."""
    parents = {line.code: line.fields.get("parent") or None for line in lines}
    for line in lines:
        if not line.fields.get("name"):
            fail(path, line.number, f"码「{line.code}」没有名称")
        parent, steps = parents[line.code], 0
        while parent is not None:
            steps += 1
            if parent not in parents:
                fail(path, line.number, f"码「{line.code}」的上级「{parent}」不在表里")
            if steps > len(parents):
                fail(path, line.number, f"码「{line.code}」的上级绕成了圈")
            parent = parents[parent]


_editions = count()


@dataclass(frozen=True)
class Shelf:
    """What this process reads codes from. `edition` differs whenever files are read again."""

    catalogue: Catalogue
    folder: Path | None = None
    edition: int = field(default_factory=_editions.__next__)

    def files(self, kind: str) -> list[Path]:
        """List the TOML files of a kind (grades, hazards), shipped ones first."""
        homes = [HERE / kind, *([self.folder / kind] if self.folder else [])]
        return [path for home in homes if home.is_dir() for path in sorted(home.glob("*.toml"))]


_shelf: Shelf | None = None


def shelf() -> Shelf:
    """Return what is read now; the first call reads the shipped files."""
    return _shelf or put(Shelf(Catalogue(HERE / "tables")))


def put(new: Shelf) -> Shelf:
    """Make this process read from another shelf."""
    global _shelf  # one process serves one workspace, so it has one set of codes
    _shelf = new
    return new


def table(key: str, on: date | None = None, region: str | None = None) -> Table:
    """Return a code table as in force on a day (default today) in a region (default nationwide).

    `Missing` when there is no such table or no version holds on that day.
    """
    return shelf().catalogue.table(key, on, region)


def tables(on: date | None = None, region: str | None = None) -> list[Table]:
    """Return every table in force on a day in a region, by key."""
    catalogue = shelf().catalogue
    found = (catalogue.find(key, on or today(), region) for key in catalogue)
    return [one for one in found if one is not None]
