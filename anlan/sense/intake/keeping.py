"""How the rules outlive the process: their state, kept with the last commit it has digested."""

import struct
import time
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from anlan.kernel.errors import AnlanError
from anlan.sense.intake.desk import Desk
from anlan.sense.store.interface import Store

log = structlog.get_logger("anlan.sense")

KEY: Final = "rules"
#: How often the state is written, seconds of real time.
EVERY_S: Final = 5.0
_HEAD: Final = struct.Struct("<qqq")


class Dumped(Protocol):
    """Something with a state."""

    def dump(self) -> bytes:
        """Write the state down."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: the states after commit `seq`."""

    seq: int
    rules: bytes
    checks: bytes


class Keeping:
    """Writes the states from time to time, and only while the desk owes no alarm.

    What the desk has not written yet came from commits after the kept one, and will be told again
    from them: the desk takes being told twice.
    """

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store, self._desk = store, desk
        self._seq = 0
        self._kept_seq = -1
        self._due = 0.0

    def read(self) -> Kept | None:
        """Read what was kept last; None on the first start."""
        body = self._store.kept(KEY)
        if body is None or len(body) < _HEAD.size:
            return None
        seq, rules, checks = _HEAD.unpack_from(body)
        first = _HEAD.size
        return Kept(seq, body[first : first + rules], body[first + rules : first + rules + checks])

    def begin(self, seq: int) -> None:
        """Go on from a commit that the rules have digested."""
        self._seq = seq

    def digested(self, seq: int) -> None:
        """Note that the rules have digested a commit."""
        self._seq = seq

    def turn(self, rules: Dumped, checks: Dumped) -> None:
        """Write the states if it is time."""
        if time.monotonic() < self._due or not self._desk.idle:
            return
        self._due = time.monotonic() + EVERY_S
        if self._seq != self._kept_seq:
            self._write(rules, checks)

    def last(self, rules: Dumped, checks: Dumped) -> None:
        """Write the states before the end, if the desk owes nothing."""
        if self._desk.idle and self._seq != self._kept_seq:
            self._write(rules, checks)

    def _write(self, rules: Dumped, checks: Dumped) -> None:
        first, second = rules.dump(), checks.dump()
        body = _HEAD.pack(self._seq, len(first), len(second)) + first + second
        try:
            self._store.keep(KEY, body, seq=self._seq)
        except (AnlanError, OSError):
            # The one before stays good: more is judged again after a restart, nothing is lost.
            log.exception("the state of the rules was not kept")
            return
        self._kept_seq = self._seq
