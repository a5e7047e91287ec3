"""What became of a file of old observations: counts, and row, column, value, reason of refusals."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.protocols.observations import Decoded, Rejection

if TYPE_CHECKING:  # reading files brings a compiler along, which few processes need
    from anlan.protocols.observations.files import Piece

#: Refusals kept; the rest are counted.
MOST_TROUBLES: Final = 10_000
#: Sentences of the ingest process, and the field they are about.
_TOLD: Final = (
    (re.compile(r"^时间"), "time"),
    (re.compile(r"^单位"), "unit"),
    (re.compile(r"监测项"), "stream"),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A row that is not stored. `row` counts as the file shows it; `column` is its own heading."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Report:
    """What became of a file; ``accepted + duplicates + rejected`` is `rows`."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    #: Of those not rejected: older than the newest value of their stream was before.
    late: int = 0
    #: Of those not rejected: older than single values are kept; only their hours stay for long.
    outlived: int = 0
    rejected: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    def note(self, piece: "Piece", rejections: Iterable[Rejection]) -> None:
        """Note rows of a piece that are not stored."""
        for one in rejections:
            self.rejected += 1
            if len(self.troubles) < MOST_TROUBLES:
                self.troubles.append(_trouble(piece, one))


def _trouble(piece: "Piece", one: Rejection) -> Trouble:
    from anlan.protocols.observations.lines import field_of

    line = piece.lines(one.index)
    about = field_of(one.reason) or next(
        (column for sentence, column in _TOLD if sentence.search(one.reason)), ""
    )
    value = line.texts.get(about, "")
    return Trouble(line.row, piece.headings.get(about, ""), value, one.reason)


#: A time for each of some streams by code, ms; a stream that has none is left out.
Times = Mapping[str, int]

Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The newest value of each stream, and since when its single values are kept."""

    newest: Times = field(default_factory=dict)
    oldest: Times = field(default_factory=dict)

    def count(self, report: Report, decoded: Decoded, refused: Collection[int]) -> None:
        """Count the rows of a piece that lie before a bound; `refused`: indices to leave out."""
        out = list(refused)
        report.late += len(np.setdiff1d(_before(decoded, self.newest), out))
        report.outlived += len(np.setdiff1d(_before(decoded, self.oldest), out))


def _before(decoded: Decoded, bounds: Times) -> NDArray[np.int32]:
    """List the indices of rows older than their stream's bound."""
    since = np.array([bounds.get(code, -(1 << 62)) for code in decoded.codes], np.int64)
    if not len(decoded):
        return decoded.index
    older: NDArray[Any] = decoded.index[decoded.time < since[decoded.stream]]
    return older
