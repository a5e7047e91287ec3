"""What the astronomical tide does: h(t) = mean + sum of f A cos(V + u - g)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.tide.astronomy import Floats
from anlan.engines.tide.constituents import known, waves

Times = NDArray[np.int64]

#: Moments reckoned at once, so that a century by the minute does not fill the memory.
_AT_ONCE: Final = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """Harmonic constants of one place.

    amplitude: metres, (n,). lag: Greenwich phase lag g, degrees, (n,), for times in UTC. mean:
    metres of mean level above the zero that heights shall have; NaN is not allowed.
    """

    names: tuple[str, ...]
    amplitude: Floats
    lag: Floats
    mean: float = 0.0

    @classmethod
    def of(
        cls, table: Mapping[str, tuple[float, float]], *, mean: float = 0.0
    ) -> tuple["Constants", tuple[str, ...]]:
        """Take a table of (amplitude in m, lag in degrees) by name; names not known come back.

        Published tables hold a few waves of millimetres that every source defines differently.
        Whoever asks decides whether the tide may do without those named.
        """
        strange = tuple(name for name in table if not known(name))
        rows = {known(name): pair for name, pair in table.items() if known(name)}
        pairs = np.array(list(rows.values()), dtype=np.float64).reshape(-1, 2)
        return cls(tuple(rows), pairs[:, 0], pairs[:, 1], mean), strange


def predict(constants: Constants, times: Times) -> Floats:
    """Tell the height at `times` (t,), metres above the zero of `constants.mean`.

    The nodal factors are those of each moment, not of the middle of the year.
    """
    laid = waves(constants.names)
    lag = np.radians(constants.lag)[:, None]
    level = np.full(len(times), constants.mean)
    for start in range(0, len(times), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        factor, argument = laid.at(times[part])
        level[part] += constants.amplitude @ (factor * np.cos(argument - lag))
    return level


def residuals(constants: Constants, times: Times, levels: Floats) -> Floats:
    """Tell what is left of observed `levels` (m) without the tide: surge and other weather.

    A value not known (NaN) stays unknown.
    """
    left: Floats = levels - predict(constants, times)
    return left
