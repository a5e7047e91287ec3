"""One child process: started on a leash, read, and started again when it dies."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anlan.project.supervisor.logs import RotatingLog

LEASH = Path(__file__).with_name("leash.py")
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
#: A child that lived this long is well again: its next death is answered at once.
STABLE_S = 10.0
#: How long a child may take to finish what it is doing.
GRACE_S = 10.0


def leashed(command: tuple[str, ...], nice: int = 0) -> list[str]:
    """Return the command that runs `command` until this process ends."""
    return [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(nice), *command]


@dataclass
class Child:
    """A process that is to be there always, or once until it ends."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: RotatingLog
    listener: int | None = None
    nice: int = 0
    grace_s: float = GRACE_S
    #: It ends by itself and is then not started again.
    once: bool = False
    deaths: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    _wait_s: float = FIRST_WAIT_S
    _started: float = 0.0
    _due: float = field(default=0.0)

    @property
    def pid(self) -> int | None:
        """The process id, or None while it waits to be started again."""
        return self.process.pid if self.process else None

    @property
    def output(self) -> int | None:
        """The descriptor its output is read from."""
        return self.process.stdout.fileno() if self.process and self.process.stdout else None

    def start(self) -> None:
        """Start the process now."""
        self._started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            leashed(self.command, self.nice),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            pass_fds=() if self.listener is None else (self.listener,),
            start_new_session=True,
        )
        if self.output is not None:
            os.set_blocking(self.output, False)

    def read(self) -> bool:
        """Move what it printed into its log; False when it will print nothing more."""
        if self.output is None:
            return False
        try:
            while text := os.read(self.output, 65_536):
                self.log.write(text)
        except BlockingIOError:
            return True
        return False

    def bury(self) -> int | None:
        """After its death: end what it left, say when it starts again; return its exit code."""
        if self.process is None:
            return None
        code = self.process.wait()
        self.read()
        lived = time.monotonic() - self._started
        self._wait_s = FIRST_WAIT_S if lived >= STABLE_S else self._wait_s
        self._due = time.monotonic() + self._wait_s
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
        self.deaths += 1
        self._close()
        return code

    def is_due(self) -> bool:
        """Whether it waits to be started and has waited long enough."""
        return self.process is None and not self.over and time.monotonic() >= self._due

    @property
    def over(self) -> bool:
        """Whether it has ended for good."""
        return self.once and self.deaths > 0

    def waits_s(self) -> float | None:
        """How long until it is due; None while it runs."""
        return None if self.process or self.over else max(0.0, self._due - time.monotonic())

    def ask_to_stop(self) -> None:
        """Ask it to finish within its grace."""
        self._due = time.monotonic() + self.grace_s
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def has_stopped(self) -> bool:
        """Whether it finished; reads on meanwhile, so that it cannot block on its output."""
        if self.process is None:
            return True
        self.read()
        if self.process.poll() is None:
            return False
        self._close()
        return True

    def is_overdue(self) -> bool:
        """Whether its grace is over."""
        return time.monotonic() > self._due

    def kill(self) -> None:
        """End it and everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def _close(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # workers that outlived their parent
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
