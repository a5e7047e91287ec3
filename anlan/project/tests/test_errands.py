"""Processes that run once: asked for by the control socket, one at a time, taken up again."""

import os
import signal
from pathlib import Path
from typing import Any

from anlan.project.supervisor import control
from anlan.project.tests.test_supervisor import Run, alive, run, until

__all__ = ["run"]


def ask(run: Run, **asked: object) -> dict[str, Any]:
    return control.ask(run.data, asked)


def last(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = ask(run, do="errands")["errands"]["errand"]
    return told


def starts(run: Run) -> list[str]:
    path = run.data / "errand.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def pid(run: Run) -> int:
    return run.pids()["errand errand"]


def test_an_errand_runs_once_and_how_it_ended_is_known(run: Run) -> None:
    run.background()
    assert ask(run, do="errands")["errands"] == {}
    assert ask(run, do="run", errand="errand", options=["wait"])["ok"]
    assert until(lambda: starts(run) == ["wait"])
    assert last(run)["running"]
    again = ask(run, do="run", errand="errand", options=["wait"])
    assert (again["ok"], again["error"]) == (False, "已经在进行，一次只能有一个")
    (run.data / "enough").touch()
    assert until(lambda: not last(run)["running"])
    assert (last(run)["code"], last(run)["halted"], last(run)["said"]) == (0, False, "")
    assert starts(run) == ["wait"]  # nobody starts it again
    assert "errand errand" not in run.pids()


def test_one_that_fails_says_why_and_may_be_asked_for_again(run: Run) -> None:
    run.background()
    ask(run, do="run", errand="errand", options=["fail"])
    assert until(lambda: last(run)["code"] is not None)
    assert (last(run)["code"], last(run)["said"].splitlines()[-1]) == (1, "no such storm")
    assert ask(run, do="run", errand="errand", options=["wait"])["ok"]


def test_a_halted_one_ends_and_stays_ended_after_a_restart(run: Run) -> None:
    run.background()
    assert not ask(run, do="halt", errand="errand")["ok"]
    ask(run, do="run", errand="errand", options=["wait"])
    assert until(lambda: starts(run) == ["wait"])
    process = pid(run)
    assert ask(run, do="halt", errand="errand")["ok"]
    assert until(lambda: not last(run)["running"])
    assert not alive(process)
    assert (last(run)["halted"], last(run)["said"]) == (True, "")
    stop(run)
    run.background()
    assert last(run)["halted"]
    assert starts(run) == ["wait"]


def test_what_ran_is_taken_up_again_after_a_kill_without_the_options_of_the_first_start(
    run: Run,
) -> None:
    run.background()
    ask(run, do="run", errand="errand", options=["wait"], first=["--again"])
    assert until(lambda: starts(run) == ["wait --again"])
    process = pid(run)
    os.kill(run.pid(), signal.SIGKILL)
    assert until(lambda: not alive(process))
    run.background()
    assert until(lambda: starts(run) == ["wait --again", "wait"])
    assert last(run)["running"]


def test_only_what_the_recipe_names_can_be_run(run: Run) -> None:
    run.background()
    told = ask(run, do="run", errand="rm", options=["-rf"])
    assert (told["ok"], told["error"]) == (False, "没有这种进程：rm")
    assert not ask(run, do="run", errand="errand", options=[1])["ok"]
    assert starts(run) == []


def test_a_spoilt_memory_of_errands_stops_no_start(run: Run) -> None:
    run.data.mkdir()
    (run.data / "errands.json").write_text('{"errand": 3}', encoding="utf-8")
    run.background()
    assert ask(run, do="errands")["errands"] == {}


def stop(run: Run) -> None:
    data: Path = run.data
    os.kill(run.pid(), signal.SIGTERM)
    assert until(lambda: not (data / "anlan.pid").exists())
