"""The waves the tide is made of: their arguments, and the nodal rule each follows.

Arguments and rules after Schureman (1940), table 2, and the International Hydrographic
Organization's list of constituents (2006). MA2 and MB2 are taken a year's turn off M2 without the
sun's perigee, as TICON-4 counts them. Compound waves are sums of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.engines.tide.astronomy import Floats, angles
from anlan.engines.tide.nodal import RULES, nodal
from anlan.kernel.errors import Invalid

#: Multiples of T, s, h, p, p1 and of a quarter turn; the rule.
_SIMPLE: Final = {
    "SA": ((0, 0, 1, 0, 0, 0), "none"),
    "SSA": ((0, 0, 2, 0, 0, 0), "none"),
    "MM": ((0, 1, 0, -1, 0, 0), "Mm"),
    "MF": ((0, 2, 0, 0, 0, 0), "Mf"),
    "MTM": ((0, 3, 0, -1, 0, 0), "Mf"),
    "MSQM": ((0, 4, -2, 0, 0, 0), "Mf"),
    "2Q1": ((1, -4, 1, 2, 0, 1), "O1"),
    "SGM": ((1, -4, 3, 0, 0, 1), "O1"),
    "Q1": ((1, -3, 1, 1, 0, 1), "O1"),
    "RHO1": ((1, -3, 3, -1, 0, 1), "O1"),
    "O1": ((1, -2, 1, 0, 0, 1), "O1"),
    "M1": ((1, -1, 1, 0, 0, 1), "M1"),
    "P1": ((1, 0, -1, 0, 0, 1), "none"),
    "S1": ((1, 0, 0, 0, 0, 0), "none"),
    "K1": ((1, 0, 1, 0, 0, -1), "K1"),
    "J1": ((1, 1, 1, -1, 0, -1), "J1"),
    "OO1": ((1, 2, 1, 0, 0, -1), "OO1"),
    "3N2": ((2, -5, 2, 3, 0, 0), "M2"),
    "EP2": ((2, -5, 4, 1, 0, 0), "M2"),
    "2N2": ((2, -4, 2, 2, 0, 0), "M2"),
    "MU2": ((2, -4, 4, 0, 0, 0), "M2"),
    "N2": ((2, -3, 2, 1, 0, 0), "M2"),
    "NU2": ((2, -3, 4, -1, 0, 0), "M2"),
    "MA2": ((2, -2, 1, 0, 0, 0), "M2"),
    "M2": ((2, -2, 2, 0, 0, 0), "M2"),
    "MB2": ((2, -2, 3, 0, 0, 0), "M2"),
    "LAMBDA2": ((2, -1, 0, 1, 0, 2), "M2"),
    "L2": ((2, -1, 2, -1, 0, 2), "L2"),
    "T2": ((2, 0, -1, 0, 1, 0), "none"),
    "S2": ((2, 0, 0, 0, 0, 0), "none"),
    "R2": ((2, 0, 1, 0, -1, 2), "none"),
    "K2": ((2, 0, 2, 0, 0, 0), "K2"),
    "M3": ((3, -3, 3, 0, 0, 0), "M3"),
    "S3": ((3, 0, 0, 0, 0, 0), "none"),
}

_COMPOUND: Final = {
    "MSF": {"S2": 1, "M2": -1},
    "MKS2": {"M2": 1, "K2": 1, "S2": -1},
    "2SM2": {"S2": 2, "M2": -1},
    "MK3": {"M2": 1, "K1": 1},
    "2MK3": {"M2": 2, "K1": -1},
    "SK3": {"S2": 1, "K1": 1},
    "SO3": {"S2": 1, "O1": 1},
    "N4": {"N2": 2},
    "MN4": {"M2": 1, "N2": 1},
    "M4": {"M2": 2},
    "MS4": {"M2": 1, "S2": 1},
    "S4": {"S2": 2},
    "2MO5": {"M2": 2, "O1": 1},
    "2MK5": {"M2": 2, "K1": 1},
    "2MN6": {"M2": 2, "N2": 1},
    "M6": {"M2": 3},
    "2MS6": {"M2": 2, "S2": 1},
    "2SM6": {"S2": 2, "M2": 1},
    "S6": {"S2": 3},
    "M8": {"M2": 4},
}

#: Spellings of other tables.
_OTHERWISE: Final = {
    "LAM2": "LAMBDA2",
    "LDA2": "LAMBDA2",
    "EPS2": "EP2",
    "RHO": "RHO1",
    "SIG1": "SGM",
    "SIGMA1": "SGM",
}

#: All that can be predicted and looked for.
NAMES: Final = (*_SIMPLE, *_COMPOUND)

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Some constituents side by side.

    arguments: (n, 7) multiples of the rows of `Angles`. rules: (n, rules) how often each nodal
    rule takes part, with its sign.
    """

    names: tuple[str, ...]
    # As floats: whole numbers are multiplied one by one, floats by the processor's own library.
    arguments: Floats
    rules: Floats

    def at(self, times: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Tell factor f (no unit) and argument V + u (radians) at `times`, (n, t) each."""
        angle = angles(times)
        now = nodal(angle)
        factor = np.exp(np.abs(self.rules) @ np.log(now.factor))
        argument = self.arguments @ np.mod(angle.rows(), 360.0) + self.rules @ now.shift
        return factor, np.radians(np.mod(argument, 360.0))

    def speeds(self) -> Floats:
        """Tell degrees an hour in the year 2000, (n,); M1's is without the turn of its rule."""
        then = np.array([946_728_000_000])
        day = 24 * _HOUR_MS
        gone = angles(then + day).rows() - angles(then).rows()
        gone[0] = 360.0
        speed: Floats = (self.arguments @ gone)[:, 0] / 24.0
        return speed


def known(name: str) -> str:
    """Spell a constituent's name as it is here; empty when it is not known.

    >>> known("m2"), known("Lam2"), known("3L2")
    ('M2', 'LAMBDA2', '')
    """
    plain = name.strip().upper()
    plain = _OTHERWISE.get(plain, plain)
    return plain if plain in NAMES else ""


def waves(names: Sequence[str]) -> Waves:
    """Lay out constituents by name; `Invalid` when one is not known or is named twice."""
    spelled = tuple(known(name) for name in names)
    strange = [name for name, plain in zip(names, spelled, strict=True) if not plain]
    if strange:
        raise Invalid(f"不认识的分潮：{'、'.join(strange)}")
    if len(set(spelled)) < len(spelled):
        raise Invalid("同一个分潮写了两次")
    rows = [_rows(name) for name in spelled]
    return Waves(
        names=spelled,
        arguments=np.array([row[0] for row in rows], dtype=np.float64).reshape(-1, 7),
        rules=np.array([row[1] for row in rows], dtype=np.float64).reshape(-1, len(RULES)),
    )


def _rows(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    parts = _COMPOUND.get(name, {name: 1})
    arguments = np.zeros(7, dtype=np.int64)
    rules = np.zeros(len(RULES), dtype=np.int64)
    for part, times in parts.items():
        (hour, moon, sun, perigee, solar, quarter), rule = _SIMPLE[part]
        arguments += times * np.array((hour, moon, sun, perigee, 0, solar, quarter))
        rules[RULES.index(rule)] += times
    return arguments, rules
