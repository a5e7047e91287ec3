"""One model's program while it runs: started in a group of its own, watched, ended."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from anlan.forecast.adapters import Folder
from anlan.forecast.adapters.folder import LOG
from anlan.forecast.declaration import Model
from anlan.forecast.models import Run

LAUNCH: Final = Path(__file__).with_name("launch.py")
ROOT: Final = Path(__file__).resolve().parents[3]
#: After being asked to end, so long before it is made to.
GRACE_S: Final = 3.0
#: What of our environment a model's program sees: nothing that holds a secret.
PASSED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")


class Child:
    """A running program."""

    def __init__(self, run: Run, model: Model, folder: Folder) -> None:
        self.run, self.folder = run, folder
        self._limit_s = model.time_limit.total_seconds()
        self._begun = time.monotonic()
        #: When it was asked to end; None while nobody did.
        self._asked: float | None = None
        #: Why we ended it; "" when it ends by itself.
        self.ended_for = ""
        with (folder.home / LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - declared by the operator
                [sys.executable, str(LAUNCH), str(os.getpid()), str(model.memory_mb or 0),
                 *command_of(model, folder)],
                cwd=folder.home, env=_environment(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def poll(self) -> int | None:
        """Tell how it ended; None while it runs. One that runs too long is ended."""
        code = self._process.poll()
        if code is not None:
            self._kill()  # whatever it left behind in its group
            return code
        now = time.monotonic()
        if self._asked is None and now - self._begun > self._limit_s:
            self.end(f"超过时限 {self._limit_s / 60:g} 分钟，已停止")
        elif self._asked is not None and now - self._asked > GRACE_S:
            self._kill()
        return None

    def wait(self) -> int:
        """Wait until it has ended."""
        while True:
            code = self.poll()
            if code is not None:
                return code
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)

    def end(self, why: str) -> None:
        """Ask it to end; it is made to when it does not."""
        if self._asked is None:
            self._asked, self.ended_for = time.monotonic(), why
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._kill()
        self._process.wait()

    def _kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def command_of(model: Model, folder: Folder) -> list[str]:
    """Write the command that computes a folder."""
    if model.engine:
        return [sys.executable, "-m", "anlan.forecast.adapters", str(folder.home)]
    places = {
        "{folder}": str(folder.home), "{inputs}": str(folder.inputs),
        "{outputs}": str(folder.outputs),
    }  # fmt: skip
    written = []
    for word in model.command:
        for name, path in places.items():
            word = word.replace(name, path)
        written.append(word)
    return written


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    one = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**passed, **one, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def why_of(code: int, folder: Folder) -> str:
    """Say in a sentence why a program that gave no result ended."""
    told = folder.refusal()
    if told:
        return told
    if code == 0:
        return "程序结束了，但没有写出 outputs/result.json"
    if code == -signal.SIGKILL:
        return "计算进程被系统中止，多半是内存不够"
    last = last_words(folder)
    return f"计算程序出错，退出码 {code}" + (f"：{last}" if last else "")


def last_words(folder: Folder) -> str:
    """Give the last line of the log; "" when there is none."""
    try:
        with (folder.home / LOG).open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""
