"""Old observations of a file, sent to the ingest process piece by piece."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from anlan.kernel.errors import Invalid, Unavailable
from anlan.protocols.observations import Rejection
from anlan.protocols.observations.files import Piece
from anlan.protocols.observations.media import ARROW
from anlan.protocols.observations.writing import encode_arrow
from anlan.sense.receipts import Receipt
from anlan.sense.relay.calling import Caller
from anlan.sense.relay.frames import Answer, Ask
from anlan.sense.relay.reporting import Bounds, Report

#: Pieces sent before the first of them must be durable.
IN_FLIGHT: Final = 4
REF: Final = "system:import"

#: Told how much of the file is done, and what became of it until there.
Noted = Callable[[float, Report], None]


@dataclass(frozen=True)
class Vouched:
    """In whose name a file is sent: their reference, and the numbers of streams; None is all."""

    ref: str = REF
    numbers: list[int] | None = None


@dataclass
class _Sending:
    """Pieces under way, noted in the order of the file whatever order the answers come in."""

    caller: Caller
    bounds: Bounds
    report: Report
    noted: Noted
    waiting: dict[int, Piece] = field(default_factory=dict)
    told: dict[int, Receipt] = field(default_factory=dict)

    def send(self, piece: Piece, who: Vouched) -> None:
        ask = Ask("vouched", content_type=ARROW, backfill=True, ref=who.ref, numbers=who.numbers)
        self.waiting[self.caller.send(ask, encode_arrow(piece.decoded))] = piece
        while len(self.waiting) >= IN_FLIGHT:
            self.take()

    def take(self) -> None:
        """Wait for an answer; note the pieces that are done up to the first that is not."""
        answer, told = self.caller.receive()
        if answer.status != 200:
            raise _refused(answer)
        self.told[answer.number] = msgspec.json.decode(told, type=Receipt)
        for number in list(self.waiting):
            if number not in self.told:
                break
            piece = self.waiting.pop(number)
            _note(self.report, piece, self.told.pop(number), self.bounds)
            self.noted(piece.done, self.report)


def send(
    workspace: Path,
    pieces: Iterator[Piece],
    noted: Noted,
    *,
    who: Vouched | None = None,
    bounds: Bounds | None = None,
    before: Report | None = None,
) -> Report:
    """Send a file's pieces, marked as old so that none of it raises an alarm.

    May be done again: what is stored already counts as a duplicate. `Unavailable` when the ingest
    process is away or goes; what `noted` was told until then is stored. `before` is what it was
    told of the same file: the rows counted there are not sent again.
    """
    report = deepcopy(before) if before is not None else Report()
    done = report.rows
    with Caller(workspace) as caller:
        sending = _Sending(caller, bounds or Bounds(), report, noted)
        for piece in pieces:
            if piece.first + piece.decoded.sent - 1 > done:
                sending.send(piece, who or Vouched())
        while sending.waiting:
            sending.take()
    return report


def _note(report: Report, piece: Piece, receipt: Receipt, bounds: Bounds) -> None:
    index = piece.decoded.index
    back = [Rejection(int(index[one.index]), one.reason) for one in receipt.rejected]
    report.rows += piece.decoded.sent
    report.note(piece, sorted([*piece.decoded.rejected, *back]))
    report.accepted += receipt.accepted
    report.duplicates += receipt.duplicates
    bounds.count(report, piece.decoded, {one.index for one in back})


def _refused(answer: Answer) -> Exception:
    if answer.status == 503:
        return Unavailable(answer.detail)
    return Invalid(answer.detail or f"接入服务没有收下（{answer.status}）")
