"""Whether everything is done in the workspace this process belongs to, at a time of its clock."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final

from anlan.base.jobs import wake
from anlan.base.jobs.models import Schedule
from anlan.base.jobs.selectors import is_idle as jobs_are_idle
from anlan.base.journal.selectors import is_idle as journal_is_idle
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.selectors import is_idle as outbox_is_idle
from anlan.demo.days.recording import moment
from anlan.demo.replay import doors
from anlan.demo.replay.stepping import DOORS, MODELS, SCHEDULED
from anlan.forecast.models import Run
from anlan.gateways.sources.runner import is_due
from anlan.gateways.sources.sharing import FOLDER as SOURCES
from anlan.gateways.sources.shelf import Shelf
from anlan.gateways.sources.states import FILE, State, States
from anlan.kernel.errors import Unavailable

#: Who waits for a word before looking at a new time; without one they look twice a second.
TOPICS: Final = ("jobs", "obligation")
PLATFORMS: Final = "部门平台"
#: States of a run that is still to come or going on.
UNFINISHED: Final = ("queued", "running")

#: Tell of one thing whether nothing of it is under way at a time (ms).
Questions = dict[str, Callable[[Path, int], bool]]


class Quiet:
    """Asks of a workspace what is under way at a time of its clock.

    ``models``: runs of forecasts count, too. ``sources``: so do platforms that are due to be
    pulled from, which are looked for once a second only.
    """

    def __init__(self, workspace: Path, *, models: bool = False, sources: bool = False) -> None:
        self._workspace = workspace
        self._sources: Questions = {PLATFORMS: _platforms} if sources else {}
        self._models: Questions = {MODELS: _models} if models else {}
        self._told = -1

    def unlooked(self, at: int) -> list[str]:
        """Let the doors look at streams and rules as of the time; tell whether they have not."""
        return self._first({DOORS: _look}, at)

    def unjudged(self, at: int) -> list[str]:
        """Let the doors judge that the time has come, with all that was sent."""
        return self._first({**self._sources, DOORS: _judge}, at)

    def stirred(self, at: int) -> list[str]:
        """Tell what is under way besides that which the time itself brings."""
        return self._first(STIRRED, at)

    def under_way(self, at: int) -> list[str]:
        """Tell the first thing under way, asked upstream first.

        What comes after it would be asked in vain, and this process shares the machine.
        """
        if at != self._told:
            self._told = at
            wake.signal(*TOPICS)
        return self._first({**self._sources, **QUESTIONS, **self._models}, at)

    def _first(self, questions: Questions, at: int) -> list[str]:
        busy = (name for name, idle in questions.items() if not idle(self._workspace, at))
        return [*islice(busy, 1)]


def _look(workspace: Path, at: int) -> bool:
    state = _asked(workspace, "look")
    return state is not None and state.looked_ms >= at


def _judge(workspace: Path, at: int) -> bool:
    return _judged(_asked(workspace, "judge"), at)


def _doors(workspace: Path, at: int) -> bool:
    return _judged(_asked(workspace, "state"), at)


def _judged(state: doors.Doors | None, at: int) -> bool:
    return state is not None and state.idle and state.judged_ms >= at


def _asked(workspace: Path, verb: doors.Verb) -> doors.Doors | None:
    try:
        return doors.ask(workspace, verb)
    except Unavailable:  # it is being started again
        return None


def _platforms(workspace: Path, at: int) -> bool:
    """Tell whether every platform has been pulled from as it is declared."""
    states = States(workspace / SOURCES / FILE).all()
    declared = Shelf(workspace).in_force()
    return not any(
        one.enabled and is_due(one, states.get(key, State()), at) for key, one in declared.items()
    )


def _models(_: Path, __: int) -> bool:
    return not Run.objects.filter(state__in=UNFINISHED).exists()


def _schedules(_: Path, at: int) -> bool:
    """Tell whether what comes again and again has been begun, and is done."""
    due = Schedule.objects.filter(due_at__lte=moment(at))
    return not due.exists() and jobs_are_idle(scheduled=True)


def _obligations(_: Path, at: int) -> bool:
    climbing = Obligation.objects.filter(climb_at__lte=moment(at))
    lapsing = Obligation.objects.filter(lapse_at__lte=moment(at))
    return not climbing.exists() and not lapsing.exists()


#: What events set in motion, in the order in which one sets the next in motion.
STIRRED: Final[Questions] = {
    "事件投递": lambda _, __: outbox_is_idle(),
    "作业": lambda _, __: jobs_are_idle(),
    "留痕": lambda _, __: journal_is_idle(),
}
#: All that may be under way, likewise.
QUESTIONS: Final[Questions] = {
    DOORS: _doors, SCHEDULED: _schedules, "提级和逾期": _obligations, **STIRRED,
}  # fmt: skip
