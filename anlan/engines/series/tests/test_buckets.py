import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engines.series import BAD, RANGE, Buckets, Columns, few, merge, reduce

rows = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(-10_000, 10_000),
        st.floats(-1e6, 1e6),
        st.sampled_from([0, 0, RANGE]),
    ),
    max_size=60,
)
Row = tuple[int, int, float, int]
WITHOUT_MACHINE_CODE = """
import sys
from anlan.engines.series import Columns, merge, reduce
assert len(merge([reduce(Columns.of([1, 2], [0, 1], [3.0, 2.0]), 1000)])) == 2
sys.exit("numba" in sys.modules)
"""


@pytest.fixture(autouse=True, scope="module", params=[few.MOST, -1], ids=["few", "many"])
def reckoned(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(few, "MOST", request.param)
        yield


def columns(given_rows: list[Row]) -> Columns:
    number, time, value, flags = zip(*given_rows, strict=True) if given_rows else ((), (), (), ())
    return Columns.of(number, time, value, flags)


def slowly(given_rows: list[Row], every: int, origin: int) -> dict[tuple[int, int], list[float]]:
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for number, time, value, flag in sorted(given_rows, key=lambda row: row[:2]):
        if not flag & BAD:
            found[number, (time - origin) // every * every + origin].append(value)
    return found


@given(rows, st.integers(1, 5000), st.integers(-3000, 3000))
@settings(deadline=None)
def test_buckets_hold_what_plain_counting_finds(
    given_rows: list[Row], every: int, origin: int
) -> None:
    found = reduce(columns(given_rows), every, origin_ms=origin, skip=BAD)
    expected = slowly(given_rows, every, origin)
    keys = list(zip(found.number.tolist(), found.start.tolist(), strict=True))
    assert keys == sorted(expected)
    for place, key in enumerate(keys):
        values = expected[key]
        assert found.n[place] == len(values)
        assert found.low[place] == min(values)
        assert found.high[place] == max(values)
        assert found.last[place] == values[-1]
        assert found.total[place] == pytest.approx(sum(values), abs=1e-6)


@given(rows, st.integers(1, 60))
@settings(deadline=None)
def test_parts_joined_are_the_whole(given_rows: list[Row], cut: int) -> None:
    whole = reduce(columns(given_rows), 6000)
    parts = [columns(given_rows[:cut]), columns(given_rows[cut:])]
    joined = merge([reduce(part, 2000) for part in parts], 6000)
    assert joined.number.tolist() == whole.number.tolist()
    assert joined.start.tolist() == whole.start.tolist()
    assert joined.n.tolist() == whole.n.tolist()
    assert joined.last.tolist() == whole.last.tolist()
    assert joined.low.tolist() == whole.low.tolist()
    assert joined.mean.tolist() == pytest.approx(whole.mean.tolist(), abs=1e-6)


def test_nothing_reduces_to_nothing() -> None:
    assert len(reduce(Columns.empty(), 1000)) == 0
    assert len(merge([])) == 0
    assert len(merge([Buckets.empty(), Buckets.empty()])) == 0


def test_a_value_that_is_no_number_is_left_out() -> None:
    found = reduce(Columns.of([1, 1], [0, 1], [np.nan, 2.0]), 1000)
    assert (found.n.tolist(), found.low.tolist(), found.mean.tolist()) == ([1], [2.0], [2.0])


def test_a_bucket_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="0 ms"):
        reduce(Columns.empty(), 0)


def test_a_few_rows_load_no_machine_code() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_MACHINE_CODE], check=False)
    assert done.returncode == 0
