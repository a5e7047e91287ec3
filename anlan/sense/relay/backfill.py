"""Old observations of a file, sent to the ingest process piece by piece."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from anlan.kernel.errors import Invalid, Unavailable
from anlan.protocols.observations import Decoded, Rejection
from anlan.protocols.observations.files import Piece
from anlan.protocols.observations.media import ARROW
from anlan.protocols.observations.writing import encode_arrow
from anlan.sense.receipts import Receipt
from anlan.sense.relay.calling import Caller
from anlan.sense.relay.frames import Answer, Ask

#: Pieces sent before the first of them must be durable.
IN_FLIGHT: Final = 4
#: Reasons kept; the rest are counted.
MOST_REASONS: Final = 10_000
REF: Final = "system:import"

Told = Callable[[float], None]


@dataclass
class Report:
    """What became of a file. `reasons` are (row below the header from 1, reason)."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)

    def note(self, first: int, rejections: Iterable[Rejection]) -> None:
        """Note rows that are not stored."""
        for one in rejections:
            self.rejected += 1
            if len(self.reasons) < MOST_REASONS:
                self.reasons.append((first + one.index, one.reason))


@dataclass(frozen=True)
class _Sent:
    first: int
    decoded: Decoded


def send(workspace: Path, pieces: Iterator[Piece], progress: Told) -> Report:
    """Send a file's pieces, marked as old so that none of it raises an alarm.

    May be done again: what is stored already counts as a duplicate. `Unavailable` when the ingest
    process is away or goes; what the report said until then is stored.
    """
    report = Report()
    with Caller(workspace) as caller:
        waiting: dict[int, _Sent] = {}
        for piece in pieces:
            report.rows += piece.decoded.sent
            report.note(piece.first, piece.decoded.rejected)
            if len(piece.decoded):
                ask = Ask("vouched", content_type=ARROW, backfill=True, ref=REF)
                number = caller.send(ask, encode_arrow(piece.decoded))
                waiting[number] = _Sent(piece.first, piece.decoded)
            while len(waiting) >= IN_FLIGHT:
                _take(caller, waiting, report)
            progress(piece.done)
        while waiting:
            _take(caller, waiting, report)
    report.reasons.sort()
    return report


def examine(pieces: Iterator[Piece], known: frozenset[str], progress: Told) -> Report:
    """Read a file without sending it; `known` are the codes there are."""
    report = Report()
    for piece in pieces:
        decoded = piece.decoded
        report.rows += decoded.sent
        report.note(piece.first, decoded.rejected)
        strange = {place for place, code in enumerate(decoded.codes) if code not in known}
        pairs = zip(decoded.index.tolist(), decoded.stream.tolist(), strict=True)
        unknown = [
            Rejection(index, f"没有监测项「{decoded.codes[place]}」")
            for index, place in pairs
            if place in strange
        ]
        report.note(piece.first, unknown)
        report.accepted += len(decoded) - len(unknown)
        progress(piece.done)
    report.reasons.sort()
    return report


def _take(caller: Caller, waiting: dict[int, _Sent], report: Report) -> None:
    answer, told = caller.receive()
    sent = waiting.pop(answer.number)
    if answer.status != 200:
        raise _refused(answer)
    receipt = msgspec.json.decode(told, type=Receipt)
    report.accepted += receipt.accepted
    report.duplicates += receipt.duplicates
    index = sent.decoded.index
    back = (Rejection(int(index[one.index]), one.reason) for one in receipt.rejected)
    report.note(sent.first, back)


def _refused(answer: Answer) -> Exception:
    if answer.status == 503:
        return Unavailable(answer.detail)
    return Invalid(answer.detail or f"接入服务没有收下（{answer.status}）")
