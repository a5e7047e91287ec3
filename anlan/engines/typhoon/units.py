"""Whether winds are in the unit they are said to be in: no form of a track has a place for it.

Knots taken for metres a second show against whatever else is told of the storm: its pressure, its
grade or force, what was told of it before, what other agencies tell. Where nothing is, a person is
asked to look.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from anlan.kernel.errors import Invalid

Floats = NDArray[np.float64]
#: "" is that of the form of the file.
Unit = Literal["", "m/s", "knots"]

KNOT: Final = 0.514444
#: The share of Atkinson and Holliday's wind that the agencies' winds have lies between 0.76 and
#: 1.19 in the median of every storm at hand, down to 1002 hPa; weaker ones tell nothing. One that
#: dies has had half of it between 995 and 1002 hPa.
_FITTING: Final = (0.6, 1.35)
_WEAKEST_HPA: Final = 1002.0
_DEEP_HPA: Final = 995.0
#: A wind so far beyond its grade is still of it: agencies round.
_SLACK: Final = 0.12
#: Winds of two bulletins that are so many times each other's differ by the unit.
_TWICE: Final = (1.7, 2.2)
#: Lower ends of grades by GB/T 19201-2006, m/s; the last is more than any storm had.
GRADES: Final = (10.8, 17.2, 24.5, 32.7, 41.5, 51.0, 85.0)
#: Lower ends of forces 5 to 18 by GB/T 28591-2012, m/s, and the same end.
_FORCES: Final = (
    8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1, 61.3, 85.0,
)  # fmt: skip
_WEAKEST_FORCE: Final = 5

Span = tuple[float, float]
UNKNOWN: Final[Span] = (float("nan"), float("nan"))


def span_of_grade(rank: int) -> Span:
    """Tell the winds of a grade: 1 tropical depression ... 6 super typhoon; others are unknown."""
    return (GRADES[rank - 1], GRADES[rank]) if 1 <= rank < len(GRADES) else UNKNOWN


def span_of_force(force: float) -> Span:
    """Tell the winds of a force of the Beaufort scale; those below 5 and what is none are unknown.

    >>> span_of_force(12)
    (32.7, 37.0)
    """
    place = int(force) - _WEAKEST_FORCE if np.isfinite(force) else -1
    return (_FORCES[place], _FORCES[place + 1]) if 0 <= place < len(_FORCES) - 1 else UNKNOWN


@dataclass(frozen=True, slots=True)
class _Verdict:
    """asked: there was something to set the winds against. twice: they only fit it as knots."""

    asked: bool
    twice: str = ""
    odd: str = ""


def weigh(wind: Floats, pressure: Floats, spans: Floats, *, sure: bool, named: bool) -> list[str]:
    """Refuse winds that only fit what else is told as knots; tell of what is odd or unknowable.

    wind: m/s, (n,); pressure: hPa, (n,); spans: winds of the grade that is told, m/s, (n, 2).
    sure: somebody said what the unit is, so nothing is refused. named: the form says its unit, so
    nobody is asked.
    """
    verdicts = (_by_pressure(wind, pressure), _by_grade(wind, spans))
    twice = [one.twice for one in verdicts if one.twice]
    if twice and not sure:
        raise Invalid(f"{twice[0]}，像是把节当成了米每秒，请写明单位")
    told = [f"{one}，按写明的单位用" for one in twice] + [one.odd for one in verdicts if one.odd]
    if not named and not any(one.asked for one in verdicts) and np.isfinite(wind).any():
        told.append(unasked(wind))
    return told


def unasked(wind: Floats) -> str:
    """Ask a person to look at winds that nothing tells the unit of."""
    most = float(np.nanmax(wind))
    return f"没有气压、等级可以核对风速的单位，按米每秒用（最大 {most:.0f}），请看一眼是不是节"


def is_twice(wind: Floats, other: Floats) -> bool:
    """Tell whether winds are those of somebody else in knots, by the median of (n,) pairs."""
    both = comparable(wind, other)
    if both.sum() < 2:
        return False
    low, high = _TWICE
    return bool(low <= float(np.median(wind[both] / other[both])) <= high)


def comparable(wind: Floats, other: Floats) -> NDArray[np.bool_]:
    """Tell where both of two rows of winds are known."""
    return np.asarray(np.isfinite(wind) & np.isfinite(other) & (other > 0))


def usual(pressure: float) -> float:
    """Tell the wind of Atkinson and Holliday 1977 for a central pressure, m/s."""
    return float(3.44 * (1010.0 - pressure) ** 0.644)


def _by_pressure(wind: Floats, pressure: Floats) -> _Verdict:
    """Set winds against pressures; half as strong may be a storm that turns into another kind."""
    low, high = _FITTING
    told = np.isfinite(wind) & np.isfinite(pressure) & (pressure <= _WEAKEST_HPA)
    if told.sum() < 2:
        return _Verdict(asked=False)
    share = _share(wind[told], pressure[told])
    if share > high:
        at = int(np.argmax(np.where(told, wind, 0.0)))
        hpa, fits = float(pressure[at]), usual(float(pressure[at]))
        said = f"风速与气压不符：{hpa:g} 百帕约为每秒 {fits:.0f} 米，写的是 {wind[at]:.0f}"
        return _Verdict(asked=True, twice=said)
    deep = told & (pressure <= _DEEP_HPA)
    half = deep.sum() >= 2 and _share(wind[deep], pressure[deep]) < low
    odd = "风速只有同样气压通常风速的一半左右，请核对单位" if half else ""
    return _Verdict(asked=True, odd=odd)


def _share(wind: Floats, pressure: Floats) -> float:
    return float(np.median(wind / [usual(float(one)) for one in pressure]))


def _by_grade(wind: Floats, spans: Floats) -> _Verdict:
    known = np.isfinite(wind) & np.isfinite(spans[:, 0])
    if not known.any():
        return _Verdict(asked=False)
    told, (low, high) = wind[known], spans[known].T

    def fits(speed: Floats) -> Floats:
        return np.asarray((speed >= low * (1 - _SLACK)) & (speed <= high * (1 + _SLACK)), float)

    if fits(told).mean() >= 0.5:
        return _Verdict(asked=True)
    at = int(np.argmax(told))
    if fits(told * KNOT).mean() >= 0.5:
        return _Verdict(
            asked=True,
            twice=f"风速与等级不符：报的等级是每秒 {low[at]:g} 到 {high[at]:g} 米，"
            f"写的是 {told[at]:.0f}",
        )
    return _Verdict(asked=True, odd="风速与报的等级多处不符，请核对单位")
