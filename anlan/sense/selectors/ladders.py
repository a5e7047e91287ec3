"""How far values are from the levels of their streams: arrays, so that many take no time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.sense.rules.limits import SEASONAL, season_of

TABLE = "stream-level-kinds"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of level the value itself is held against."""

    code: str
    title: str
    title_en: str
    #: 1 when higher is worse, -1 when lower is, 0 when the stream's own levels tell.
    sign: int
    family: str


def kinds() -> tuple[Kind, ...]:
    """List the kinds a value is held against; sums have theirs in the rules."""
    signs = {"up": 1, "down": -1, "own": 0}
    return tuple(
        Kind(row.code, row.name, row.name_en, signs[row.text("direction") or "up"],
             row.text("family") or "")
        for row in codes.table(TABLE)
        if row.text("against") != "sum"
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The level each value is nearest to, (n,).

    distance: how far still to go to the nearest level ahead; negative, once one is reached, by how
    much the worst reached one is exceeded. NaN where there is no level or no value. kind: place in
    `Ladders.kinds`, -1 for none.
    """

    distance: Floats
    kind: NDArray[np.intp]


class Ladders:
    """The levels of some streams, in their order."""

    def __init__(self, levels: Sequence[Mapping[str, float] | None]) -> None:
        self.kinds = kinds()
        places = {kind.code: place for place, kind in enumerate(self.kinds)}
        self.limit = np.full((len(levels), len(self.kinds)), np.nan)
        for row, own in enumerate(levels):
            for code, value in (own or {}).items():
                if code in places:
                    self.limit[row, places[code]] = value
        sign = np.array([kind.sign for kind in self.kinds], np.float64)
        self.sign = np.where(sign == 0, self._own()[:, None], sign)

    def at(self, places: NDArray[np.intp]) -> "Ladders":
        """Take the levels of some of the streams."""
        if len(places) == len(self.limit) and bool((places == np.arange(len(places))).all()):
            return self
        part = object.__new__(Ladders)
        part.kinds = self.kinds
        part.limit, part.sign = self.limit[places], self.sign[places]
        return part

    def _own(self) -> Floats:
        """Tell the direction of levels that are the stream's own: from the mildest to the worst."""
        own = [place for place, kind in enumerate(self.kinds) if kind.sign == 0]
        limits = self.limit[:, own]
        known = ~np.isnan(limits)
        first = np.argmax(known, axis=1)
        last = limits.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
        rows = np.arange(len(limits))
        falls = np.where(known.any(axis=1), limits[rows, last] < limits[rows, first], False)
        return np.where(falls, -1.0, 1.0)

    def in_force(self, on: date) -> NDArray[np.bool_]:
        """Tell which kinds hold on a day: of the flood limits the season's."""
        season = season_of(on)
        return np.array(
            [
                not kind.code.startswith(f"{SEASONAL}-") or kind.code == f"{SEASONAL}-{season}"
                for kind in self.kinds
            ],
            np.bool_,
        )

    def nearest(self, value: Floats, on: date) -> Nearest:
        """Find the nearest level of each value (NaN: not known)."""
        ahead = (self.limit - value[:, None]) * self.sign
        ahead[:, ~self.in_force(on)] = np.nan
        reached = np.where(ahead <= 0, ahead, -np.inf)
        coming = np.where(ahead > 0, ahead, np.inf)
        beyond = (ahead <= 0).any(axis=1)
        known = ~np.isnan(ahead).all(axis=1) if len(self.kinds) else np.zeros(len(value), bool)
        place = np.where(beyond, np.argmax(reached, axis=1), np.argmin(coming, axis=1))
        distance = np.take_along_axis(ahead, place[:, None], axis=1)[:, 0]
        return Nearest(np.where(known, distance, np.nan), np.where(known, place, -1))
