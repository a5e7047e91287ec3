"""Import a list of regions: read, compare, write, note it in the journal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from anlan.base.journal import services as journal
from anlan.base.journal.deeds import name_deed
from anlan.base.regions.models import Region
from anlan.base.regions.services import boundaries as outlines
from anlan.base.regions.services import writing
from anlan.base.regions.services.comparing import (
    FIELDS,
    Closing,
    Difference,
    MissingParent,
    Stored,
    compare,
)
from anlan.base.regions.services.reading import (
    Listing,
    RowError,
    Wrong,
    decode,
    read_code,
    read_list,
    split,
)
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

IMPORTED = name_deed("regions.imported", "导入区划名录", "Imported a list of regions")

#: Told as work goes on: what is being done, how much of it, of how much.
Progress = Callable[[str, int, int], None]

#: Single changes named in the journal; beyond that only counts.
CHANGES_NOTED = 200


@dataclass(frozen=True)
class ListOptions:
    """How to treat what the list does not say."""

    #: Close (`valid_to`) open regions under the list's own tops that it no longer has.
    close_missing: bool = False
    #: The day from which closed regions count no more; None is today in Beijing.
    day: date | None = None
    #: Old code to the code that answers for it now (撤乡并村).
    successors: dict[str, str] = field(default_factory=dict)


@dataclass
class ImportReport:
    """What an import found and did."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    missing_parents: list[MissingParent] = field(default_factory=list)
    boundaries: int = 0
    boundaries_unchanged: int = 0
    #: Boundaries whose code is no region, and those that could not be read.
    boundaries_unknown: list[str] = field(default_factory=list)
    boundary_errors: list[tuple[int, str, str]] = field(default_factory=list)
    #: Stamp of the edition this import made; "" when it wrote nothing.
    edition: str = ""

    @property
    def wrote(self) -> bool:
        """Whether anything was written at all."""
        return bool(self.added or self.changed or self.boundaries)


def import_regions(
    path: Path,
    *,
    boundaries: Path | None = None,
    datum: str | None = None,
    options: ListOptions | None = None,
    by: object,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a list (CSV) and, if given, boundaries (GeoJSON file or folder).

    Rows are upserted by code; rows that tell nothing new are neither written nor counted as
    changed; wrong rows are in the report and the others live. One journal entry per import,
    written first: rows go down in small transactions, and after an interruption the same call
    finishes the work.

    Raises
    ------
    Invalid
        When a file cannot be read at all, or the datum of the boundaries is unknown. Nothing is
        written then.
    """
    tell = progress or _silent
    options = options or ListOptions()
    read = outlines.read_boundaries(boundaries, datum=datum) if boundaries else outlines.Outlines()
    listing = read_list(path, progress=lambda done, size: tell("读取", done, size))
    difference = compare(listing, _closing(options, listing))
    codes = {line.code for line in listing.lines}
    drawn = outlines.compare_boundaries(read.outlines, listed=codes)
    report = report_on(listing, difference, drawn)
    report.boundary_errors = read.errors
    write(report, difference, drawn, name=path.name, by=by, tell=tell)
    return report


def write(
    report: ImportReport,
    difference: Difference,
    drawn: outlines.Drawn,
    *,
    name: str,
    by: object,
    tell: Progress | None = None,
) -> None:
    """Write what was compared, if there is anything; the entry in the journal first."""
    if not report.wrote:
        return
    with transaction.atomic():
        report.edition = writing.next_edition()
        _note(report, difference, name, by)
    _write(difference, drawn, tell or _silent)
    with transaction.atomic():
        report.edition = writing.next_edition()


def read_successors(path: Path) -> dict[str, str]:
    """Read a table of old code, new code (撤并对照表); `Invalid` names the first wrong line."""
    found: dict[str, str] = {}
    for number, cells in split(decode(path), path.name):
        if len(cells) < 2 or not cells[0].strip()[:1].isdigit():
            if number == 1 or not any(cells):
                continue  # a header
            raise Invalid(f"{path.name} 第 {number} 行应为：旧代码,新代码")
        try:
            found[read_code(cells[0])] = read_code(cells[1])
        except Wrong as wrong:
            raise Invalid(f"{path.name} 第 {number} 行：{wrong.value} {wrong.reason}") from wrong
    return found


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def _counter(tell: Progress, stage: str, things: list[Any]) -> Callable[[int], None]:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        tell(stage, done, len(things))

    return count


def _closing(options: ListOptions, listing: Listing) -> Closing:
    listed = {line.code for line in listing.lines}
    wanted = set(options.successors.values()) - listed
    known = set(Region.objects.filter(code__in=wanted).values_list("code", flat=True))
    if wanted - known:
        raise Invalid(f"继任区划 {'、'.join(sorted(wanted - known))} 既不在名录中也不在库中")
    day = options.day or clock.local(clock.now()).date()
    return Closing(vanished=options.close_missing, day=day, successors=options.successors)


def report_on(listing: Listing, difference: Difference, drawn: outlines.Drawn) -> ImportReport:
    """Tell what a list holds and what it would change."""
    return ImportReport(
        rows=listing.rows,
        added=len(difference.added),
        changed=len(difference.changed),
        unchanged=difference.unchanged,
        closed=difference.closed,
        reopened=difference.reopened,
        errors=listing.errors,
        missing_parents=difference.missing,
        boundaries=len(drawn.fresh),
        boundaries_unchanged=drawn.unchanged,
        boundaries_unknown=drawn.unknown,
    )


def _write(difference: Difference, drawn: outlines.Drawn, tell: Progress) -> None:
    after = [row for _, row in difference.changed]
    writing.insert(difference.added, done=_counter(tell, "写入", difference.added))
    writing.update(after, done=_counter(tell, "更新", after))
    writing.count_anew(len(difference.added) + len(after))
    outlines.write_boundaries(drawn.fresh, done=_counter(tell, "边界", drawn.fresh))


def _note(report: ImportReport, difference: Difference, name: str, by: object) -> None:
    journal.record(
        deed=IMPORTED,
        by=by,
        subject=("regions", report.edition),
        facts={
            "file": name,
            "rows": report.rows,
            "added": report.added,
            "changed": report.changed,
            "closed": len(report.closed),
            "bad": len(report.errors),
            "boundaries": report.boundaries,
            "changes": [_change(*pair) for pair in difference.changed[:CHANGES_NOTED]],
        },
    )


def _change(before: Stored, after: Stored) -> dict[str, Any]:
    return {
        "code": before[0],
        **{
            name: [old, new]
            for name, old, new in zip(FIELDS, before, after, strict=True)
            if old != new and name != "initials"
        },
    }
