import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.codes import table
from anlan.engines.series import LATE, RANGE, Columns, flags

rows = st.lists(st.tuples(st.integers(-1, 5), st.integers(-(2**33), 2**43)), max_size=40)


@given(rows)
def test_sorting_goes_by_number_then_time_and_keeps_the_order_of_equals(
    given_rows: list[tuple[int, int]],
) -> None:
    number = [row[0] for row in given_rows]
    time = [row[1] for row in given_rows]
    done = Columns.of(number, time, np.arange(len(number))).sorted()
    expected = sorted((*row, place) for place, row in enumerate(given_rows))
    assert list(zip(done.number, done.time, done.value, strict=True)) == expected
    assert done.is_sorted()
    assert done.sorted() is done


def test_parts_are_put_one_after_another() -> None:
    one, two = Columns.of([1], [10], [0.5]), Columns.of([2], [20], [0.7], [RANGE])
    both = Columns.concat([one, Columns.empty(), two])
    assert both.number.tolist() == [1, 2]
    assert both.flags.tolist() == [0, RANGE]
    assert len(Columns.concat([])) == 0
    assert both.take([1]).value.tolist() == [0.7]
    assert both.with_flags(LATE).flags.tolist() == [LATE, LATE]


@pytest.mark.parametrize("given_flags", [LATE, [LATE, RANGE]])
def test_flagged_columns_go_to_the_same_machine_code_as_plain_ones(given_flags: object) -> None:
    """numba compiles anew for an array that may not be written, half a minute of work."""
    plain = Columns.of([1, 1], [10, 20], [0.5, 0.6])
    flagged = plain.with_flags(given_flags)  # type: ignore[arg-type]
    assert flagged.flags.flags.writeable
    assert flagged.flags.flags.c_contiguous
    assert plain.flags.tolist() == [0, 0]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        Columns.of([1, 2], [1], [1.0])


def test_every_flag_has_one_bit_and_a_name_in_the_table() -> None:
    bits = list(flags.NAMES.values())
    assert bits == [1 << place for place in range(len(bits))]
    assert {row.code: row.whole("bit") for row in table("quality-flags")} == flags.NAMES
    assert flags.names(RANGE | LATE) == ["range", "late"]
