import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.kernel import clock
from anlan.kernel.clock import Clock, Setting
from anlan.kernel.errors import Invalid

REAL0 = datetime(2026, 11, 22, tzinfo=UTC)
SIM0 = datetime(2019, 8, 9, tzinfo=UTC)


def test_simulated_time_runs_at_its_speed_from_its_start() -> None:
    setting = Setting(REAL0, SIM0, speed=60)
    assert setting.at(REAL0 + timedelta(seconds=2)) == SIM0 + timedelta(minutes=2)


def test_lock_step_time_stands_still_until_the_file_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    clock.set_clock(path, Setting(REAL0, SIM0, speed=0))
    first = Clock(path)
    assert first.now() == first.now() == SIM0
    clock.set_clock(path, Setting(REAL0, SIM0 + timedelta(hours=1), speed=0, step=1))
    assert Clock(path).now() == SIM0 + timedelta(hours=1)


def test_a_running_process_notices_a_changed_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "REREAD_SECONDS", 0.0)
    path = tmp_path / "clock.json"
    clock.set_clock(path, Setting(REAL0, SIM0, speed=0))
    running = Clock(path)
    assert running.now() == SIM0
    clock.set_clock(path, Setting(REAL0, SIM0 + timedelta(days=1), speed=0, step=1))
    assert running.now() == SIM0 + timedelta(days=1)


def test_without_a_file_the_clock_tells_real_time(tmp_path: Path) -> None:
    before = clock.real_now()
    assert before <= Clock(tmp_path / "none.json").now() <= clock.real_now()


@pytest.mark.parametrize(
    "broken",
    [
        "{}",
        "no json",
        json.dumps({"real0": "2026-11-22", "sim0": "2019-08-09", "speed": 1}),
        json.dumps({"real0": REAL0.isoformat(), "sim0": SIM0.isoformat(), "speed": -1}),
    ],
)
def test_a_broken_clock_file_is_refused(broken: str) -> None:
    with pytest.raises(Invalid):
        Setting.from_json(broken)


def test_a_time_that_is_held_is_let_go_and_never_held_for_long(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    now = clock.real_now()
    clock.use(path)
    try:
        assert not clock.is_held()
        clock.set_clock(path, Setting(now, SIM0, speed=0, held=True))
        clock.look_again()
        assert (clock.now(), clock.is_held()) == (SIM0, True)
        clock.set_clock(path, Setting(now, SIM0, speed=0))
        clock.look_again()
        assert (clock.now(), clock.is_held()) == (SIM0, False)
        long_ago = now - timedelta(seconds=clock.HOLD_SECONDS)
        clock.set_clock(path, Setting(long_ago, SIM0, speed=0, held=True))
        clock.look_again()
        assert not clock.is_held()
    finally:
        clock.use(None)


def test_people_read_beijing_time() -> None:
    assert clock.local(datetime(2019, 8, 9, 17, 45, tzinfo=UTC)).isoformat() == (
        "2019-08-10T01:45:00+08:00"
    )
