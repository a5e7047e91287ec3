"""The loop of ``anlan heavy``: takes runs, lays their inputs, watches their programs.

It may be killed at any moment: its programs die with it, its leases end, and whoever comes next
finds its runs. Any number of such processes share one queue.
"""

import logging
import os
import signal
import threading
import time

from django.db import DatabaseError, connection

from anlan.base.jobs import wake
from anlan.forecast.adapters.folder import RESULT
from anlan.forecast.heavy.child import Child, why_of
from anlan.forecast.models import Run
from anlan.forecast.services import computing, feeding, finishing
from anlan.forecast.services.asking import TOPIC
from anlan.kernel.errors import AnlanError
from anlan.kernel.ids import new_id

log = logging.getLogger(__name__)

RENEW_S = 4.0
LOOK_S = 0.2
PAUSE_S = 1.0
ENDED = "计算进程结束，重新排队"


class Heavy:
    """One heavy process. `run` blocks until `stop` is called or SIGTERM comes."""

    def __init__(self, slots: int | None = None) -> None:
        self.id = new_id()
        self.slots = slots or max(1, os.cpu_count() or 1)
        self.stopping = threading.Event()
        self._children: list[Child] = []
        self._renewed = 0.0

    def stop(self, *_: object) -> None:
        """Begin to end; safe in a signal handler."""
        self.stopping.set()

    def run(self) -> None:
        """Compute until told to stop; what runs then is given back to the queue."""
        try:
            with wake.Listener(TOPIC) as listener:
                while not self.stopping.is_set():
                    self._guard()
                    listener.wait(LOOK_S if self._children else wake.POLL_SECONDS)
        finally:
            for child in self._children:
                child.kill()
                computing.give_back(run=child.run, reason=ENDED)
            connection.close()

    def drain(self) -> int:
        """Compute everything that waits, here and now; returns how many runs ended."""
        done = 0
        while self._take():
            for child in list(self._children):
                self._end(child, child.wait())
            done += 1
        return done

    def turn(self) -> None:
        """Look once at everything."""
        for child in list(self._children):
            code = child.poll()
            if code is not None:
                self._end(child, code)
        self._renew()
        while len(self._children) < self.slots and self._take():
            pass

    def _guard(self) -> None:
        """Turn; an error of the database is logged and outlived."""
        try:
            self.turn()
        except DatabaseError as error:
            log.warning("the database does not answer: %s", error)
            connection.close()
            self.stopping.wait(PAUSE_S)
        except Exception:
            log.exception("a turn failed")
            self.stopping.wait(PAUSE_S)

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < RENEW_S and self._renewed:
            return
        self._renewed = time.monotonic()
        told = {child.run.pk: child.folder.done() for child in self._children}
        if told:
            over = computing.renew(holder=self.id, progress=told)
            for child in self._children:
                if child.run.pk in over:
                    child.end("按要求停止")
        computing.find_lost()

    def _take(self) -> bool:
        """Take one run and start its program; False when none waits."""
        run = computing.take_run(holder=self.id)
        if run is None:
            return False
        try:
            model = feeding.feed_run(run)
            self._children.append(Child(run, model, feeding.folder_of(run)))
        except AnlanError as error:
            computing.fail_run(run=run, reason=error.detail or error.code)
        except OSError as error:
            computing.fail_run(run=run, reason=f"输入文件夹写不进去：{error}")
        return True

    def _end(self, child: Child, code: int) -> None:
        self._children.remove(child)
        run = child.run
        if child.ended_for:
            if Run.objects.filter(pk=run.pk, stop_asked=True).exists():
                computing.end_stopped(run=run)
            else:
                computing.fail_run(run=run, reason=child.ended_for)
            return
        if code != 0 or not (child.folder.home / RESULT).exists():
            computing.fail_run(run=run, reason=why_of(code, child.folder))
            return
        try:
            finishing.finish_run(run=run, folder=child.folder)
        except AnlanError as error:
            computing.fail_run(run=run, reason=f"结果不能采用：{error.detail}")


def run() -> None:
    """Be a heavy process until SIGTERM or SIGINT."""
    heavy = Heavy()
    signal.signal(signal.SIGTERM, heavy.stop)
    signal.signal(signal.SIGINT, heavy.stop)
    log.info("heavy %s begins, process %s, %s at once", heavy.id, os.getpid(), heavy.slots)
    heavy.run()
    log.info("heavy %s ended", heavy.id)


def drain() -> int:
    """Compute everything that waits, in this process; for tests and the command line."""
    return Heavy(slots=1).drain()
