"""Which streams there are and in what unit they come: arrays by number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anlan.codes import quantities
from anlan.kernel.errors import Invalid
from anlan.kernel.units import unit as unit_named
from anlan.sense.selectors.directory import Streams

#: One sentence for what does not exist and what is another's: nobody finds out by trying.
UNKNOWN: Final = "没有可由您上报的监测项「{code}」"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sends, and the numbers of the streams it may write; None may write all."""

    #: For logs and receipts: ``device:ID``, ``user:ID``, ``source:CODE``.
    ref: str
    numbers: frozenset[int] | None = None
    #: What a row is told whose stream is none of them; ``{code}`` is what it was sent as.
    unknown: str = UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """Streams as the intake needs them. Arrays reach to the highest number, (m,).

    A stored value is ``sent * factor + offset``, in the unit of the stream's quantity.
    """

    #: What it was made of, sorted by number.
    streams: Streams
    #: Codes of streams in use.
    numbers: Mapping[str, int]
    factor: NDArray[np.float64]
    offset: NDArray[np.float64]
    #: Part of `offset`: added after the unit was converted (a gauge's zero).
    added: NDArray[np.float64]
    #: Place in `units`, -1 for a quantity nobody knows.
    quantity: NDArray[np.int16]
    #: Units of the quantities.
    units: tuple[str, ...]
    #: True while a maintenance window lies over the stream.
    maintained: NDArray[np.bool_]
    _scales: dict[tuple[str, int], tuple[float, float] | None] = field(default_factory=dict)

    @staticmethod
    def of(streams: Streams) -> "Directory":
        """Lay streams out by number."""
        size = int(streams.number.max()) + 1 if len(streams) else 1

        def by_number(values: ArrayLike, missing: float, kind: type[np.generic]) -> NDArray[Any]:
            laid = np.full(size, missing, kind)
            laid[streams.number] = values
            return laid

        known = sorted({row.quantity for row in streams.rows})
        places = {key: place for place, key in enumerate(known)}
        return Directory(
            streams=streams,
            numbers={row.code: row.number for row in streams.rows},
            factor=by_number(streams.factor, 1.0, np.float64),
            offset=by_number(streams.offset, 0.0, np.float64),
            added=by_number(streams.added, 0.0, np.float64),
            quantity=by_number([places[row.quantity] for row in streams.rows], -1, np.int16),
            units=tuple(_unit_of(key) for key in known),
            maintained=by_number(streams.maintained, 0, np.bool_),
        )

    @property
    def edition(self) -> int:
        """What the streams were read at."""
        return self.streams.edition

    def __len__(self) -> int:
        """Count the streams in use."""
        return len(self.numbers)

    def scale(self, unit: str, quantity: int) -> tuple[float, float] | None:
        """Tell factor and offset from a unit somebody named; None when it does not fit."""
        key = (unit, quantity)
        if key not in self._scales:
            self._scales[key] = _scale(unit, self.units[quantity]) if quantity >= 0 else None
        return self._scales[key]


def _unit_of(key: str) -> str:
    found = quantities.get(key)
    return found.unit if found is not None else ""


def _scale(given: str, wanted: str) -> tuple[float, float] | None:
    try:
        source, target = unit_named(given), unit_named(wanted)
    except Invalid:
        return None
    if source.dimension != target.dimension:
        return None
    return source.factor / target.factor, (source.offset - target.offset) / target.factor
