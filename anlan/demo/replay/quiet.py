"""Whether everything is done in the workspace this process belongs to, at a time of its clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
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
from anlan.kernel import clock
from anlan.kernel.errors import Unavailable

#: Within this time of real time every process has looked at a new time, and judged by it.
SETTLING: Final = timedelta(seconds=0.9)
#: Who waits for a word before looking again; without one they look twice a second.
TOPICS: Final = ("jobs", "obligation", "outbox", "journal")
#: How often they are told while something is under way, seconds.
NUDGE_S: Final = 0.1
PLATFORMS: Final = "部门平台"
#: States of a run that is still to come or going on.
UNFINISHED: Final = ("queued", "running")


def under_way(
    workspace: Path, *, models: bool = False, sources: bool = False
) -> Callable[[int], list[str]]:
    """Give the question of `stepping.Busy`: the first thing under way, asked upstream first.

    What comes after it would be asked in vain, and this process shares the machine.

    ``models``: runs of forecasts count, too. ``sources``: so do platforms that are due to be
    pulled from, which are looked for once a second only.
    """
    nudged = 0.0
    questions = {
        **({PLATFORMS: _platforms} if sources else {}), **QUESTIONS,
        **({MODELS: _models} if models else {}),
    }  # fmt: skip

    def ask(at: int) -> list[str]:
        nonlocal nudged
        if clock.now() < moment(at):  # this process has not looked at the new time yet
            clock.use(workspace / "clock.json")
        busy = (name for name, idle in questions.items() if not idle(workspace, at))
        left = [*islice(busy, 1)]
        if left and time.monotonic() - nudged > NUDGE_S:
            nudged = time.monotonic()
            wake.signal(*TOPICS)
        return left

    return ask


def _doors(workspace: Path, at: int) -> bool:
    try:
        state = doors.ask(workspace)
    except Unavailable:  # it is being started again
        return False
    if state.judged_ms is not None:
        return state.idle and state.judged_ms >= at
    setting = clock.setting()
    settled = setting is None or clock.real_now() - setting.real0 > SETTLING
    return state.idle and settled


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


#: What may be under way, in the order in which one sets the next in motion.
QUESTIONS: Final[dict[str, Callable[[Path, int], bool]]] = {
    DOORS: _doors,
    SCHEDULED: _schedules,
    "事件投递": lambda _, __: outbox_is_idle(),
    "作业": lambda _, __: jobs_are_idle(),
    "提级和逾期": _obligations,
    "留痕": lambda _, __: journal_is_idle(),
}
