"""Noise that looks like an instrument's: slow wander and quick jitter, from a seed and a name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.demo.county import frame

Floats = NDArray[np.float64]


def wander(seed: int, name: str, hours: Floats, size: float, *, every_h: float = 1.5) -> Floats:
    """Slow noise of about ``size``, smooth over ``every_h``, at times (t,)."""
    rng = frame.stream(seed, "wander", name)
    knots = np.arange(hours[0] - every_h, hours[-1] + 2 * every_h, every_h)
    return np.interp(hours, knots, rng.normal(0, size, knots.size))


def jitter(seed: int, name: str, count: int, size: float) -> Floats:
    """Independent noise of ``size`` standard deviations, cut off at three of them, (n,)."""
    rng = frame.stream(seed, "jitter", name)
    return np.asarray(np.clip(rng.normal(0, size, count), -3 * size, 3 * size))


def share(seed: int, name: str) -> float:
    """One number between 0 and 1 that belongs to a name."""
    return float(frame.stream(seed, "share", name).random())
