import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel import ids


def test_ids_sort_by_the_order_they_were_made() -> None:
    made = [ids.new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_stay_unique_between_threads() -> None:
    source = ids.Source(7)
    made: list[str] = []

    def make() -> None:
        made.extend([source.new() for _ in range(5_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


def test_a_clock_that_steps_back_does_not_break_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    source = ids.Source(1)
    first = source.new()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert source.new() > first


@given(st.integers(min_value=0, max_value=2**130 - 1))
def test_decoding_turns_encoding_round(number: int) -> None:
    assert ids.decode(ids.encode(number)) == number


@given(st.integers(min_value=0, max_value=0xFFFF))
def test_an_id_tells_its_node(node: int) -> None:
    assert ids.node_of(ids.Source(node).new()) == node


@pytest.mark.parametrize("text", ["", "x" * 26, "I" * 26, "0" * 25, "0" * 27])
def test_what_is_no_id_is_refused(text: str) -> None:
    assert not ids.is_id(text)
    with pytest.raises(ValueError, match="not an id"):
        ids.decode(text)
