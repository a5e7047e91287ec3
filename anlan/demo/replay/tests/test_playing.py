"""A replay that is begun again goes on, and never passes over what it is asked for in silence."""

from pathlib import Path

import pytest

from anlan.demo.replay.cursor import Cursor
from anlan.demo.replay.playing import prepare
from anlan.kernel.errors import Conflict

HOUR = 3_600_000
START = 1_786_406_400_000


def begun(workspace: Path) -> Cursor:
    """Leave a replay of the third to the ninth hour that was cut off in the fifth."""
    cursor = Cursor("demo-day", START + 2 * HOUR, START + 8 * HOUR, START + 4 * HOUR)
    cursor.write(workspace)
    return cursor


def test_the_same_command_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    kept = begun(tmp_path)
    assert prepare("demo-day", None, (kept.start, kept.end), tmp_path) == kept


def test_a_later_end_is_gone_on_to(tmp_path: Path) -> None:
    kept = begun(tmp_path)
    found = prepare("demo-day", None, (kept.start, START + 20 * HOUR), tmp_path)
    assert (found.at, found.end) == (kept.at, START + 20 * HOUR)
    assert Cursor.read(tmp_path) == found


@pytest.mark.parametrize("hours", [(0, 24), (3, 8), (2, 3)])
def test_another_beginning_or_an_end_that_is_past_is_refused(
    tmp_path: Path, hours: tuple[int, int]
) -> None:
    kept = begun(tmp_path)
    first, last = (START + hour * HOUR for hour in hours)
    with pytest.raises(Conflict, match="--again"):
        prepare("demo-day", None, (first, last), tmp_path)
    assert Cursor.read(tmp_path) == kept


def test_another_recording_in_the_same_exercise_is_refused(tmp_path: Path) -> None:
    kept = begun(tmp_path)
    with pytest.raises(Conflict, match="--name"):
        prepare("storm.parquet", None, (kept.start, kept.end), tmp_path)
