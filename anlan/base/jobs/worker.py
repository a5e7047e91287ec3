"""The worker process: ``anlan work``.

Threads of one worker, each with a database connection of its own:

- the main loop leads (or waits to lead), starts schedules and hands out jobs;
- one thread per duty that stands apart (the outbox; the journal's chaining, leader only);
- up to `SLOTS` threads run jobs, begun when first needed and kept: a connection costs more than
  most jobs;
- the pulse beats for ``/healthz``, renews leases and writes down progress.

SIGTERM: nothing new is begun, jobs are asked to stop, and what does not stop in time is given back.
"""

import logging
import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import DatabaseError, connection, transaction

from anlan.base.jobs import running, schedules, wake
from anlan.base.jobs.leadership import leadership
from anlan.base.jobs.models import Worker as WorkerRow
from anlan.base.jobs.registry import DUTIES, ENDING, Duty, JobContext
from anlan.kernel import clock
from anlan.kernel.ids import new_id

#: Jobs one worker runs side by side.
SLOTS = 4
BEAT_SECONDS = 3.0
PROGRESS_SECONDS = 1.0
#: The supervisor waits ten seconds before it kills.
GRACE_SECONDS = 7.0
#: After an error of the database or of a duty, breathe.
PAUSE_SECONDS = 1.0

log = logging.getLogger(__name__)


