"""The test runner: what fails is told, what is skipped is told, and the counts add up."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anlan.project.supervisor.options import ROOT
from anlan.project.testing import machine, postgres
from anlan.project.testing.steps import Outcome, Step, close, counts_in, run, run_side_by_side


def python(title: str, program: str, *, is_pytest: bool = False) -> Step:
    return Step(title, (sys.executable, "-c", program), Path("/"), is_pytest=is_pytest)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("===== 12 passed, 1 skipped in 3.21s =====", {"passed": 12, "skipped": 1}),
        ("1 failed, 2 passed, 1 error in 75s (0:01:15)", {"failed": 1, "passed": 2, "errors": 1}),
        ("3 deselected in 0.10s", {}),
        ("it printed: 12 passed", {}),
    ],
)  # fmt: skip
def test_a_summary_line_is_counted(line: str, counts: dict[str, int]) -> None:
    assert counts_in(line) == counts


def test_the_closing_line_adds_up_every_run_and_every_failed_check() -> None:
    said: list[str] = []
    outcomes = [
        run(python("a", "print('2 passed in 0.10s')", is_pytest=True)),
        run(python("b", "print('3 passed, 1 skipped in 0.10s')", is_pytest=True)),
        run(python("lint", "raise SystemExit(1)")),
    ]
    code = close(outcomes, time.monotonic(), said.append)
    assert code == 1
    assert "1 failed, 5 passed, 1 skipped in" in said[-1]
    assert any("lint" in line and "FAILED" in line for line in said)


def test_all_is_well_only_when_every_step_is() -> None:
    good = Outcome("a", ok=True, seconds=1.0)
    assert close([good], time.monotonic(), lambda _: None) == 0
    assert close([good, Outcome("b", ok=False, seconds=1.0)], time.monotonic(), lambda _: None) == 1


def test_a_run_that_found_no_test_is_no_failure_but_a_broken_one_is() -> None:
    assert run(python("empty", "raise SystemExit(5)", is_pytest=True)).ok
    assert not run(python("killed", "import os; os.kill(os.getpid(), 9)", is_pytest=True)).ok
    assert not run(python("lint", "raise SystemExit(5)")).ok


def test_a_failed_quiet_step_shows_what_it_printed(capfd: pytest.CaptureFixture[str]) -> None:
    loud = python("types", "print('error: line 7'); raise SystemExit(1)")
    calm = python("docs", "print('nothing to see')")
    outcomes = run_side_by_side([[loud], [calm]])
    shown = capfd.readouterr().out
    assert [outcome.ok for outcome in outcomes] == [False, True]
    assert "error: line 7" in shown
    assert "nothing to see" not in shown


def test_what_cannot_be_installed_is_skipped_with_its_reason(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    need = machine.Need("no-such-package", lambda: False, "月球测试")
    assert machine.install([need], tmp_path) == [need]
    shown = capfd.readouterr().out
    assert "月球测试" in shown
    assert "apt-get install no-such-package" in shown


def test_a_server_is_wanted_only_when_a_test_asks_for_it(tmp_path: Path) -> None:
    need = machine.Need("mosquitto", lambda: False, "MQTT", "mosquitto")
    assert machine.install([need], tmp_path) == []
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_door.py").write_text("@pytest.mark." + "mosquitto\n")
    assert machine.is_marked(tmp_path, "mosquitto")


@pytest.mark.skipif(postgres.find_server() is None, reason="PostgreSQL is not installed")
def test_postgresql_runs_as_an_ordinary_user_and_leaves_nothing() -> None:
    import psycopg

    with postgres.running() as url, psycopg.connect(url) as connection:
        [(place, pid)] = connection.execute(
            "select current_setting('data_directory'), pg_postmaster_start_time() is not null"
        ).fetchall()
        assert pid
        server = Path(place, "postmaster.pid").read_text().split()[0]
        assert Path(f"/proc/{server}").stat().st_uid == postgres.ordinary_user().pw_uid != 0
    assert not Path(place).exists()
    assert not Path(f"/proc/{server}").exists()


KINDS = """
import pytest

@pytest.fixture
def migrated():
    pass

@pytest.fixture
def office(migrated):
    pass

def test_sums():
    pass

def test_in_an_office(office):
    pass

@pytest.mark.django_db
def test_of_rows():
    pass
"""
OWN = """
def test_by_hand():
    new_database()
"""


def test_on_a_second_database_only_those_run_again_that_ask_for_one(tmp_path: Path) -> None:
    (tmp_path / "test_kinds.py").write_text(KINDS)
    (tmp_path / "test_own.py").write_text(OWN)
    plain = ("-p", "no:django", "-p", "anlan.project.testing.stores", "-c", os.devnull)
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "--only-database", *plain, "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 0, listed.stdout + listed.stderr
    names = [line.split("::")[1] for line in listed.stdout.splitlines() if "::" in line]
    assert names == ["test_in_an_office", "test_of_rows", "test_by_hand"]
    assert "3/4 tests collected (1 deselected)" in listed.stdout
