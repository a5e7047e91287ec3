"""The process that computes forecasts may be killed at any moment: its runs are found again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
