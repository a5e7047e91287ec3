"""What instruments show while nothing happens: their level, its daily course and its noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county.model import Stream

from . import noise
from .air import FIRST_HOUR

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Everything a quiet instrument's values depend on; ``hours`` are those of its values."""

    stream: Stream
    seed: int
    hours: Floats

    def share(self, what: str) -> float:
        """One number between 0 and 1 of this instrument."""
        return noise.share(self.seed, f"{self.stream.code}/{what}")

    def wander(self, size: float, every_h: float = 1.5) -> Floats:
        """Slow noise."""
        return noise.wander(self.seed, self.stream.code, self.hours, size, every_h=every_h)

    def jitter(self, size: float) -> Floats:
        """Quick noise."""
        return noise.jitter(self.seed, self.stream.code, self.hours.size, size)

    def warmth(self) -> Floats:
        """-1 before dawn, 1 in the early afternoon."""
        return np.cos((self.hours + FIRST_HOUR - 14.5) / 24 * 2 * np.pi)


def _gas(one: Quiet) -> Floats:
    return np.clip(0.9 + 0.6 * one.share("zero") + one.wander(0.35) + one.jitter(0.25), 0, None)


def _toxic(one: Quiet) -> Floats:
    return np.clip(0.35 + one.wander(0.1) + one.jitter(0.08), 0, None)


def _tank_level(one: Quiet) -> Floats:
    first = 25 + 35 * one.share("first")
    begins, takes = 2 + 16 * one.share("begins"), 4 + 3 * one.share("takes")
    moved = 14 if one.share("way") < 0.5 else -12
    return (
        first
        + moved * np.clip((one.hours - begins) / takes, 0, 1)
        + one.wander(0.05)
        + one.jitter(0.04)
    )


def _tank_temperature(one: Quiet) -> Floats:
    return 27 + 4 * one.share("base") + 3.5 * one.warmth() + one.wander(0.25) + one.jitter(0.06)


def _tank_pressure(one: Quiet) -> Floats:
    high = one.stream.level("H") or 1.0
    return high * (0.42 + 0.1 * one.share("base") + 0.03 * one.warmth() + one.wander(0.01))


def _crack(one: Quiet) -> Floats:
    return 2 + 4 * one.share("base") + 0.1 * one.warmth() + one.wander(0.05) + one.jitter(0.02)


def _tilt(one: Quiet) -> Floats:
    return 0.1 + 0.4 * one.share("base") + 0.01 * one.warmth() + one.jitter(0.008)


def _shift(one: Quiet) -> Floats:
    return 4 + 9 * one.share("base") + one.wander(0.4) + one.jitter(0.25)


def _soil(one: Quiet) -> Floats:
    return 26 + 7 * one.share("base") - 0.02 * one.hours + one.wander(0.15) + one.jitter(0.05)


def _seepage(one: Quiet) -> Floats:
    usual = (one.stream.level("blue") or 2.2) / 2.2
    return usual * (0.85 + 0.2 * one.share("base")) + one.wander(0.02 * usual) + one.jitter(0.04)


def _phreatic(one: Quiet) -> Floats:
    return 5.6 + 2.2 * one.share("base") + one.wander(0.02, 4) + one.jitter(0.008)


def _beach(one: Quiet) -> Floats:
    return 130 + 40 * one.share("base") + one.wander(0.4, 4) + one.jitter(0.15)


def _freeboard(one: Quiet) -> Floats:
    return 2.1 + 0.5 * one.share("base") + one.wander(0.01, 4) + one.jitter(0.006)


def _pore(one: Quiet) -> Floats:
    return 42 + 10 * one.share("base") + one.wander(0.3) + one.jitter(0.1)


def _gas_pressure(one: Quiet) -> Floats:
    low, high = one.stream.level("L") or 0.15, one.stream.level("H") or 0.38
    used = 0.06 * np.cos((one.hours + FIRST_HOUR - 18.5) / 12 * 2 * np.pi)
    return low + (high - low) * (0.55 - used + one.wander(0.02) + one.jitter(0.006))


def _hydrant(one: Quiet) -> Floats:
    low = one.stream.level("L") or 0.1
    used = 0.15 * np.cos((one.hours + FIRST_HOUR - 19) / 12 * 2 * np.pi)
    return low * (2.6 + 0.5 * one.share("base") - used + one.wander(0.04) + one.jitter(0.02))


def _vehicle_speed(one: Quiet) -> Floats:
    """Two trips by day; on the road 45 to 68 km/h."""
    speed = np.zeros(one.hours.size)
    for trip in range(2):
        begins = 0.5 + 5 * trip + 2.5 * one.share(f"trip{trip}")
        takes = 0.8 + 1.2 * one.share(f"takes{trip}")
        since = one.hours - begins
        grown = np.clip(np.minimum(since, takes - since) / 0.08, 0, 1)
        speed = np.maximum(speed, grown * (15.5 + 0.9 * one.jitter(1.0)))
    return np.clip(speed, 0, 19.0)


QUIET: Final[dict[str, Callable[[Quiet], Floats]]] = {
    "combustible-gas": _gas,
    "toxic-gas": _toxic,
    "tank-level": _tank_level,
    "tank-temperature": _tank_temperature,
    "tank-pressure": _tank_pressure,
    "crack": _crack,
    "tilt": _tilt,
    "displacement": _shift,
    "soil-moisture": _soil,
    "seepage": _seepage,
    "phreatic-depth": _phreatic,
    "dry-beach": _beach,
    "freeboard": _freeboard,
    "pore-pressure": _pore,
    "gas-pressure": _gas_pressure,
    "water-pressure": _hydrant,
    "vehicle-speed": _vehicle_speed,
}
