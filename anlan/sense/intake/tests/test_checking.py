"""What is checked of a stream: its quantity's habits, narrowed by its own range and levels."""

import numpy as np
import pytest

from anlan.engines.series import RANGE, SPIKE, Columns
from anlan.sense.intake.checking import Checking
from anlan.sense.intake.directory import Directory
from anlan.sense.intake.tests.conftest import NOW
from anlan.sense.rules.rows import StreamRow
from anlan.sense.selectors.directory import Streams

MINUTE = 60_000


def detector(quantity: str, high: float, **levels: float) -> Checking:
    """One detector with a range and limits of its own."""
    row = StreamRow(
        id="s1", code="G", number=1, quantity=quantity, region="339901101000", station="p1",
        station_code="P1", station_name="厂", station_kind="hazchem", levels=levels,
    )  # fmt: skip
    streams = Streams(
        edition=1, rows=(row,), number=np.array([1], np.int32), factor=np.ones(1),
        offset=np.zeros(1), added=np.zeros(1), low=np.zeros(1), high=np.array([high]),
        interval_s=np.array([60.0]), maintained=np.zeros(1, bool),
    )  # fmt: skip
    return Checking(Directory.of(streams))


def flags(checking: Checking, *values: float) -> list[int]:
    """Flag a value a minute."""
    time = NOW - (len(values) - np.arange(len(values))) * MINUTE
    columns = Columns.of(np.ones(len(values)), time, values)
    return [int(one) for one in checking.flag(columns, NOW, backfill=False)]


def test_a_gas_detector_that_is_full_is_believed_and_one_that_is_broken_is_not() -> None:
    gas = detector("combustible-gas", 100.0, H=25.0, HH=50.0)
    climb = [10.0, 14.0, 18.0, 21.0, 25.0, 29.0, 33.0, 37.0, 41.0]
    told = flags(gas, *climb, 78.0, 101.0, 104.0, 130.0)
    assert [bool(one & RANGE) for one in told] == [False] * 12 + [True]
    level = detector("tank-level", 100.0, H=85.0)
    assert [bool(one & RANGE) for one in flags(level, 99.0, 101.0)] == [False, True]


@pytest.mark.parametrize(
    ("levels", "leap", "doubted"),
    [
        ({"H": 6.6, "HH": 13.2}, 1.2, False), ({"H": 6.6, "HH": 13.2}, 1.5, True),
        ({"L": 0.1, "H": 50.0}, 9.0, False), ({"L": 0.1, "H": 50.0}, 11.0, True),
        ({}, 19.0, False), ({}, 21.0, True),
    ],
)  # fmt: skip
def test_how_far_gas_may_leap_is_told_by_its_lowest_limit_or_its_range(
    levels: dict[str, float], leap: float, doubted: bool
) -> None:
    toxic = detector("toxic-gas", 100.0, **levels)
    calm = [0.3, 0.3, 0.4, 0.3, 0.3, 0.3]
    told = flags(toxic, *calm, 0.3 + leap)
    assert bool(told[-1] & SPIKE) is doubted
