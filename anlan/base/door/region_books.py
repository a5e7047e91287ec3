"""Regions loaded from a workbook: looked at first, written while what was seen still holds."""

from dataclasses import dataclass, field
from typing import Any, Final

from anlan.base.db.among import among
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, prefixes
from anlan.base.regions import scope
from anlan.base.regions.models import Edition, Region
from anlan.base.regions.services import lists
from anlan.base.regions.services.boundaries import Drawn
from anlan.base.regions.services.comparing import FIELDS, Closing, Difference, Stored, compare
from anlan.base.regions.services.reading import Line, Listing, RowError
from anlan.base.regions.services.workbooks import read_book
from anlan.kernel.errors import Conflict, Invalid

IMPORT: Final = "regions.import"
OUTSIDE: Final = "不在您可以导入的范围内"
NO_SUCCESSOR: Final = "继任区划不在表里，也不在库里"
NO_DAY: Final = "写了继任区划，也要写停用日期"
#: Of what would change so many rows are shown, the others counted.
SHOWN: Final = 200


@dataclass(frozen=True)
class Change:
    """What an import would make of one region: by column what was and what will be."""

    code: str
    name: str
    level: int
    new: bool
    columns: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What a workbook holds and would change; `seen` is the edition it was compared with."""

    report: lists.ImportReport
    changes: list[Change]
    seen: str


def look_at_book(*, raw: bytes, by: Actor) -> Preview:
    """Tell what a workbook of regions would change; nothing is written."""
    permit(by, IMPORT)
    seen = _edition()
    listing, difference = _compared(raw, by)
    report = lists.report_on(listing, difference, Drawn())
    above = {_above(line) for line in listing.lines}
    report.missing_parents = [one for one in report.missing_parents if one.code in above]
    return Preview(report, _changes(difference), seen)


def load_book(*, raw: bytes, name: str, seen: str, by: Actor) -> lists.ImportReport:
    """Write the good rows of a workbook.

    Raises
    ------
    Conflict
        Regions have changed since the edition `seen`: what somebody agreed to is not what would be
        written.
    """
    permit(by, IMPORT)
    if seen != _edition():
        raise Conflict("区划在您核对之后又变过，请重新检查一遍再写入")
    listing, difference = _compared(raw, by)
    report = lists.report_on(listing, difference, Drawn())
    if not report.wrote:
        raise Invalid("表里没有可以写入的变化", errors={"file": ["没有变化"]})
    lists.write(report, difference, Drawn(), name=name, by=by)
    return report


def _above(line: Line) -> str:
    """Tell which region a row should hang under; "" for a province."""
    return "" if line.level == 1 else scope.pad(line.code[: scope.LENGTHS[line.level - 2]])


def _edition() -> str:
    return Edition.objects.filter(pk=1).values_list("stamp", flat=True).first() or ""


def _compared(raw: bytes, by: Actor) -> tuple[Listing, Difference]:
    listing = read_book(raw)
    _keep_inside(listing, by)
    _keep_succeeded(listing)
    return listing, compare(listing, Closing())


def _keep_inside(listing: Listing, by: Actor) -> None:
    """Take out the rows beyond the actor's reach; those that only repeat what is stored may stay.

    A county's list begins with its province and city, which are not the county's to change.
    """
    mine = prefixes(by, IMPORT)
    beyond = [
        line for line in listing.lines if not any(scope.covers(one, line.code) for one in mine)
    ]
    known = dict(
        Region.objects.filter(among("code", [line.code for line in beyond])).values_list(
            "code", "name"
        )
    )
    listing.errors += [
        RowError(listing.seen[line.code][0], "code", line.code, OUTSIDE)
        for line in beyond
        if known.get(line.code) != line.name
    ]
    listing.errors.sort(key=lambda one: one.row)
    gone = {line.code for line in beyond}
    listing.lines = [line for line in listing.lines if line.code not in gone]


def _keep_succeeded(listing: Listing) -> None:
    """Take out the rows that are closed in favour of nobody we know, or from no day."""
    heirs = {line.successor for line in listing.lines if line.successor}
    known = {line.code for line in listing.lines}
    known.update(Region.objects.filter(among("code", sorted(heirs))).values_list("code", flat=True))
    wrong = {
        line.code: NO_DAY if line.successor in known else NO_SUCCESSOR
        for line in listing.lines
        if line.successor and not (line.valid_to and line.successor in known)
    }
    listing.errors += [
        RowError(listing.seen[line.code][0], "successor", line.successor or "", wrong[line.code])
        for line in listing.lines
        if line.code in wrong
    ]
    listing.errors.sort(key=lambda one: one.row)
    listing.lines = [line for line in listing.lines if line.code not in wrong]


def _changes(difference: Difference) -> list[Change]:
    found = [_new(row) for row in difference.added[:SHOWN]]
    room = SHOWN - len(found)
    return found + [_changed(*pair) for pair in difference.changed[:room]]


def _new(row: Stored) -> Change:
    return Change(row[0], row[1], row[2], new=True)


def _changed(before: Stored, after: Stored) -> Change:
    columns = {
        name: (old, new)
        for name, old, new in zip(FIELDS, before, after, strict=True)
        if old != new and name != "initials"
    }
    return Change(after[0], after[1], after[2], new=False, columns=columns)
