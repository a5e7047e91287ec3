"""Runs and their processes: bounded, stopped, killed, found again; some come by themselves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.forecast import heavy
from anlan.forecast.declaration import shelf as shelves
from anlan.forecast.models import Run
from anlan.forecast.services import computing, scheduling
from anlan.forecast.services.asking import Wanted, ask_run, stop_run
from anlan.forecast.tests.conftest import NOW, OFFICER, Turn, World
from anlan.kernel import clock

pytestmark = pytest.mark.django_db

#: A model of an operator's: a Python program told what to do in its settings.
OWN = """
title = "自己的模型"
hazard = "storm-surge"
command = ["{python}", "-c", "{program}", "{{folder}}"]
ahead = "24h"
step = "10min"
time_limit = "{limit}"
memory_mb = {memory}
"""
GOOD = "import sys; open(sys.argv[1] + '/outputs/result.json', 'w').write('{{}}')"


@pytest.fixture
def declare(home: Path, world: World) -> Callable[..., None]:  # noqa: ARG001 - the county
    def write(program: str, *, limit: str = "1min", memory: int = 4000) -> None:
        folder = home / "conf" / "models"
        folder.mkdir(parents=True, exist_ok=True)
        text = OWN.format(
            python=sys.executable, program=program.replace("{{", "{").replace("}}", "}"),
            limit=limit, memory=memory,
        )  # fmt: skip
        (folder / "own.toml").write_text(text, encoding="utf-8")

    return write


def asked() -> str:
    return ask_run(wanted=Wanted(model="own"), by=OFFICER)


def ended(run: str) -> tuple[str, str]:
    row = Run.objects.get(pk=run)
    return row.state, row.reason


def test_an_operators_command_is_a_model_like_any_other(declare: Callable[..., None]) -> None:
    declare(GOOD)
    run = asked()
    heavy.drain()
    assert ended(run) == ("done", "")
    assert [one["name"] for one in Run.objects.get(pk=run).outputs] == ["result.json"]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise SystemExit(4)", "计算程序出错，退出码 4"),
        ("print(12)", "没有写出 outputs/result.json"),
        (
            "import sys; open(sys.argv[1] + '/outputs/result.json', 'w').write('[1]')",
            "结果不能采用",
        ),
        (
            "import sys; open(sys.argv[1] + '/outputs/refusal.json', 'w').write("
            "chr(123) + chr(34) + 'reason' + chr(34) + ':' + chr(34) + 'no sea' + chr(34)"
            " + chr(125)); raise SystemExit(3)",
            "no sea",
        ),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "多半是内存不够"),
    ],
)
def test_a_model_that_breaks_fails_its_run_with_a_sentence(
    declare: Callable[..., None], program: str, why: str
) -> None:
    declare(program.replace('"', "'"))
    run = asked()
    heavy.drain()
    state, reason = ended(run)
    assert state == "failed"
    assert why in reason


def test_a_model_that_takes_too_long_is_ended(declare: Callable[..., None]) -> None:
    declare("import time; time.sleep(600)", limit="0.3s")
    run = asked()
    heavy.drain()
    state, reason = ended(run)
    assert state == "failed"
    assert "超过时限" in reason


def test_a_model_sees_none_of_our_secrets(declare: Callable[..., None], home: Path) -> None:
    declare(
        "import os, sys; open(sys.argv[1] + '/outputs/seen', 'w').write(' '.join(os.environ)); "
        + GOOD
    )
    run = asked()
    heavy.drain()
    assert ended(run)[0] == "done"
    seen = (home / Run.objects.get(pk=run).folder / "outputs" / "seen").read_text().split()
    assert not {name for name in seen if name.startswith(("ANLAN", "DATABASE", "DJANGO"))}


def test_a_person_stops_what_runs(declare: Callable[..., None]) -> None:
    declare("import time; time.sleep(600)")
    run = asked()
    process = heavy.Heavy(slots=1)
    process.turn()
    assert ended(run)[0] == "running"
    stop_run(run=run, by=OFFICER)
    until = time.monotonic() + 20
    while ended(run)[0] == "running" and time.monotonic() < until:
        process._renewed = 0.0
        process.turn()
        time.sleep(0.05)
    assert ended(run) == ("stopped", "按要求停止")


def test_a_run_whose_process_died_begins_again_and_then_fails(
    declare: Callable[..., None],
) -> None:
    declare(GOOD)
    run = asked()
    for expected in ("queued", "failed"):
        taken = computing.take_run(holder="gone")
        assert taken is not None
        Run.objects.filter(pk=run).update(lease_until=clock.real_now() - timedelta(seconds=1))
        assert computing.find_lost() == 1
        state, reason = ended(run)
        assert state == expected
        assert "计算进程中断" in reason
    assert computing.find_lost() == 0


def test_a_run_taken_over_is_ended_by_its_new_holder_alone(declare: Callable[..., None]) -> None:
    declare(GOOD)
    run = asked()
    first = computing.take_run(holder="first")
    assert first is not None
    Run.objects.filter(pk=run).update(lease_until=clock.real_now() - timedelta(seconds=1))
    computing.find_lost()
    second = computing.take_run(holder="second")
    assert second is not None
    computing.fail_run(run=first, reason="来得太晚")
    assert ended(run)[0] == "running"
    assert computing.renew(holder="first", progress={run: 0.5}) == {run}
    assert computing.renew(holder="second", progress={run: 0.5}) == set()
    assert Run.objects.get(pk=run).progress == 0.5


def test_a_program_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    launch = Path(heavy.__file__).with_name("launch.py")
    told = tmp_path / "pid"
    inner = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    outer = (
        "import os, subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, {str(launch)!r}, str(os.getpid()), '0', "
        f"sys.executable, '-c', {inner!r}], start_new_session=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", outer])
    until = time.monotonic() + 20
    while not (told.exists() and told.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    child = int(told.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return status != "Z"


def test_those_a_person_waits_for_come_first(world: World) -> None:
    later = ask_run(wanted=Wanted(model="tide", how="schedule", once="x"), by=OFFICER)
    hand = ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    first, second = computing.take_run(holder="h"), computing.take_run(holder="h")
    assert first is not None
    assert second is not None
    assert [first.pk, second.pk] == [hand, later]
    assert computing.take_run(holder="h") is None
    assert world.point.pk


def test_a_run_waits_for_what_its_inputs_come_from(world: World) -> None:
    typhoon = ask_run(wanted=Wanted(model="typhoon"), by=OFFICER)
    basin = ask_run(wanted=Wanted(model="basin"), by=OFFICER)
    first = computing.take_run(holder="h")
    assert first is not None
    assert first.pk == typhoon
    assert computing.take_run(holder="h") is None
    computing.fail_run(run=first, reason="没有台风")
    second = computing.take_run(holder="h")
    assert second is not None
    assert second.pk == basin
    assert world.point.pk


def test_a_cycle_is_run_once_and_missed_ones_are_not_caught_up(world: World, turn: Turn) -> None:
    assert scheduling.start_due_runs() == 2
    assert scheduling.start_due_runs() == 0
    tide, basin = (Run.objects.get(model=key) for key in ("tide", "basin"))
    assert (tide.how, tide.asked_by) == ("schedule", "system:forecast")
    heavy.drain()
    turn.forward(hours=13)
    assert scheduling.start_due_runs() == 2
    assert Run.objects.filter(model="tide").count() == 2
    assert basin.region_id == tide.region_id
    assert world.point.pk


def test_a_cycle_waits_while_the_last_one_is_not_through(world: World, turn: Turn) -> None:
    scheduling.start_due_runs()
    turn.forward(hours=7)
    assert scheduling.start_due_runs() == 0
    assert world.point.pk


def test_a_county_without_tide_points_finds_no_failed_runs(world: World) -> None:
    type(world.point).objects.update(mean=None)
    scheduling.start_due_runs()
    assert not Run.objects.filter(model="tide").exists()


def test_cycles_are_those_of_the_wall_clock() -> None:
    schedule = shelves().model("tide").schedule
    assert schedule is not None
    cycle = clock.local(scheduling.cycle_of(schedule, NOW + timedelta(hours=3)))
    assert (cycle.hour, cycle.minute) == (12, 0)


def test_old_products_go_and_what_they_said_stays(world: World, turn: Turn, home: Path) -> None:
    run = ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    heavy.drain()
    row = Run.objects.get(pk=run)
    assert (home / row.folder).is_dir()
    turn.forward(days=31)
    assert scheduling.forget_products() == 1
    assert not (home / row.folder).exists()
    row = Run.objects.get(pk=run)
    assert (row.series.count(), row.stations.count(), row.folder) == (0, 1, "")
    assert world.point.pk
