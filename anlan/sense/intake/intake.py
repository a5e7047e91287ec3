"""The intake: one thread commits, shows and judges; the desk writes alarms beside it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from django.db import connection

from anlan.engines.series import Columns
from anlan.kernel.errors import AnlanError, Unavailable
from anlan.protocols.observations import Decoded
from anlan.sense.intake.checking import Checking
from anlan.sense.intake.committing import commit
from anlan.sense.intake.desk import Desk
from anlan.sense.intake.directory import Directory, Owner
from anlan.sense.intake.keeping import Keeping
from anlan.sense.intake.queueing import Queue, Submission
from anlan.sense.intake.watching import RuleBook, Watching
from anlan.sense.receipts import Receipt
from anlan.sense.store.interface import Store

log = structlog.get_logger("anlan.sense")

#: How often the passing of time is judged.
TICK_S: Final = 0.1
#: A clock that moves by so much more, or less, than time has passed was set by somebody.
SET_MS: Final = 30_000


class Shown(Protocol):
    """Where other processes see the newest values."""

    def put(self, columns: Columns, received_ms: int) -> None:
        """Show the newest value of each stream."""


@dataclass(frozen=True, slots=True, eq=False)
class Books:
    """What the intake works by; read anew when the epoch turns."""

    directory: Directory
    rules: RuleBook


@dataclass(slots=True)
class Counts:
    """What came in since the start."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    commits: int = 0
    failed: int = 0
    transitions: int = 0


