"""Pulls every source at its interval, a few at a time. Lives in the ingest process."""

import fcntl
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from anlan.gateways.sources import asking
from anlan.gateways.sources.conversation import Means, Pace
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.moments import millis
from anlan.gateways.sources.pulling import Pull, Submit, wait_after
from anlan.gateways.sources.secrets import Secrets
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import FILE, Attempt, Counts, State, States
from anlan.gateways.sources.tokens import Drawer
from anlan.gateways.sources.windows import Span, merged
from anlan.kernel import clock

log = structlog.get_logger("anlan.sources")

#: Where states, the lock and requests of the web processes lie.
FOLDER = "sources"
LOOK_S = 1.0
WORKERS = 8
#: A next try further ahead than any wait can be: somebody set the clock.
BEYOND_MS = 32 * 86_400_000


class Runner:
    """The schedule of one workspace's sources.

    Parameters
    ----------
    home
        The workspace's directory.
    submit
        ``submit(decoded, source, backfill)`` returns a future of the receipt; the source moves
        on only when it has ended well.
    now, real_now
        The workspace's clock for intervals and windows, the real one for tokens and signatures.
    """

    def __init__(
        self,
        home: Path,
        submit: Submit,
        *,
        now: Callable[[], datetime] = clock.now,
        real_now: Callable[[], datetime] = clock.real_now,
        workers: int = WORKERS,
    ) -> None:
        self._home = home
        self._submit = submit
        self._now = now
        self._workers = workers
        self._pace = Pace()
        self._shelf = Shelf(home)
        self._states = States(home / FOLDER / FILE)
        self._means = Means(
            secrets=Secrets(home),
            drawer=Drawer(lambda: real_now().timestamp()),
            real_now=real_now,
            wait=self._pace.wait,
            folder=self._shelf.folder,
        )
        self._lock: int | None = None
        self._known: dict[str, State] = {}
        self._running: dict[str, Future[None]] = {}
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Begin to pull, in threads of its own."""
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="source")
        self._thread = threading.Thread(target=self._run, name="sources", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End: pulls under way finish their page, or are forgotten and asked again."""
        self._pace.stopped.set()
        if self._thread:
            self._thread.join(timeout_s)
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
        wait(list(self._running.values()), timeout_s)
        self._release()

    def step(self) -> int:
        """Pull all that is due, one after the other, here; return how many were pulled."""
        if not self._holds_lock():
            return 0
        due = self._due()
        for declaration in due:
            self._pull(declaration)
        return len(due)

    def _run(self) -> None:
        while not self._pace.stopped.is_set():
            try:
                if self._holds_lock():
                    self._dispatch()
            except Exception:  # one broken look must not end all pulling
                log.exception("the schedule of the sources stumbled")
            self._pace.stopped.wait(LOOK_S)

    def _dispatch(self) -> None:
        self._running = {key: it for key, it in self._running.items() if not it.done()}
        assert self._pool is not None
        for declaration in self._due():
            if declaration.key not in self._running:
                self._running[declaration.key] = self._pool.submit(self._pull, declaration)

    def _due(self) -> list[Declaration]:
        now_ms = millis(self._now())
        declared = [one for one in self._shelf.in_force().values() if one.enabled]
        due = []
        for one in declared:
            state = self._wanted(one, self._state(one.key))
            if is_due(one, state, now_ms):
                due.append(one)
        return due

    def _wanted(self, declaration: Declaration, state: State) -> State:
        """Take in what a person asked for on the page: again now, or again from some time on."""
        if declaration.key in self._running and not self._running[declaration.key].done():
            return state
        asked = asking.take(self._home / FOLDER, declaration.key)
        if asked is None:
            return state
        gaps = state.gaps
        if asked.since_ms is not None and state.good_until_ms is not None:
            again = Span(asked.since_ms, state.good_until_ms)
            gaps = tuple(merged([*gaps, again])) if again.start_ms < again.end_ms else gaps
        state = replace(state, gaps=gaps, next_try_ms=None)
        self._keep(declaration.key, state, None)
        asking.forget(self._home / FOLDER, declaration.key)
        return state

    def _state(self, key: str) -> State:
        if key not in self._known:
            self._known[key] = self._states.get(key)
        return self._known[key]

    def _pull(self, declaration: Declaration) -> None:
        key = declaration.key
        pull = Pull(
            declaration,
            self._state(key),
            means=self._means,
            submit=self._submit,
            keep=lambda state, attempt: self._keep(key, state, attempt),
            now=self._now(),
        )
        try:
            state = pull.run()
        except Exception:
            log.exception("a source broke", source=key)
            self._keep_broken(declaration, pull.state)
        else:
            done = state.last
            log.info(
                "source pulled", source=key, ok=not state.reason, cause=state.cause,
                accepted=done.accepted, duplicates=done.duplicates, rejected=done.rejected,
                backfilled=done.backfilled,
            )  # fmt: skip

    def _keep_broken(self, declaration: Declaration, state: State) -> None:
        """Show a fault of ours like any other failure, and come back later."""
        now_ms = millis(self._now())
        schedule, reason = declaration.schedule, "程序内部错误，详见日志"
        pause = wait_after(
            state.failures + 1, schedule.every_s, schedule.backoff_s, declaration.key
        )
        broken = replace(
            state,
            version=declaration.version,
            last_try_ms=now_ms,
            next_try_ms=now_ms + round(pause * 1000),
            failures=state.failures + 1,
            cause="internal",
            reason=reason,
        )
        attempt = Attempt(now_ms, 0, ok=False, cause="internal", reason=reason, counts=Counts())
        self._keep(declaration.key, broken, attempt)

    def _keep(self, key: str, state: State, attempt: Attempt | None) -> None:
        self._states.save(key, state, attempt)
        self._known[key] = state

    def _holds_lock(self) -> bool:
        """Tell whether this process is the one that pulls; a second waits until the first ends."""
        if self._lock is not None:
            return True
        folder = self._home / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        self._known.clear()
        return True

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def is_due(declaration: Declaration, state: State, now_ms: int) -> bool:
    """Tell whether a source is to be asked now: its time has come, or it is another than before."""
    if state.next_try_ms is None or state.version != declaration.version:
        return True
    return not now_ms < state.next_try_ms < now_ms + BEYOND_MS
