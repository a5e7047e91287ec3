"""One try of one source, whatever it gives: what an outside can cause becomes its state."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zlib import crc32

from anlan.gateways.sources.calling import CallFailed
from anlan.gateways.sources.conversation import Conversation, Means
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.states import MOST_SAMPLES, Attempt, Counts, Sample, State
from anlan.kernel.errors import AnlanError
from anlan.protocols.declared.moments import millis

#: Waits after failures begin here and double.
FIRST_WAIT_S = 30.0
#: Whoever does not know us locks accounts: knock more slowly.
REFUSED_WAIT_S = 300.0
LONGEST_BUSY_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is tried, from where it stands, and how."""

    declaration: Declaration
    state: State
    means: Means
    #: Keeps a state, and the try that led to it.
    keep: Callable[[State, Attempt | None], None]
    now: datetime


class Try(ABC):
    """One try. `run` never raises what an outside can cause: it becomes the state."""

    def __init__(self, target: Target) -> None:
        self.declaration = target.declaration
        self.state = target.state
        self._means = target.means
        self._keep = target.keep
        self._now_ms = millis(target.now)
        self._counts = Counts()
        self._samples: list[Sample] = []
        self._absent: set[str] | None = None
        self._notes: list[str] = []
        self._talk: Conversation | None = None

    def run(self) -> State:
        """Try; return the state, which has been kept."""
        began = time.monotonic()
        cause = reason = ""
        wait_s = 0.0
        try:
            self._talk = Conversation(self.declaration, self._means)
            self._work()
        except CallFailed as failed:
            cause, reason, wait_s = failed.cause, failed.detail, failed.wait_s
        except AnlanError as error:
            cause, reason = "setting", error.detail
        finally:
            self._settle_quietly()
        took_ms = round((time.monotonic() - began) * 1000)
        requests = self._talk.requests if self._talk else 0
        self._counts = replace(self._counts, requests=requests)
        if cause == "stopped":
            return self.state  # nobody's failure: the next start asks again
        self.state = self._after(cause, reason, wait_s)
        attempt = Attempt(self._now_ms, took_ms, not reason, cause, reason, self._counts)
        self._keep(self.state, attempt)
        return self.state

    @abstractmethod
    def _work(self) -> None:
        """Ask, and hand over what comes."""

    def _settle_quietly(self) -> None:  # noqa: B027 - most have nothing on its way
        """After a failure: let what is on its way arrive."""

    def _sample(self, field: str, reason: str, sample: str) -> None:
        """Note something that was refused, for people to see."""
        if len(self._samples) < MOST_SAMPLES:
            assert self._talk is not None
            clean = self._talk.blotter.clean(sample)
            self._samples.append(Sample(self._now_ms, field, reason, clean))

    def _after(self, cause: str, reason: str, wait_s: float) -> State:
        """Tell the state after this pull."""
        state, schedule = self.state, self.declaration.schedule
        failures = state.failures + 1 if reason else 0
        pause_s = schedule.every_s
        if reason:
            pause_s = wait_after(
                failures, schedule.every_s, schedule.backoff_s, self.declaration.key
            )
            pause_s = max(pause_s, min(wait_s, LONGEST_BUSY_S))
            pause_s = max(pause_s, REFUSED_WAIT_S) if cause == "refused" else pause_s
        return replace(
            state,
            version=self.declaration.version,
            last_try_ms=self._now_ms,
            last_good_ms=state.last_good_ms if reason else self._now_ms,
            next_try_ms=self._now_ms + round(pause_s * 1000),
            failures=failures,
            cause=cause,
            reason=reason,
            notes=tuple(self._notes),
            absent=tuple(sorted(self._absent or ())),
            last=self._counts,
            total=state.total.plus(self._counts),
            samples=tuple([*reversed(self._samples), *state.samples][:MOST_SAMPLES]),
        )


def wait_after(failures: int, every_s: float, most_s: float, salt: str) -> float:
    """Tell how long to wait after so many failures in a row: twice as long each time, to a limit.

    Up to a tenth is added by chance that is not: sources of one platform do not all come at once.
    """
    first = min(FIRST_WAIT_S, every_s)
    doubled = min(first * 2.0 ** min(failures - 1, 30), max(most_s, first))
    return doubled * (1 + crc32(f"{salt}{failures}".encode()) % 100 / 1000)
