"""How the tilt of the moon's path, turning round in 18.6 years, swells and shifts each wave.

Formulas of Schureman, Manual of Harmonic Analysis and Prediction of Tides (Special Publication
98, 1940), by his numbers; the mean values are those he divides by. Valid for every place.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.engines.tide.astronomy import Angles, Floats

#: Tilt of the ecliptic, and of the moon's path against it, in radians (Schureman, table 1).
_OBLIQUITY: Final = np.radians(23.452)
_LUNAR_TILT: Final = np.radians(5.145)


@dataclass(frozen=True, slots=True, eq=False)
class Nodal:
    """Factors (no unit) and shifts (degrees) by rule, (rules, t) each, in the order of `RULES`."""

    factor: Floats
    shift: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Orbit:
    """The moon's path against the equator, (t,) each, in radians."""

    tilt: Floats
    xi: Floats
    nu: Floats
    nu_k1: Floats
    nu_k2: Floats
    #: Of the perigee, counted from the crossing with the equator.
    perigee: Floats


def nodal(at: Angles) -> Nodal:
    """Tell factor and shift of every rule at the times of `at`."""
    orbit = _orbit(at)
    pairs = [rule(orbit) for rule in _PAIRS.values()]
    return Nodal(
        factor=np.stack([factor for factor, _ in pairs]),
        shift=np.degrees(np.stack([shift for _, shift in pairs])),
    )


def _orbit(at: Angles) -> _Orbit:
    node = np.radians(np.mod(at.node, 360.0))
    tilt = np.arccos(
        np.cos(_OBLIQUITY) * np.cos(_LUNAR_TILT)
        - np.sin(_OBLIQUITY) * np.sin(_LUNAR_TILT) * np.cos(node)
    )
    half = np.arctan2(np.sin(node / 2), np.cos(node / 2))
    less, more = (_OBLIQUITY - _LUNAR_TILT) / 2, (_OBLIQUITY + _LUNAR_TILT) / 2
    tangent = np.tan(half)
    one = np.arctan(np.cos(less) / np.cos(more) * tangent) - np.arctan(tangent)
    two = np.arctan(np.sin(less) / np.sin(more) * tangent) - np.arctan(tangent)
    nu = one - two
    doubled = np.sin(2 * tilt)
    squared = np.sin(tilt) ** 2
    return _Orbit(
        tilt=tilt,
        xi=-(one + two),
        nu=nu,
        nu_k1=np.arctan2(doubled * np.sin(nu), doubled * np.cos(nu) + 0.3347),
        nu_k2=np.arctan2(squared * np.sin(2 * nu), squared * np.cos(2 * nu) + 0.0727) / 2,
        perigee=np.radians(np.mod(at.perigee, 360.0)) + one + two,
    )


Pair = tuple[Floats, Floats]


def _none(orbit: _Orbit) -> Pair:
    return np.ones_like(orbit.tilt), np.zeros_like(orbit.tilt)


def _mm(orbit: _Orbit) -> Pair:
    return (2 / 3 - np.sin(orbit.tilt) ** 2) / 0.5021, np.zeros_like(orbit.tilt)  # 73


def _mf(orbit: _Orbit) -> Pair:
    return np.sin(orbit.tilt) ** 2 / 0.1578, -2 * orbit.xi  # 74


def _o1(orbit: _Orbit) -> Pair:
    factor = np.sin(orbit.tilt) * np.cos(orbit.tilt / 2) ** 2 / 0.3800  # 75
    return factor, 2 * orbit.xi - orbit.nu


def _k1(orbit: _Orbit) -> Pair:
    doubled = np.sin(2 * orbit.tilt)
    factor = np.sqrt(0.8965 * doubled**2 + 0.6001 * doubled * np.cos(orbit.nu) + 0.1006)  # 227
    return factor, -orbit.nu_k1


def _j1(orbit: _Orbit) -> Pair:
    return np.sin(2 * orbit.tilt) / 0.7214, -orbit.nu  # 76


def _oo1(orbit: _Orbit) -> Pair:
    factor = np.sin(orbit.tilt) * np.sin(orbit.tilt / 2) ** 2 / 0.0164  # 77
    return factor, -2 * orbit.xi - orbit.nu


def _m1(orbit: _Orbit) -> Pair:
    cosine, half = np.cos(orbit.tilt), np.cos(orbit.tilt / 2) ** 2
    ratio = cosine / half
    size = np.sqrt(0.25 + 1.5 * ratio * np.cos(2 * orbit.perigee) + 2.25 * ratio**2)  # 197
    turn = (5 * cosine - 1) / (7 * cosine + 1)  # 203
    shift = np.arctan2(turn * np.sin(orbit.perigee), np.cos(orbit.perigee))
    return _o1(orbit)[0] * size, orbit.xi - orbit.nu + shift


def _m2(orbit: _Orbit) -> Pair:
    return np.cos(orbit.tilt / 2) ** 4 / 0.9154, 2 * orbit.xi - 2 * orbit.nu  # 78


def _m3(orbit: _Orbit) -> Pair:
    return np.cos(orbit.tilt / 2) ** 6 / 0.8758, 3 * orbit.xi - 3 * orbit.nu  # 149


def _k2(orbit: _Orbit) -> Pair:
    squared = np.sin(orbit.tilt) ** 2
    factor = np.sqrt(19.0444 * squared**2 + 2.7702 * squared * np.cos(2 * orbit.nu) + 0.0981)  # 235
    return factor, -2 * orbit.nu_k2


def _l2(orbit: _Orbit) -> Pair:
    factor, shift = _m2(orbit)
    tangent = np.tan(orbit.tilt / 2) ** 2
    cosine, sine = np.cos(2 * orbit.perigee), np.sin(2 * orbit.perigee)
    size = np.sqrt(1 - 12 * tangent * cosine + 36 * tangent**2)  # 213
    return factor * size, shift - np.arctan2(sine, 1 / (6 * tangent) - cosine)  # 214


_PAIRS: Final = {
    "none": _none,
    "Mm": _mm,
    "Mf": _mf,
    "O1": _o1,
    "K1": _k1,
    "J1": _j1,
    "OO1": _oo1,
    "M1": _m1,
    "M2": _m2,
    "M3": _m3,
    "K2": _k2,
    "L2": _l2,
}

#: What a wave may follow; "none" are the sun's own.
RULES: Final = tuple(_PAIRS)
