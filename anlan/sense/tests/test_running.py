"""The intake in a process: what looks after its store."""

import pytest

from anlan.base.conftest import RealWorkspace

CROWDED = """
import time
from anlan.engines.series import Columns
from anlan.kernel import workspace
from anlan.sense.intake import running
from anlan.sense.store.segments import caretaker
caretaker.CLOSE_ROWS, running.TIDY_S = 3, 3600.0
made = running.Running(workspace.current().dir)
made.start()
now = running.now_ms()
for minute in range(4):  # the first may be put away in its time, the others only by their number
    made.store.append(Columns.of([1, 2, 3], [now + minute * 60_000] * 3, [1.0, 2.0, 3.0]), now)
    until = time.monotonic() + 60
    while made.store.crowded():
        assert time.monotonic() < until, minute
        time.sleep(0.02)
made.stop()
print("put away")
"""


@pytest.mark.slow
def test_what_fills_the_memory_is_put_away_before_its_time(migrated: RealWorkspace) -> None:
    assert migrated.do(CROWDED).splitlines()[-1] == "put away"
