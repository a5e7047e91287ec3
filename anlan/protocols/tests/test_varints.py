import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.protocols import varints

unsigned = st.lists(st.integers(0, 2**63 - 1))


@given(unsigned)
def test_what_is_written_is_read_back(values: list[int]) -> None:
    data = varints.encode(np.array(values, dtype=np.uint64))
    assert varints.decode_all(data) == values
    assert len(data) == varints.lengths(np.array(values, dtype=np.uint64)).sum()


@given(st.integers(-(2**31), 2**31 - 1))
def test_signed_integers_fold_and_unfold(value: int) -> None:
    assert varints.unzigzag(int(varints.zigzag([value])[0])) == value


# The examples of the Protocol Buffers encoding guide.
@pytest.mark.parametrize(("value", "written"), [(1, "01"), (150, "9601"), (300, "ac02")])
def test_the_guides_examples_are_met(value: int, written: str) -> None:
    assert varints.encode([value]).hex() == written


def test_small_signs_stay_small() -> None:
    assert varints.zigzag([0, -1, 1, -2, 2147483647]).tolist() == [0, 1, 2, 3, 4294967294]


@pytest.mark.parametrize("broken", ["", "80", "8080", "ff" * 11])
def test_a_varint_that_breaks_off_is_an_error(broken: str) -> None:
    with pytest.raises(ValueError, match="breaks off"):
        varints.decode(bytes.fromhex(broken))