class Worker:
    """One worker. `run` blocks until `stop` is called or SIGTERM comes."""

    def __init__(self) -> None:
        self.id = new_id()
        self.stopping = threading.Event()
        self.leads = False
        #: Set when a thread ended that never should; the process then ends and is started again.
        self.broken = False
        self._started_at = clock.real_now()
        self._leadership = leadership()
        #: Claimed and not at an end: those in a slot, and those waiting for one.
        self._running: dict[str, running.Claim] = {}
        #: Scheduled jobs that are done; their rows go with the next claim.
        self._over: list[str] = []
        self._given: queue.SimpleQueue[running.Claim | None] = queue.SimpleQueue()
        self._slots: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._runs = False
        #: The workspace's time, whether it is held, and the machine's own time, at the last look.
        self._looked: tuple[datetime | None, bool, float] = (None, False, 0.0)

    def stop(self, *_: object) -> None:
        """Begin to end; safe in a signal handler."""
        self.stopping.set()
        if self._runs:
            ENDING.set()

    def run(self) -> None:
        """Work until told to stop."""
        self._runs = True
        apart = [duty for duty in DUTIES.values() if duty.apart]
        threads = [self._vital(duty.key, self._attend, duty) for duty in apart]
        threads.append(self._vital("pulse", self._pulse))
        mine = {topic for duty in DUTIES.values() if not duty.apart for topic in duty.topics}
        try:
            with wake.Listener("jobs", *mine) as listener:
                heard: set[str] = set()
                while not self.stopping.is_set():
                    self._guard("main", partial(self._turn, heard))
                    heard = listener.wait()
                    clock.look_again()
        finally:
            self._end(threads)

    def _turn(self, heard: set[str]) -> None:
        self.leads = self._leadership.hold()
        held = clock.is_held()
        anew = self._looks_anew(held=held)
        if self.leads and anew and not held:
            schedules.start_due()
        for duty in DUTIES.values():
            called = anew or bool(heard.intersection(duty.topics))
            if called and not held and not duty.apart and (self.leads or not duty.leader):
                duty.run()
        self._hand_out(lost=anew)

    def _looks_anew(self, *, held: bool) -> bool:
        """Tell whether the workspace's time is another than at the last look, or that is old.

        Where the clock stands, what the time brings is looked for once and not after every job.
        """
        now, real = clock.now(), time.monotonic()
        if (now, held) == self._looked[:2] and real - self._looked[2] < wake.POLL_SECONDS:
            return False
        self._looked = (now, held, real)
        return True

    def _hand_out(self, *, lost: bool) -> None:
        """Give due jobs to free slots; also those whose worker has fallen silent."""
        with self._lock:
            mine, over = list(self._running), list(self._over)
        free = SLOTS - len(mine)
        if free <= 0 and not over:
            return
        known = [*mine, *over]
        taken = running.claim_due(free, self.id, known, self.stopping, lost=lost, over=over)
        with self._lock:
            self._over = self._over[len(over) :]
        for claimed in taken:
            with self._lock:
                self._running[claimed.job.id] = claimed
            self._given.put(claimed)
            if len(self._slots) < min(len(self._running), SLOTS):
                self._slots.append(self._vital(f"jobs {len(self._slots) + 1}", self._work))

    def _work(self) -> None:
        """Run one job after another on a connection that is kept while it is sound."""
        while (claimed := self._given.get()) is not None:
            connection.close_if_unusable_or_obsolete()
            try:
                self._guard(claimed.job.key, partial(self._do, claimed))
            finally:
                with self._lock:
                    self._running.pop(claimed.job.id, None)
                if self._given.empty():
                    wake.signal("jobs")  # a slot is free

    def _do(self, claimed: running.Claim) -> None:
        if self.stopping.is_set():
            running.give_back(claimed)
        else:
            running.run(claimed, self._let_go)

    def _let_go(self, claimed: running.Claim) -> None:
        with self._lock:
            self._over.append(claimed.job.id)

    def _attend(self, duty: Duty) -> None:
        """Do one duty whenever it is called for, and at least twice a second."""
        gathered = 0.0
        with wake.Listener(*duty.topics) as listener:
            while not self.stopping.is_set():
                heard = listener.wait()
                if heard:
                    time.sleep(max(gathered - time.monotonic(), 0.0))
                    listener.heard()
                if self.leads or not duty.leader:
                    self._guard(duty.key, lambda: self._exhaust(duty))
                if heard:
                    gathered = time.monotonic() + duty.gather_s

    def _exhaust(self, duty: Duty) -> None:
        while duty.run() and not self.stopping.is_set():
            pass

    def _pulse(self) -> None:
        beat = 0.0
        while not self.stopping.wait(PROGRESS_SECONDS if self._running else BEAT_SECONDS / 3):
            with self._lock:
                contexts = [claimed.context for claimed in self._running.values()]
            now = time.monotonic()
            if contexts or now - beat >= BEAT_SECONDS:
                beat = now
                self._guard("pulse", lambda told=contexts: self._beat(told))  # type: ignore[misc]

    @transaction.atomic
    def _beat(self, contexts: list[JobContext]) -> None:
        moment = clock.real_now()
        WorkerRow.objects.update_or_create(
            id=self.id,
            defaults={"leader": self.leads, "beat_at": moment},
            create_defaults={
                "leader": self.leads,
                "beat_at": moment,
                "started_at": self._started_at,
                "host": socket.gethostname()[:128],
                "pid": os.getpid(),
            },
        )
        WorkerRow.objects.filter(beat_at__lt=moment - 60 * running.LEASE).delete()
        running.renew(self.id, contexts)

    def _guard(self, name: str, act: Callable[[], object]) -> None:
        """Do something; an error is logged and outlived (the database may be away for a while)."""
        try:
            act()
        except DatabaseError as error:
            log.warning("%s: the database does not answer: %s", name, error)
            connection.close()
            self.stopping.wait(PAUSE_SECONDS)
        except Exception:
            log.exception("%s failed", name)
            self.stopping.wait(PAUSE_SECONDS)

    def _vital(self, name: str, target: Callable[..., None], *args: object) -> threading.Thread:
        """Start a thread without which the worker is none."""

        def body() -> None:
            try:
                target(*args)
            except Exception:
                log.exception("%s ended", name)
            finally:
                self.broken = self.broken or not self.stopping.is_set()
                self.stopping.set()

        return self._thread(name, body)

    def _thread(self, name: str, target: Callable[..., None], *args: object) -> threading.Thread:
        def body() -> None:
            try:
                target(*args)
            finally:
                connection.close()

        # Daemons: a job that does not stop in time must not keep the process from ending.
        thread = threading.Thread(target=body, name=name, daemon=True)
        thread.start()
        return thread

    def _end(self, threads: list[threading.Thread]) -> None:
        self.stopping.set()
        until = time.monotonic() + GRACE_SECONDS
        while self._running and time.monotonic() < until:
            time.sleep(0.02)
        for _ in self._slots:
            self._given.put(None)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        with self._lock:
            left = list(self._running)
        if left:
            log.warning("gives back %s jobs that did not stop in time", len(left))
        self._guard("farewell", self._farewell)
        self._leadership.release()
        connection.close()
        self._runs = False
        ENDING.clear()  # another worker of this process may begin

    def _farewell(self) -> None:
        running.release(self.id, self._over)
        WorkerRow.objects.filter(id=self.id).delete()


def run() -> None:
    """Be a worker process until SIGTERM or SIGINT."""
    worker = Worker()
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    log.info("worker %s begins, process %s", worker.id, os.getpid())
    worker.run()
    log.info("worker %s ended", worker.id)
    if worker.broken:
        raise SystemExit(1)


def drain(*, most: int = 1000) -> int:
    """Do everything that is due, here and now, in this thread; return how much was done.

    For tests, the command line and lock-step clocks. Schedules are not started.
    """
    holder, done = new_id(), 0
    for _ in range(most):
        worked = sum(duty.run() for duty in DUTIES.values())
        for job in running.due(1):
            claimed = running.claim(job, holder)
            worked += 1
            if claimed is not None:
                running.run(claimed)
        if not worked:
            break
        done += worked
    return done
