"""The cube root that bed friction begins with, and friction itself against Manning written out."""

from typing import Any

import numpy as np
import pytest

from anlan.engines.compiled import compiled
from anlan.engines.surge.kernels_roots import rooted
from anlan.engines.surge.kernels_rows import slowed
from anlan.engines.surge.layout import DRY, LAWS

#: m, from a film of water to the deepest sea.
DEPTHS = np.exp(np.linspace(np.log(1e-6), np.log(1.1e4), 20_001))


@compiled
def guesses(numbers: Any, found: Any) -> None:
    for i in range(numbers.size):
        found[i] = rooted(numbers[i])


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_guessed_root_is_near_and_one_step_brings_it_home(kind: Any) -> None:
    depth = DEPTHS.astype(kind)
    found = np.empty_like(depth)
    guesses(depth, found)
    root, deep = found.astype(np.float64), depth.astype(np.float64)
    assert np.abs(root / np.cbrt(deep) - 1).max() < 1 / 28
    root *= (root**3 + 2 * deep) / (2 * root**3 + deep)
    assert np.abs(root / np.cbrt(deep) - 1).max() < 3e-5


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("speed", [1e-3, 1.0, 20.0])
def test_a_bed_slows_water_of_any_depth_as_manning_says(kind: Any, speed: float) -> None:
    dt, manning = 2.0, 0.03
    law = np.zeros(LAWS, kind)
    law[DRY] = 1e-6
    h = DEPTHS.astype(kind)
    p, q = (0.6 * speed * DEPTHS).astype(kind), (0.8 * speed * DEPTHS).astype(kind)
    keep = np.empty_like(h)
    slowed(h, p, q, np.full_like(h, 9.81 * manning**2), keep, kind(dt), law)
    r = np.sqrt(1 + 4 * dt * 9.81 * manning**2 * speed / DEPTHS ** (4 / 3))
    assert np.hypot(p, q).astype(np.float64) == pytest.approx(
        speed * DEPTHS * 2 / (1 + r), rel=5e-5
    )
    assert keep == pytest.approx(4 / (3 + r), rel=5e-5)
