"""How fast a replay went: kept a line a step, told in all and by day."""

from pathlib import Path

import pytest

from anlan.demo.replay import tempo
from anlan.demo.replay.tempo import Step

#: 2019-08-09 23:56 and 00:00 in Beijing.
EVE, DAY = 1_565_366_160_000, 1_565_366_400_000
MINUTE = 60_000


def test_speed_leaves_out_what_was_waited_for_models() -> None:
    whole = tempo.whole(
        [
            Step(EVE, EVE + 2 * MINUTE, 100.0, 1.0),
            Step(EVE + 2 * MINUTE, DAY, 101.0, 4.0, waited_s=3.0, behind_s=0.5),
        ]
    )
    assert whole is not None
    assert whole.speed == pytest.approx(120)
    assert whole.plain() == {
        "begins": EVE, "ends": DAY, "real_s": 5.0, "waited_s": 3.0, "idle_s": 0.0,
        "behind_s": 0.5, "speed": 120.0,
    }  # fmt: skip
    assert tempo.whole([]) is None


def test_days_are_those_of_the_wall() -> None:
    steps = [
        Step(EVE, EVE + 2 * MINUTE, 0.0, 1.0), Step(EVE + 2 * MINUTE, DAY, 1.0, 2.0),
        Step(DAY, DAY + MINUTE, 3.0, 1.0),
    ]  # fmt: skip
    days = tempo.by_day(steps)
    assert [(one.begins, one.ends) for one in days] == [(EVE, DAY), (DAY, DAY + MINUTE)]
    assert [one.speed for one in days] == [pytest.approx(80), pytest.approx(60)]


def test_what_is_kept_is_read_again_without_the_line_a_crash_cut_off(tmp_path: Path) -> None:
    assert tempo.read(tmp_path) == []
    steps = [Step(EVE, DAY, 100.25, 1.5, 0.25, 0.125, 0.5), Step(DAY, DAY + 1, 102.0, 1.0)]
    for step in steps:
        tempo.note(tmp_path, step)
    with (tmp_path / "replay" / tempo.NAME).open("a", encoding="utf-8") as file:
        file.write("1565366460000,1565")
    assert tempo.read(tmp_path) == steps
