"""Runs the benchmarks of ``bench/``: each alone, in a new workspace, on both databases it names.

A benchmark is a module with ``run() -> dict`` of ``figures`` (and, if it has them, ``peers``,
``ratios``, ``settings``), and ``POSTGRES = True`` when it is to be run on PostgreSQL too; those
figures get the suffix ``_pg`` where their name does not say so itself. Each run is a process of its
own, so that nothing is warm by chance. Broken off (Ctrl-C, SIGTERM), one ends what it started.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from anlan.kernel import workspace
from anlan.kernel.errors import Missing, Unavailable
from anlan.project.testing import postgres

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "bench"

Report = dict[str, Any]
#: A benchmark that is broken off stops what it serves within this time.
FAREWELL_S: Final = 60.0


def names() -> list[str]:
    """List the benchmarks there are."""
    return sorted(path.stem for path in HOME.glob("*.py") if not path.stem.startswith("_"))


def describe(name: str) -> str:
    """Tell a benchmark's first line without running it."""
    return path_of(name).read_text(encoding="utf-8").split('"""')[1].splitlines()[0]


def path_of(name: str) -> Path:
    """Find a benchmark's file; `Missing` when there is none of that name."""
    path = HOME / f"{name}.py"
    if not path.exists():
        raise Missing(f"没有名为「{name}」的测速；可用：{'、'.join(names())}")
    return path


def measure(name: str, *, database: str = "") -> Report:
    """Run one benchmark; `database` is the URL of a PostgreSQL to use instead of starting one."""
    text = path_of(name).read_text(encoding="utf-8")
    report = _alone(name, {})
    report.setdefault("peers", {})
    report.setdefault("ratios", {})
    report.setdefault("settings", {})
    if "\nPOSTGRES = True" in text:
        _on_postgres(name, report, database)
    return {"name": name, **report, "machine": machine()}


def _on_postgres(name: str, report: Report, database: str) -> None:
    with ExitStack() as stack:
        if not database:
            if postgres.find_server() is None:
                report["settings"]["postgres"] = "本机没有 PostgreSQL，未测"
                return
            database = stack.enter_context(postgres.running(durable=True))
        second = _alone(name, {"DATABASE_URL": database})
    report["figures"].update(
        {key if "_pg" in key else f"{key}_pg": value for key, value in second["figures"].items()}
    )
    report["settings"]["postgres"] = second.get("settings", {})


def _alone(name: str, extra: dict[str, str]) -> Report:
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        home = Path(folder) / "bench"
        workspace.create(home, kind="live", name="bench")
        environment = {**os.environ, "ANLAN_DATA": str(home), "PYTHONPATH": str(ROOT), **extra}
        told = _told([sys.executable, "-m", "anlan.project.bench", name], environment)
    if told is None:
        raise Unavailable(f"测速「{name}」没有完成，原因见上", retry=False)
    report: Report = json.loads(told.splitlines()[-1])
    return report


def _told(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """Run a process to its end, or end it when we are; None where it failed."""
    with (
        ending(),
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, env=environment, stdout=subprocess.PIPE, cwd=ROOT, text=True
        ) as process,
    ):
        try:
            told, _ = process.communicate()
        except BaseException:
            process.terminate()
            try:
                process.wait(FAREWELL_S)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return None if process.returncode else told


@contextmanager
def ending() -> Iterator[None]:
    """Let SIGTERM end this process as Ctrl-C does: what was begun is ended first."""

    def end(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def machine() -> Report:
    """Tell what the figures were measured on."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        return platform.machine()
    return platform.machine()


def _run_here(name: str) -> None:
    """Run a benchmark in this process's workspace and print its report as the last line."""
    import importlib

    from anlan.project.cli import start_django

    start_django()
    from anlan.base.db import migrating

    migrating.migrate()
    with ending():
        report = importlib.import_module(f"bench.{name}").run()
    sys.stdout.write("\n" + json.dumps(report, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _run_here(sys.argv[1])