class Intake:
    """Takes decoded observations in; see the package."""

    def __init__(  # noqa: PLR0913 - its parts, all by name
        self,
        *,
        store: Store,
        shown: Shown,
        desk: Desk,
        books: Books,
        now_ms: Callable[[], int],
        reconcile: Callable[[Sequence[tuple[str, str]]], object],
        told: Callable[[], Mapping[tuple[str, str], int]] = dict,
        is_real: Callable[[], bool] = lambda: False,
        is_held: Callable[[], bool] = lambda: False,
        stands: Callable[[], bool] = lambda: False,
    ) -> None:
        """Put it together.

        `told` gives what alarms say to be standing, as (matter, watch), and since when; `is_real`
        tells whether the workspace's time is that of the world, `stands` whether it stands still
        until what was measured has come, `is_held` whether the passing of it is judged only when
        somebody asks for it.
        """
        self._store, self._shown, self._desk = store, shown, desk
        self._books, self._next_books = books, books
        self._now_ms, self._reconcile, self._told = now_ms, reconcile, told
        self._is_real, self._is_held, self._stands = is_real, is_held, stands
        self._queue = Queue()
        self._watching = Watching(books.rules)
        self._checking = Checking(books.directory)
        self._keeping = Keeping(store, desk)
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._busy = False
        self._hurried = False
        self._judged_ms = -1
        #: The workspace's time and the machine's own, at the last tick.
        self._ticked = (now_ms(), time.monotonic())
        self.counts = Counts()

    def start(self) -> None:
        """Catch up with what was committed and not judged, then take observations in."""
        self._watching.warm()
        self._checking.warm(self._now_ms())
        self._catch_up()
        self._desk.start()
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Commit what waits, judge it, write its alarms, keep the state."""
        self._queue.close()
        self._thread.join(timeout_s)
        self._desk.stop(timeout_s)

    def submit(
        self,
        decoded: Decoded,
        owner: Owner | None,
        received_ms: int,
        *,
        backfill: bool = False,
    ) -> "Future[Receipt]":
        """Queue a body; the future is done once it is durable.

        Raises
        ------
        Unavailable
            Too much waits already. The future fails with it when the store cannot write.
        """
        submission = Submission(decoded, owner, received_ms, backfill)
        self._queue.put(submission)
        return submission.answer

    def hurry(self) -> None:
        """Judge the passing of time at once, also while it is held."""
        self._hurried = True
        self._queue.knock()

    def turn(self, books: Books) -> None:
        """Work by other books from the next commit on."""
        self._next_books = books

    @property
    def directory(self) -> Directory:
        """The streams as they are known now."""
        return self._next_books.directory

    @property
    def judged_ms(self) -> int:
        """Time up to which the passing of time is judged with all that came; -1: not all of it."""
        return self._judged_ms

    @property
    def idle(self) -> bool:
        """Whether everything that came has been committed, judged and written."""
        return not self._queue.rows and not self._busy and self._desk.idle

    @property
    def alive(self) -> bool:
        """Whether the committing thread runs."""
        return self._thread.is_alive()

    def _catch_up(self) -> None:
        kept = self._keeping.read()
        if kept is not None:
            self._watching.load(kept.rules)
            self._checking.load(kept.checks)
        seq = kept.seq if kept is not None else 0
        for one in self._store.after(seq):
            self._checking.see(one.columns, one.received_ms)
            self._desk.tell(self._watching.run(one.columns, one.received_ms))
            seq = one.seq
        # What time alone had entered since the state was kept is in no commit; were it not known,
        # its alarm would be cleared, and telling it anew would be old news.
        self._watching.believe(self._told())
        if not self._stands():
            self._watching.resume(self._now_ms())
        self._keeping.begin(seq)
        self._ask_to_reconcile()

    def _run(self) -> None:
        due = time.monotonic()
        try:
            while not self._queue.ended:
                group = self._queue.take(max(0.0, due - time.monotonic()))
                self._busy = bool(group)
                self._take_books()
                if group:
                    self._commit(group)
                if self._hurried or time.monotonic() >= due:
                    due = time.monotonic() + TICK_S
                    if self._hurried or not self._is_held():
                        self._hurried = False
                        self._tick()
                self._busy = False
            self._keeping.last(self._watching, self._checking)
        except BaseException:
            log.exception("the intake ends")
            self._queue.close()
            self._refuse(self._queue.take(0.0))
            raise
        finally:
            connection.close()

    def _take_books(self) -> None:
        books = self._next_books
        if books is self._books:
            return
        self._books = books
        self._checking.take(books.directory)
        if books.rules.edition != self._watching.edition:
            self._watching.take(books.rules)
            self._ask_to_reconcile()

    def _ask_to_reconcile(self) -> None:
        standing = self._watching.standing()
        self._desk.ask(lambda: self._reconcile(standing))

    def _commit(self, group: Sequence[Submission]) -> None:
        now_ms, self._judged_ms = self._now_ms(), -1
        try:
            done = commit(group, self._store, self._books.directory, self._checking, now_ms)
        except (AnlanError, OSError) as error:
            log.exception("a commit failed", bodies=len(group))
            self.counts.failed += len(group)
            self._refuse(group, error)
            return
        for one, receipt in zip(group, done.receipts, strict=True):
            if one.answer.set_running_or_notify_cancel():
                one.answer.set_result(receipt)
        counts = self.counts
        counts.commits += 1
        counts.accepted += done.accepted
        counts.duplicates += done.duplicates
        counts.refused += done.refused
        if done.seq:
            self._shown.put(done.columns, now_ms)
            changes = self._watching.run(done.columns, now_ms)
            counts.transitions += len(changes)
            self._desk.tell(changes)
            self._keeping.digested(done.seq)

    def _tick(self) -> None:
        now_ms = self._now_ms()
        self._mind_the_clock(now_ms)
        changes = self._watching.tick(now_ms)
        self.counts.transitions += len(changes)
        self._desk.tell(changes)
        self._keeping.turn(self._watching, self._checking)
        self._judged_ms = now_ms

    def _mind_the_clock(self, now_ms: int) -> None:
        """Call nobody silent because the clock was set, or the machine slept."""
        was_ms, was = self._ticked
        self._ticked = (now_ms, time.monotonic())
        off_ms = now_ms - was_ms - (self._ticked[1] - was) * 1000
        if abs(off_ms) > SET_MS and self._is_real():
            log.warning("the clock was set; silence counts from now", off_s=round(off_ms / 1000))
            self._watching.resume(now_ms)

    def _refuse(self, group: Sequence[Submission], error: BaseException | None = None) -> None:
        why = error if isinstance(error, Unavailable) else Unavailable("数据暂时不能落盘，请重发")
        for one in group:
            if one.answer.set_running_or_notify_cancel():
                one.answer.set_exception(why)
