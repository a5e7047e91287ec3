import gc
import sys
from collections.abc import Iterator

import pytest

from anlan.kernel import longlived


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(interval)


def test_what_was_imported_is_walked_no_more_and_threads_take_turns_sooner() -> None:
    longlived.settle()
    assert gc.get_freeze_count() > 10_000
    assert sys.getswitchinterval() == pytest.approx(longlived.SWITCH_S)
