"""Runs that come by themselves, and products nobody needs any more."""

import shutil
from datetime import datetime, timedelta
from typing import Final

from anlan.base.permissions.actor import system
from anlan.base.regions import selectors as regions
from anlan.forecast.declaration import Input, Model, Schedule, shelf
from anlan.forecast.models import Grid, Run, Series
from anlan.forecast.selectors.gathering import KINDS, Asking
from anlan.forecast.selectors.gathering.asking import millis
from anlan.forecast.selectors.storms import storms_about
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.feeding import folder_of
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError

BY = system("forecast")
#: The wall clock cycles are counted on.
ORIGIN: Final = datetime(2000, 1, 1, tzinfo=clock.LOCAL_ZONE)
KEPT: Final = timedelta(days=30)
#: Kind of input that follows one storm.
TRACK: Final = "typhoon-track"


def start_due_runs() -> int:
    """Ask for the run of every model whose cycle has begun; returns how many.

    Cycles missed while nobody worked are not caught up: a forecast of yesterday helps nobody.
    """
    started = 0
    for model in shelf().models().values():
        if model.enabled and model.schedule is not None:
            started += _start(model, model.schedule)
    return started


def cycle_of(schedule: Schedule, now: datetime) -> datetime:
    """Tell the beginning of the cycle a moment lies in."""
    passed = (now - ORIGIN - schedule.after) // schedule.every
    return ORIGIN + schedule.after + passed * schedule.every


def _start(model: Model, schedule: Schedule) -> int:
    """Ask for a cycle's run, or for one of every storm that is about; returns how many."""
    if not any(one.kind == TRACK for one in model.inputs):
        return _start_of(model, schedule, "")
    about = storms_about(clock.now())
    return sum(_start_of(model, schedule, storm) for storm in about or ("",))


def _start_of(model: Model, schedule: Schedule, storm: str) -> bool:
    cycle = cycle_of(schedule, clock.now())
    once = ":".join([model.key, cycle.isoformat(), *([storm] if storm else [])])
    mine = Run.objects.filter(model=model.key)
    if mine.filter(once=once).exists():
        return False
    going = mine.filter(how="schedule", state__in=("queued", "running"))
    if (going.filter(storm__in=("", storm)) if storm else going).exists():
        return False  # the last one is not through yet: another would only queue behind it
    if not has_ground(model, storm):
        return False
    wanted = Wanted(model=model.key, storm=storm, how="schedule", once=once)
    try:
        ask_run(wanted=wanted, by=BY)
    except AnlanError:
        return False  # the list of models says what is wrong with it
    return True


def has_ground(model: Model, storm: str = "") -> bool:
    """Tell whether a cycle is worth beginning, for one storm where the model follows one.

    What the schedule says it runs only with must be there and not too old. And what the model
    cannot do without must have been there once: a county without tide points must not find a
    failed run every six hours; one whose tide points disappeared must.
    """
    region = model.region or regions.top()
    if not region or model.schedule is None:
        return False
    now = clock.now()
    trial = Run(
        model=model.key, region_id=region, storm=storm, based_at=now, valid_from=now - model.past,
        valid_until=now + model.ahead, step_s=round(model.step.total_seconds()), given={},
        settings=model.settings,
    )  # fmt: skip
    wanted = {one.name: one for one in model.inputs if one.name in model.schedule.only_with}
    if not Run.objects.filter(model=model.key, state="done").exists():
        wanted |= {one.name: one for one in model.inputs if one.fallback != "without"}
    try:
        return all(is_there(trial, one) for one in wanted.values() if one.kind in KINDS)
    except AnlanError:
        return True  # it is there, and wrong: the run says how


def is_there(run: Run, one: Input) -> bool:
    """Tell whether an input is there, and not older than it may be at most."""
    found = KINDS[one.kind](Asking(run, one))
    if found is None or found.content is None:
        return False
    return not found.is_older(one.oldest or one.fresh, millis(run.based_at))


def forget_products() -> int:
    """Drop series, grids and folders of unsigned runs that are old; what they said stays."""
    old = Run.objects.filter(
        ended_at__lt=clock.now() - KEPT, signing__in=("unsigned", "rejected")
    ).exclude(folder="")
    gone = 0
    for run in old[:200]:
        shutil.rmtree(folder_of(run).home, ignore_errors=True)
        Series.objects.filter(run=run).delete()
        Grid.objects.filter(run=run).delete()
        Run.objects.filter(pk=run.pk).update(folder="")
        gone += 1
    return gone
