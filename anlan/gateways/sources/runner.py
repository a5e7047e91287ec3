"""Pulls every source at its interval, a few at a time. Lives in the ingest process."""

import sqlite3
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
from anlan.gateways.sources.polling import Poll, TakeIn, nobody
from anlan.gateways.sources.pulling import Pull, Submit
from anlan.gateways.sources.sharing import FOLDER, Sharing, sharing_of
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import Attempt, Counts, State
from anlan.gateways.sources.tokens import Drawer
from anlan.gateways.sources.trying import Target, Try, wait_after
from anlan.gateways.sources.windows import Span, merged
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError
from anlan.protocols.declared.moments import millis
from anlan.protocols.declared.secrets import Secrets

log = structlog.get_logger("anlan.sources")

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
    take_in
        Takes the messages of a feed of warnings in; without it such sources say that nobody does.
    sharing
        Who pulls and where states are kept; as the workspace's database allows.
    now, real_now
        The workspace's clock for intervals and windows, the real one for tokens and signatures.
    """

    def __init__(
        self,
        home: Path,
        submit: Submit,
        *,
        take_in: TakeIn = nobody,
        sharing: Sharing | None = None,
        now: Callable[[], datetime] = clock.now,
        real_now: Callable[[], datetime] = clock.real_now,
    ) -> None:
        self._home = home
        self._submit, self._take_in = submit, take_in
        self._now = now
        self._pace = Pace()
        self._shelf = Shelf(home)
        chosen = sharing or sharing_of(home)
        self._states, self._claims = chosen.book, chosen.claims
        self._means = Means(
            secrets=Secrets(home),
            drawer=Drawer(lambda: real_now().timestamp()),
            real_now=real_now,
            wait=self._pace.wait,
            folder=self._shelf.folder,
        )
        #: States of the sources that are ours.
        self._known: dict[str, State] = {}
        self._running: dict[str, Future[None]] = {}
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Begin to pull, in threads of its own."""
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="source")
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
        self._claims.release()

    def step(self) -> int:
        """Pull all that is due, one after the other, here; return how many were pulled."""
        due = self._due()
        for declaration in due:
            self._pull(declaration)
        return len(due)

    def _run(self) -> None:
        while not self._pace.stopped.is_set():
            try:
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
            if not self._claims.hold(one.key):
                self._known.pop(one.key, None)  # whoever pulls it now moves it on
                continue
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
        pull = self._try(declaration)
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

    def _try(self, declaration: Declaration) -> Try:
        key = declaration.key
        target = Target(
            declaration=declaration,
            state=self._state(key),
            means=self._means,
            keep=lambda state, attempt: self._keep(key, state, attempt),
            now=self._now(),
        )
        if declaration.warnings is not None:
            return Poll(target, declaration.warnings, self._take_in)
        return Pull(target, self._submit)

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
        self._known[key] = state
        try:
            self._states.save(key, state, attempt)
        except (AnlanError, OSError, sqlite3.Error):
            # What was taken is stored; after a restart it would be asked for again.
            log.exception("how far a source came was not kept", source=key)


def is_due(declaration: Declaration, state: State, now_ms: int) -> bool:
    """Tell whether a source is to be asked now: its time has come, or it is another than before."""
    if state.next_try_ms is None or state.version != declaration.version:
        return True
    return not now_ms < state.next_try_ms < now_ms + BEYOND_MS
