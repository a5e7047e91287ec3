"""A benchmark that is broken off ends what it started, and only then itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from anlan.project import bench

#: One that serves something, told to stop it when it is ended itself.
SERVES = """
import sys, time
from pathlib import Path
from anlan.project.bench import ending
with ending():
    try:
        Path(sys.argv[1]).open("w").close()
        time.sleep(600)
    finally:
        Path(sys.argv[2]).touch()
"""
MEASURES = """
import os, sys
from anlan.project import bench
bench._told([sys.executable, "-c", *sys.argv[1:]], os.environ)
"""


def test_what_a_benchmark_serves_is_stopped_when_it_is_broken_off(tmp_path: Path) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    os.mkfifo(begun)  # whoever opens it waits for the other side
    with subprocess.Popen(
        [sys.executable, "-c", MEASURES, SERVES, str(begun), str(ended)], cwd=bench.ROOT
    ) as process:
        begun.open("rb").close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
    assert ended.exists()


def test_a_benchmark_that_fails_has_no_figures() -> None:
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    assert bench._told(command, os.environ) is None
    assert bench._told([sys.executable, "-c", "print(7)"], os.environ) == "7\n"
