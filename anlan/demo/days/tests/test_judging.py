"""The slow and plain judge itself, on series one can follow with a finger."""

import math

import numpy as np
import pytest

from anlan.demo.days.judging import (
    Bar,
    Stay,
    aggregated,
    carried,
    falls,
    merged,
    rises,
    stays,
    sums,
)

MINUTES = np.arange(8, dtype=np.int64) * 60_000


def test_a_level_is_left_only_beyond_its_hysteresis() -> None:
    value = np.array([1.0, 5.0, 4.8, 5.1, 4.4, 5.0, 1.0, 1.0])
    (stay,) = stays(MINUTES, value, Bar(">=", 5.0, hysteresis=1.0), 3)
    assert stay == Stay(60_000, 60_000, 360_000.0, 3)
    without = stays(MINUTES, value, Bar(">=", 5.0), 3)
    assert [one.entered for one in without] == [60_000, 180_000, 300_000]


def test_a_crossing_shorter_than_its_hold_is_none() -> None:
    value = np.array([1.0, 6.0, 6.0, 1.0, 6.0, 6.0, 6.0, 6.0])
    (stay,) = stays(MINUTES, value, Bar(">=", 5.0, hold_ms=120_000), 2)
    assert (stay.crossed, stay.entered, stay.left) == (240_000, 360_000, math.inf)


def test_lower_may_be_worse() -> None:
    value = np.array([9.0, 9.0, 3.0, 3.5, 9.0, 9.0, 9.0, 9.0])
    (stay,) = stays(MINUTES, value, Bar("<=", 3.0, hysteresis=1.0), 1)
    assert (stay.entered, stay.left) == (120_000, 240_000.0)


def test_sums_take_the_window_that_ends_with_the_value() -> None:
    value = np.array([1.0, 2.0, 4.0, 8.0, 0.0, 0.0, 0.0, 16.0])
    assert sums(MINUTES, value, 120_000).tolist() == [1, 3, 6, 12, 8, 0, 0, 16]


def test_rises_and_falls_are_measured_within_the_window() -> None:
    value = np.array([5.0, 3.0, 4.0, 9.0, 9.0, 9.0, 2.0, 2.0])
    assert rises(MINUTES, value, 120_000).tolist() == [0, 0, 1, 5, 0, 0, 0, 0]
    assert falls(MINUTES, value, 120_000).tolist() == [0, -2, 0, 0, 0, 0, -7, 0]


def test_stays_of_one_matter_are_one_and_the_worst() -> None:
    found = [Stay(0, 0, 100.0, 4), Stay(20, 30, 60.0, 2), Stay(500, 500, 600.0, 3)]
    first, second = merged(found, again_ms=200)
    assert (first.entered, first.left, first.level) == (0, 100.0, 2)
    assert (second.entered, second.level) == (500, 3)
    (one,) = merged(found, again_ms=400)
    assert (one.left, one.level) == (600.0, 2)


@pytest.mark.parametrize(
    ("levels", "worst"),
    [
        ([], None),
        ([4, 4, 4], 4),
        ([4, 4, 4, 4], 3),
        ([3, 3, 3], 2),
        ([4, 4, 4, 4, 3, 3], 3),
        ([2, 2], 1),
        ([2, 3, 3, 3], 2),
    ],
)
def test_several_points_at_one_level_make_one_of_the_next(
    levels: list[int], worst: int | None
) -> None:
    assert aggregated(levels) == worst


@pytest.mark.parametrize(
    ("items", "worst"),
    [([], None), ([4, 4, 4], 4), ([4, 4, 4, 4], 3), ([4, 4, 4, 4, 3, 3], 2), ([3, 3, 3, 2], 1)],
)
def test_what_some_items_count_as_counts_on(items: list[int], worst: int | None) -> None:
    assert carried(items) == worst
