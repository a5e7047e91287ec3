"""Rows sorted in pieces: the same as sorted whole, and no stream in two pieces."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.series import Columns, few
from anlan.sense.store.rows import by_stream, pieces_by_stream
from anlan.sense.store.tests.conftest import listed

#: Numbers close together are counted, scattered ones sorted.
rows = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 5), st.sampled_from([1_000_000, 2_000_000])),
        st.integers(-50, 50),
    ),
    max_size=60,
)


@pytest.fixture(autouse=True, scope="module", params=[few.MOST, -1], ids=["few", "many"])
def sorting(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(few, "MOST", request.param)
        yield


@given(rows, st.integers(1, 20))
def test_pieces_of_whole_streams_join_to_what_is_sorted_whole(
    given_rows: list[tuple[int, int]], most: int
) -> None:
    number = [row[0] for row in given_rows]
    time = [row[1] for row in given_rows]
    columns = Columns.of(number, time, np.arange(len(number)))
    pieces = list(pieces_by_stream(columns, most))
    assert listed(Columns.concat(pieces)) == listed(columns.sorted()) == listed(by_stream(columns))
    streams = [set(piece.number.tolist()) for piece in pieces]
    assert sum(map(len, streams)) == len(set(number))
    # Without its last stream no piece would be full.
    assert all(len(piece) - np.sum(piece.number == piece.number[-1]) < most for piece in pieces)
