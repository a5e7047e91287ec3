"""Jobs, schedules and duties as declared by the modules; found in each module's ``jobs.py``."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from anlan.kernel.errors import Invalid
from anlan.kernel.registry import Registry

#: Set while this process is to end: what runs long looks at it between its steps.
ENDING = threading.Event()

#: Waits between the tries of a job, in seconds; the last repeats.
WAITS_S = (5.0, 30.0, 120.0, 600.0)


class JobContext:
    """What a running job is told, and where it tells how far it is."""

    def __init__(self, job: str, by: str, stopping: threading.Event | None = None) -> None:
        #: Id of the job's row.
        self.job = job
        #: Who asked for it, as the journal names them.
        self.by = by
        self.stopping = stopping or threading.Event()
        self._progress: float | None = None

    def progress(self, fraction: float) -> None:
        """Tell how much is done, 0..1. Cheap: the worker writes it down about once a second."""
        self._progress = min(max(float(fraction), 0.0), 1.0)

    @property
    def done(self) -> float | None:
        """The fraction last told."""
        return self._progress

    @property
    def should_stop(self) -> bool:
        """Whether the worker wants to end; a long job commits what it has and raises `Stopped`."""
        return self.stopping.is_set()


class Stopped(Exception):
    """A job gave up its turn because the worker ends; it is taken again from where it stands."""


Run = Callable[..., Any]


@dataclass(frozen=True)
class JobKind:
    """One kind of job. The function must bear being run again after it was cut off."""

    key: str
    title: str
    title_en: str
    run: Run
    tries: int = 5
    #: People wait for what it writes down: whoever can wait meanwhile lets it go first.
    goes_first: bool = False

    def wait(self, tries: int) -> timedelta:
        """Tell how long to wait after so many tries."""
        return timedelta(seconds=WAITS_S[min(tries, len(WAITS_S)) - 1])


@dataclass(frozen=True)
class Every:
    """A job that comes again and again, on the workspace's clock."""

    key: str
    period: timedelta


@dataclass(frozen=True)
class Duty:
    """What a worker does on every turn, woken by its topics; returns how much it did."""

    key: str
    run: Callable[[], int]
    topics: tuple[str, ...]
    #: Only the leading worker does it.
    leader: bool
    #: It has a thread and a database connection of its own, so that nothing delays it.
    apart: bool
    #: What comes alone is done at once; after that, how long to gather more, in seconds.
    gather_s: float = 0.0


KINDS: Registry[JobKind] = Registry("后台作业")
SCHEDULES: Registry[Every] = Registry("定时作业")
DUTIES: Registry[Duty] = Registry("常驻职责")


def job(
    key: str, *, title: str, title_en: str = "", tries: int = 5, goes_first: bool = False
) -> Callable[[Run], Run]:
    """Declare a function ``run(context, **args) -> JSON value`` as a kind of job.

    An `AnlanError` other than `Unavailable(retry=True)` fails the job at once; anything else is
    tried again, `tries` times in all, with growing waits.
    """

    def declare(run: Run) -> Run:
        KINDS.add(key, JobKind(key, title, title_en or key, run, tries, goes_first))
        return run

    return declare


def every(
    *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
) -> Callable[[Run], Run]:
    """Run a declared job (put `every` above `job`) periodically; never two of it at once."""
    period = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
    if period <= timedelta(0):
        raise Invalid("定时作业的周期必须大于零")

    def declare(run: Run) -> Run:
        key = next(kind.key for kind in KINDS.values() if kind.run is run)
        SCHEDULES.add(key, Every(key, period))
        return run

    return declare


def duty(
    key: str,
    *,
    topics: tuple[str, ...] = (),
    leader: bool = True,
    apart: bool = False,
    gather_s: float = 0.0,
) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Declare what a worker does on every turn (at least twice a second)."""

    def declare(run: Callable[[], int]) -> Callable[[], int]:
        DUTIES.add(key, Duty(key, run, topics, leader, apart, gather_s))
        return run

    return declare


Args = Mapping[str, Any]
