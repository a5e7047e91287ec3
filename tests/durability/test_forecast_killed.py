"""The process that computes forecasts may be killed at any moment: its runs are found again."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow(module_s=40)

ROOT = Path(__file__).resolve().parents[2]

#: A model that says that it began, and ends when it is told to.
OWN = """
title = "慢的模型"
hazard = "storm-surge"
command = ["{python}", "-c", "{program}", "{{folder}}"]
ahead = "24h"
step = "10min"
time_limit = "5min"
"""
PROGRAM = (
    "import os, sys, time; open(sys.argv[1] + '/began', 'w').write(str(os.getpid()));"
    " [time.sleep(0.05) for _ in iter(lambda: os.path.exists(sys.argv[1] + '/../go'), True)];"
    " open(sys.argv[1] + '/outputs/result.json', 'w').write('{}')"
)

PREPARE = """
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region
from anlan.forecast.services.asking import Wanted, ask_run
Region.objects.create(code="339901000000", name="县", level=3)
print(ask_run(wanted=Wanted(model="slow"), by=system("test")))
"""
TELL = """
import sys
from anlan.forecast.models import Run
row = Run.objects.get(pk=sys.argv[1])
print(row.state, row.tries, row.folder, row.reason, sep="|")
"""
#: Leases run on real time; the test does not wait for them to end by themselves.
LAPSE = """
from datetime import timedelta
from anlan.forecast.models import Run
from anlan.kernel import clock
Run.objects.filter(state="running").update(lease_until=clock.real_now() - timedelta(seconds=1))
"""


@contextmanager
def computing(real: RealWorkspace) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "anlan.project", "heavy"],
        cwd=ROOT, env=real.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def until(condition: object, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.1)


def test_a_run_survives_the_death_of_who_computes_it(real: RealWorkspace) -> None:
    models = real.dir / "conf" / "models"
    models.mkdir(parents=True)
    text = OWN.format(python=sys.executable, program=PROGRAM)
    (models / "slow.toml").write_text(text, encoding="utf-8")
    run = real.do(PREPARE).strip().splitlines()[-1]

    def told() -> list[str]:
        return real.do(TELL, run).strip().splitlines()[-1].split("|")

    folder = real.dir / told()[2]
    began = folder / "began"
    with computing(real) as first:
        until(lambda: began.exists() and began.read_text())
        child = int(began.read_text())
        first.send_signal(signal.SIGKILL)
        first.wait(30)
        until(lambda: not _lives(child))
    assert told()[:2] == ["running", "1"]
    real.do(LAPSE)
    began.unlink()
    (folder.parent / "go").touch()
    with computing(real):
        until(lambda: told()[0] == "done")
    assert told()[1] == "2"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    return state != "Z"


#: A model that writes its products piece by piece, and its result last.
PIECES = """
import json, pathlib, random, sys, time
home = pathlib.Path(sys.argv[1]) / "outputs"
for name in ("a", "b"):
    with (home / f"{name}.geojson").open("w") as file:
        for _ in range(20):
            file.write(" " * 20_000)
            file.flush()
            time.sleep(random.uniform(0.0, 0.03))
        file.write('{"type": "FeatureCollection", "features": []}')
grids = [dict(name=name, title=name, form="geojson", file=f"{name}.geojson") for name in "ab"]
series = [dict(of="region", code="339901000000", quantity=f"wind-{n}", unit="1", start=0,
               step_s=60, values=[0.5] * 2000) for n in range(50)]
(home / "result.json").write_text(json.dumps(dict(series=series, grids=grids)))
"""
MANY = """
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region
from anlan.forecast.services.asking import Wanted, ask_run
Region.objects.create(code="339901000000", name="县", level=3)
for _ in range(RUNS):
    ask_run(wanted=Wanted(model="pieces"), by=system("test"))
"""
#: What is wrong with what the database says of the runs, and how many there are of each state.
JUDGE = """
import json
from collections import Counter
from anlan.base.journal.models import Entry
from anlan.forecast.adapters.folder import digest_of
from anlan.forecast.models import Run
from anlan.kernel import workspace
wrong = []
for row in Run.objects.all():
    kept = (row.series.count(), row.grids.count())
    ended = row.ended_at is not None
    told = Entry.objects.filter(deed="forecasts.computed", subject=row.pk).count()
    if kept != ((50, 2) if row.state == "done" else (0, 0)) or told != (row.state == "done"):
        wrong.append([row.pk, row.state, kept, told])
    if ended != (row.state in ("done", "failed")):
        wrong.append([row.pk, row.state, "ended", ended])
    if row.state == "failed" and (row.tries, "中断" in row.reason) != (2, True):
        wrong.append([row.pk, row.reason, row.tries])
    for grid in row.grids.all():
        path = workspace.directory() / row.folder / "outputs" / grid.file
        if digest_of(path) != grid.sha256:
            wrong.append([row.pk, grid.file])
print(json.dumps({"wrong": wrong, "states": Counter(Run.objects.values_list("state", flat=True))}))
"""
RUNS, KILLS = 24, 12


@pytest.mark.soak
def test_whenever_the_computing_process_is_killed_runs_are_whole_or_not_there(
    real: RealWorkspace,
) -> None:
    models = real.dir / "conf" / "models"
    models.mkdir(parents=True)
    program = real.dir / "pieces.py"
    program.write_text(PIECES, encoding="utf-8")
    command = json.dumps([sys.executable, str(program), "{folder}"])
    (models / "pieces.toml").write_text(
        f'title = "逐段写"\nhazard = "typhoon"\ncommand = {command}\nahead = "24h"\nstep = "1h"\n'
        'time_limit = "5min"\n',
        encoding="utf-8",
    )
    real.do(MANY.replace("RUNS", str(RUNS)))
    moments = random.Random(5)

    def judged() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(real.do(JUDGE).strip().splitlines()[-1])
        assert found["wrong"] == []
        return found

    for _ in range(KILLS):
        with computing(real) as process:
            # From its first moments, when it takes runs, to when it takes results in.
            time.sleep(moments.uniform(1.0, 6.0))
            process.send_signal(signal.SIGKILL)
            process.wait(30)
        judged()
        real.do(LAPSE)
    with computing(real):
        until(lambda: not {"queued", "running"} & set(judged()["states"]), seconds=180)
    states = judged()["states"]
    assert states["done"] + states.get("failed", 0) == RUNS
    assert states["done"] > 0
    children = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _is(path, program)]
    assert children == []


def _is(path: Path, program: Path) -> bool:
    try:
        return str(program).encode() in path.read_bytes()
    except OSError:
        return False
