"""The intake in a process: opened over a workspace's store, kept up to date, tidied, closed."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.db import connection
from django.db.utils import Error as DatabaseError

from anlan.base.permissions import system
from anlan.engines.threshold import Program
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError
from anlan.sense.intake.desk import Desk
from anlan.sense.intake.directory import Directory
from anlan.sense.intake.intake import Books, Intake
from anlan.sense.intake.retaining import Retaining
from anlan.sense.intake.watching import RuleBook
from anlan.sense.selectors.directory import epoch, next_turn, rule_book, streams_directory
from anlan.sense.selectors.standings import entered_watches
from anlan.sense.services.alarms import raise_alarms, reconcile_alarms
from anlan.sense.store import open_store
from anlan.sense.store.latest import LatestReader, LatestWriter

log = structlog.get_logger("anlan.sense")

#: How often it is looked whether streams, rules or maintenance changed, or the store is crowded.
LOOK_S: Final = 0.2
#: How often it is looked whether streams were heard for the first time, in the workspace's time.
HEAR_MS: Final = 60_000
#: How often the store is tidied, and again at once while it says that more is due; sooner when
#: much came.
TIDY_S: Final = 5.0

BY: Final = system("sense")


def now_ms() -> int:
    """Tell the workspace's time in milliseconds."""
    return int(clock.now().timestamp() * 1000)


def _stands() -> bool:
    """Tell whether the workspace's time stands: nothing is measured that does not wait for us."""
    setting = clock.setting()
    return setting is not None and setting.speed == 0


class Running:
    """An intake with all that it needs; `start` it, `stop` it."""

    def __init__(self, directory: Path, url: str = "") -> None:
        """Open the store; `Conflict` when another process has it."""
        self.store = open_store(directory, url)
        self._shown = LatestWriter(directory, self.store.heads())
        self._desk = Desk(lambda changes: raise_alarms(changes=changes, by=BY))
        self._reader = LatestReader(directory)
        self._retaining = Retaining(directory)
        self._heard: frozenset[int] = frozenset()
        self._next_hearing = 0
        self._editions = 0
        self._day = ""
        self._turns: datetime | None = None
        self._next_tidying = 0.0
        #: Time as of which the books were last looked at.
        self.looked_ms = -1
        self.intake = Intake(
            store=self.store,
            shown=self._shown,
            desk=self._desk,
            books=self._read(),
            now_ms=now_ms,
            reconcile=lambda standing: reconcile_alarms(standing=standing, by=BY),
            told=entered_watches,
            is_real=lambda: clock.setting() is None,
            is_held=clock.is_held,
            stands=_stands,
        )
        self._ends = threading.Event()
        self._look_now, self._tidy_now = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._look_after, args=args, name=name, daemon=True)
            for name, args in (
                ("books", (self._look, self._look_now)),
                ("upkeep", (self._tidy, self._tidy_now)),
            )
        ]

    def start(self) -> None:
        """Catch up, then take observations in."""
        self.intake.start()
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Commit and write what waits, then let go of the store."""
        self._ends.set()
        self._look_now.set()
        self._tidy_now.set()
        self.intake.stop(timeout_s)
        for thread in self._threads:
            thread.join(timeout_s)
        self._shown.close()
        self.store.close()

    def hurry(self) -> None:
        """Look at the books at once: somebody waits for it."""
        self._look_now.set()

    @property
    def desk(self) -> Desk:
        """Who writes the alarms."""
        return self._desk

    def _read(self) -> Books:
        now = clock.now()
        self._heard = self._hear()
        streams = streams_directory(now, self._heard)
        compiled = rule_book(streams, now)
        self._editions += 1
        self._day = clock.local(now).date().isoformat()
        self._turns = next_turn(now)
        for code, account in compiled.accounts.items():
            if account.reason:
                log.info("a rule watches nothing", rule=code, reason=account.reason)
        rules = RuleBook(self._editions, Program(compiled.watches), compiled.bindings)
        return Books(Directory.of(streams), rules)

    def _look(self) -> None:
        """Read the books anew when something changed, a season turned or maintenance did."""
        now = clock.now()
        turned = self._turns is not None and now >= self._turns
        same_day = self._day == clock.local(now).date().isoformat()
        same = same_day and epoch() == self.intake.directory.edition
        if turned or not same or self._hears_new():
            self.intake.turn(self._read())
        self.looked_ms = int(now.timestamp() * 1000)

    def _hear(self) -> frozenset[int]:
        """List the streams of which a value ever came."""
        return frozenset(self._reader.read().number.tolist())

    def _hears_new(self) -> bool:
        """Tell whether streams were heard for the first time: from now on they can fall silent."""
        now = now_ms()
        if 0 < self._next_hearing - now <= HEAR_MS:  # further ahead only when the clock was set
            return False
        self._next_hearing = now + HEAR_MS
        return not self._hear() <= self._heard

    def _tidy(self) -> None:
        if time.monotonic() < self._next_tidying and not self.store.crowded():
            return
        self._next_tidying = time.monotonic() + TIDY_S
        more = True
        while more and not self._ends.is_set():
            done = self.store.maintain(
                now_ms(), self._retaining.of(self.intake.directory.streams.rows)
            )
            more = done.more
            if done.unseen:
                log.error("commits were given up before the rules saw them", commits=done.unseen)

    def _look_after(self, deed: Callable[[], None], now: threading.Event) -> None:
        """Do something again and again, or at once; a failure is told and the next try goes on."""
        while True:
            now.wait(LOOK_S)
            if self._ends.is_set():
                break
            now.clear()
            try:
                deed()
            except (AnlanError, DatabaseError, OSError):
                log.exception("the intake's upkeep failed", deed=deed.__name__)
                connection.close()
                time.sleep(1.0)
        connection.close()
