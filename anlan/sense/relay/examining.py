"""What would become of a file of old observations, in the ingest process's own sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from anlan.kernel import clock
from anlan.protocols.observations import Decoded, Rejection
from anlan.protocols.observations.files import Piece
from anlan.sense.intake.directory import Directory, Owner
from anlan.sense.intake.queueing import Submission
from anlan.sense.intake.resolving import Resolved, resolve
from anlan.sense.relay.backfill import Noted, Vouched
from anlan.sense.relay.reporting import Bounds, Report
from anlan.sense.selectors.directory import streams_directory

#: Rows shown as they were understood, so that a wrong time zone or unit is seen.
SHOWN: Final = 5


@dataclass
class Looked(Report):
    """What would become of a file: `accepted` counts what may be stored, new or known."""

    #: ``{row, stream, sent, time, value}``; time in ms since 1970 UTC, value in the stream's unit.
    sample: list[dict[str, Any]] = field(default_factory=list)
    streams: set[int] = field(default_factory=set)
    since_ms: int | None = None
    until_ms: int | None = None


def examine(
    pieces: Iterator[Piece], noted: Noted, *, who: Vouched | None = None, bounds: Bounds
) -> Looked:
    """Read a file as the ingest process would, without sending it."""
    who = who or Vouched()
    directory = Directory.of(streams_directory())
    owner = Owner(who.ref, None if who.numbers is None else frozenset(who.numbers))
    report, hints = Looked(), _Hints(directory)
    for piece in pieces:
        decoded = piece.decoded
        now_ms = int(clock.now().timestamp() * 1000)
        resolved = resolve([Submission(decoded, owner, now_ms, True)], directory, now_ms)
        refused = [hints.better(one, decoded) for one in resolved.refused.get(0, ())]
        report.rows += decoded.sent
        report.note(piece, sorted([*decoded.rejected, *refused]))
        report.accepted += len(resolved.columns)
        bounds.count(report, decoded, {one.index for one in refused})
        _see(report, piece, resolved, {one.index for one in refused})
        noted(piece.done, report)
    return report


def _see(report: Looked, piece: Piece, resolved: Resolved, refused: set[int]) -> None:
    """Keep what helps a person to see whether the file was understood."""
    found = resolved.columns
    if not len(found):
        return
    report.streams |= set(np.unique(found.number).tolist())
    first, last = int(found.time.min()), int(found.time.max())
    report.since_ms = first if report.since_ms is None else min(report.since_ms, first)
    report.until_ms = last if report.until_ms is None else max(report.until_ms, last)
    if len(report.sample) >= SHOWN:
        return
    decoded = piece.decoded
    good = [at for at, index in enumerate(decoded.index.tolist()) if index not in refused]
    for place in range(min(SHOWN - len(report.sample), len(found))):
        line = piece.lines(int(decoded.index[good[place]]))
        report.sample.append(
            {
                "row": line.row, "sent": dict(line.texts),
                "stream": decoded.codes[int(decoded.stream[good[place]])],
                "time": int(found.time[place]), "value": float(found.value[place]),
            }
        )  # fmt: skip


class _Hints:
    """Tells which code a number in a sheet may have been before it lost its leading zeros."""

    def __init__(self, directory: Directory) -> None:
        self._known = {
            code.lstrip("0"): code
            for code in directory.numbers
            if code.startswith("0") and code.isdigit()
        }

    def better(self, one: Rejection, decoded: Decoded) -> Rejection:
        """Say in addition what was probably meant."""
        if not self._known or "监测项" not in one.reason:
            return one
        place = int(np.searchsorted(decoded.index, one.index))
        meant = self._known.get(decoded.codes[int(decoded.stream[place])])
        if meant is None:
            return one
        return Rejection(one.index, f"{one.reason}；是否为「{meant}」？编码丢了开头的零")
