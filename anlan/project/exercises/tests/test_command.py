"""`anlan workspace`: refusals, a copying that is killed, the list, the supervisor, removing."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.kernel import clock, workspace
from anlan.project.exercises.places import Copied
from anlan.project.exercises.tests.county import County
from anlan.project.supervisor import control
from anlan.project.supervisor.claim import end_leftovers

pytestmark = pytest.mark.slow(module_s=100)
#: Copying from a PostgreSQL is proved by `test_copying`, serving beside one below.
ON_FILES = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
)

DUMMY = Path(__file__).parents[2] / "tests" / "dummy_workspace.py"


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def listed(county: County) -> dict[str, dict[str, object]]:
    told = county.real.anlan("workspace", "list", "--json")
    assert told.returncode == 0, told.stderr
    return {one["name"]: one for one in json.loads(told.stdout)["workspaces"]}


@ON_FILES
@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("Typhoon",), 2, "小写字母"),
        (("../../x",), 2, "小写字母"),
        (("real",), 1, "自己的名称"),
        (("drill", "--speed", "-1"), 2, "速度"),
        (("drill", "--speed", "nan"), 2, "速度"),
        (("drill", "--start", "明天"), 2, "看不懂时间"),
        (("drill", "--from", "/nowhere"), 1, "不是安澜的工作区"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason(
    county: County, options: tuple[str, ...], code: int, told: str
) -> None:
    refused = county.real.anlan("workspace", "create", *options)
    assert refused.returncode == code, refused.stdout + refused.stderr
    assert told in refused.stderr
    assert not list((county.real.dir / "exercises").glob("**/workspace.json"))


@ON_FILES
def test_a_source_of_another_edition_is_refused_and_nothing_stays(
    county: County, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(county.real.dir, other, ignore=shutil.ignore_patterns("wake", "exercises"))
    with contextlib.closing(sqlite3.connect(other / "records.sqlite3")) as database, database:
        database.execute("DELETE FROM django_migrations WHERE app = 'people'")
    refused = county.real.anlan("workspace", "create", "old", "--from", str(other))
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "anlan migrate" in refused.stderr
    assert list((other / "exercises").iterdir()) == []


@ON_FILES
def test_a_copying_that_is_killed_leaves_no_half_workspace(county: County) -> None:
    folder = county.real.dir / "exercises"
    command = [sys.executable, "-m", "anlan.project", "workspace", "create", "killed"]
    with subprocess.Popen(command, env=county.real.environment) as process:
        assert until(lambda: bool(list(folder.glob(".killed.*/records.sqlite3"))))
        process.kill()
    assert list(folder.glob(".killed.*"))
    assert not (folder / "killed").exists()
    assert "killed" not in listed(county)
    county.create("after")  # sweeps what the killed one left behind
    assert [path.name for path in folder.iterdir()] == ["after"]


@pytest.fixture
def supervised(county: County) -> Iterator[County]:
    """The county's workspace under a supervisor whose processes are dummies."""
    command = [sys.executable, str(DUMMY), "healthy", "--data", str(county.real.dir)]
    started = subprocess.run(
        [*command, "--port", "0", "--background"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    yield county
    os.kill(int((county.real.dir / "anlan.pid").read_text()), signal.SIGTERM)
    assert until(lambda: not (county.real.dir / "anlan.pid").exists())
    for data in (county.real.dir, *(county.real.dir / "exercises").iterdir()):
        end_leftovers(data)


def test_a_running_source_starts_the_exercise_and_two_run_side_by_side(supervised: County) -> None:
    urls = []
    for name in ("spring", "autumn"):
        made = supervised.real.anlan("workspace", "create", name, "--speed", "0")
        assert made.returncode == 0, made.stderr
        (line,) = made.stdout.splitlines()
        assert line.startswith(f"演练 {name}：http://127.0.0.1:")
        urls.append(line.split("：")[1])
    assert len(set(urls)) == 2
    told = listed(supervised)
    assert told["real"]["kind"] == "live"
    for name, url in zip(("spring", "autumn"), urls, strict=True):
        assert (told[name]["kind"], told[name]["ready"], told[name]["url"]) == (
            "exercise", True, url,
        )  # fmt: skip
        assert told[name]["speed"] == 0
        assert told[name]["copied_at"]
        assert int(str(told[name]["bytes"])) > 100_000
    again = supervised.real.anlan("workspace", "start", "spring")
    assert again.returncode == 1
    assert "已在运行" in again.stderr
    stopped = supervised.real.anlan("workspace", "stop", "spring")
    assert stopped.stdout == "演练 spring 已停止\n"
    assert not listed(supervised)["spring"]["running"]
    removed = supervised.real.anlan("workspace", "remove", "autumn", "--yes")  # while it runs
    assert removed.returncode == 0, removed.stderr
    assert not supervised.exercise("autumn").dir.exists()
    served = control.ask(supervised.real.dir, {"do": "list"})["workspaces"]
    assert served == []


@pytest.fixture(scope="module")
def drill(county: County) -> RealWorkspace:
    """An exercise that no test changes."""
    return county.create("drill", "--start", "2025-08-09T06:00", "--speed", "60")


@pytest.fixture
def spare(county: County, drill: RealWorkspace) -> Iterator[RealWorkspace]:
    """Another like it."""
    made = county.exercise("spare")
    shutil.copytree(drill.dir, made.dir)
    yield made
    shutil.rmtree(made.dir, ignore_errors=True)


@ON_FILES
def test_an_exercises_time_begins_when_it_is_first_ready_and_then_only_goes_on(
    supervised: County, spare: RealWorkspace
) -> None:
    file = spare.dir / "clock.json"
    made = clock.Clock(file).setting()
    assert made is not None
    assert supervised.real.anlan("workspace", "start", "spare").returncode == 0
    begun, copied = clock.Clock(file).setting(), Copied.read(spare.dir)
    assert begun is not None
    assert copied is not None
    assert copied.begun
    assert (begun.sim0, begun.speed) == (made.sim0, 60)
    assert begun.real0 > made.real0
    assert supervised.real.anlan("workspace", "stop", "spare").returncode == 0
    assert supervised.real.anlan("workspace", "start", "spare").returncode == 0
    assert clock.Clock(file).setting() == begun


@ON_FILES
def test_removing_overwrites_the_key_and_asks_first(county: County, spare: RealWorkspace) -> None:
    made = spare
    secret, key = (made.dir / "secret").read_bytes(), made.dir.parent.parent / "kept-link"
    os.link(made.dir / "secret", key)
    kept = county.real.anlan("workspace", "remove", "spare")  # nobody answers: nothing happens
    assert kept.returncode == 1
    assert made.sqlite.exists()
    removed = county.real.anlan("workspace", "remove", "spare", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert not made.dir.exists()
    assert key.read_bytes() != secret
    key.unlink()
    again = county.real.anlan("workspace", "remove", "spare", "--yes")
    assert again.returncode == 1
    assert "没有名为「spare」的演练" in again.stderr


@ON_FILES
def test_what_is_no_exercise_is_not_removed(county: County) -> None:
    place = county.real.dir / "exercises" / "precious"
    workspace.create(place, kind="live", name="precious")
    refused = county.real.anlan("workspace", "remove", "precious", "--yes")
    assert refused.returncode == 2
    assert "不是演练工作区" in refused.stderr
    assert (place / "secret").exists()
    for name in ("real", "../..", ""):
        assert county.real.anlan("workspace", "remove", name, "--yes").returncode in (1, 2)
    assert county.real.sqlite.exists()
    shutil.rmtree(place)


@ON_FILES
def test_an_exercise_is_not_copied_again(county: County, drill: RealWorkspace) -> None:
    refused = county.real.anlan("workspace", "create", "twice", "--from", str(drill.dir))
    assert refused.returncode == 2
    assert "本身是演练工作区" in refused.stderr
    taken = county.real.anlan("workspace", "create", "drill")
    assert taken.returncode == 1
    assert "已存在" in taken.stderr
