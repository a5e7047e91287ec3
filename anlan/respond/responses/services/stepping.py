"""Steps of a plan become what posts owe: at once, or when what they wait for is done.

A step that waits is owed when every debt of the steps before it is over that has to do with its
region (its own, one that holds it, one it holds; where none has, every one); and at the latest when
waiting longer would leave no time to do it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, When

from anlan.base.db.inserting import insert_rows
from anlan.base.journal.services.recording import record
from anlan.base.obligations import services as obligations
from anlan.base.obligations.ladders import Span
from anlan.base.permissions.actor import Actor
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.plans.checking import Facts
from anlan.plans.selectors.steps import (
    Moments,
    Owing,
    due_of,
    latest_of,
    response_of,
    steps_for,
)
from anlan.plans.spec.shape import PlanSpec, Step
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Response, StepDebt, StepRun
from anlan.respond.responses.selectors.leftover import OPEN
from anlan.respond.responses.states import CHECKED_STEP, STEP
from anlan.sense.selectors.debtors import Place, debtors

MINUTE = timedelta(minutes=1)


class Around:
    """Tells quickly whether a region has to do with any of many: same, above or below."""

    def __init__(self, regions: Iterable[str]) -> None:
        self._own = {scope.prefix(one) for one in regions}
        self._above = {one[:length] for one in self._own for length in (0, *scope.LENGTHS)}

    def touches(self, region: str) -> bool:
        """Tell whether one of them is this region, holds it or lies in it."""
        own = scope.prefix(region)
        if own in self._own or (own in self._above and self._own):
            return True
        return any(own[:length] in self._own for length in (0, *scope.LENGTHS))


@dataclass(frozen=True)
class Begun:
    """What beginning a stage made."""

    steps: int
    owed: int
    waiting: int
    nobody: int


def begin_steps(row: Response, spec: PlanSpec, facts: Facts, by: Actor) -> Begun:
    """Begin the steps of a response's stage that have not begun, in the caller's transaction.

    What another running response of the plan asks for already is asked once: its debts are there.
    """
    declared = response_of(spec, row.key)
    known = set(row.steps.values_list("key", flat=True))
    owing = [
        one
        for one in steps_for(spec, declared, row.stage, facts, row.regions)
        if one.step.key not in known
    ]
    runs = _runs(row, spec, owing)
    insert_rows(runs)
    mine = [(run, one) for run, one in zip(runs, owing, strict=True) if run.same_id is None]
    debts = _debts(row, mine)
    made = _Made(row, {run.pk: one for run, one in mine}, by)
    waiting = _waiting(row, runs, debts)
    ready = [debt for debt in debts if debt.pk not in waiting and debt.post_id]
    _owe(ready, made)
    insert_rows(debts)
    begun = Begun(len(runs), len(ready), len(waiting), sum(debt.post_id is None for debt in debts))
    if runs:
        _note(row, "steps", by, {"steps": [run.key for run in runs], "owed": begun.owed,
                                 "waiting": begun.waiting, "nobody": begun.nobody})  # fmt: skip
    return begun


def _runs(row: Response, spec: PlanSpec, owing: Sequence[Owing]) -> list[StepRun]:
    ranks = {step.key: rank for rank, step in enumerate(spec.steps)}
    awaited = {key for step in spec.steps for key in step.after}
    places = {one.key: n for n, one in enumerate(response_of(spec, row.key).stages)}
    shared = {
        run.key: run
        for run in StepRun.objects.filter(
            response__plan=row.plan_id, response__ended_at=None, same=None,
            key__in=[one.step.key for one in owing],
        ).exclude(response=row).select_related("response")
        if set(row.regions) <= set(run.response.regions)
    }  # fmt: skip
    return [
        StepRun(
            response=row, key=one.step.key, title=one.step.title[:200], stage=one.stage,
            place=places[one.stage], rank=ranks[one.step.key], begun_at=clock.now(),
            after=list(one.step.after), awaited=one.step.key in awaited,
            same=shared.get(one.step.key),
        )
        for one in owing
    ]  # fmt: skip


def _debts(row: Response, mine: Sequence[tuple[StepRun, Owing]]) -> list[StepDebt]:
    """Make what each post owes; where the plan's post does not exist, whoever watches there."""
    gaps = {region for _, one in mine for region in _gaps(one, row)}
    watches = debtors({Place(region, "") for region in gaps})
    made = []
    for run, one in mine:
        moments = Moments(run.begun_at, row.expects, row.expected_at)
        due = due_of(one.step, moments)
        times = {"due_at": due, "latest_at": latest_of(one.step, due)}
        made += [
            StepDebt(step=run, post_id=post.id, region_id=scope.normalise(post.region), **times)
            for post in one.posts
        ]
        made += [
            StepDebt(
                step=run, post_id=watches.get(Place(region, "")), stand_in=True,
                region_id=scope.normalise(region), **times,
            )
            for region in _gaps(one, row)
        ]  # fmt: skip
    return made


def _gaps(one: Owing, row: Response) -> tuple[str, ...]:
    """List the regions where nobody of the plan owes a step."""
    if one.vacant or one.posts:
        return one.vacant
    return (row.region_id,)


class Before:
    """What must come before: the debts of a step, and those of them that are still open."""

    def __init__(self) -> None:
        self._all: list[str] = []
        self._open: list[str] = []
        self._around: tuple[Around, Around] | None = None

    def add(self, region: str, *, is_open: bool) -> None:
        """Count a debt in."""
        self._all.append(region)
        if is_open:
            self._open.append(region)

    def holds(self, region: str) -> bool:
        """Tell whether a region has to wait for it: for what has to do with it, else for all."""
        if not self._open:
            return False
        if self._around is None:
            self._around = Around(self._all), Around(self._open)
        every, open_ = self._around
        return open_.touches(region) if every.touches(region) else True


def is_held(before: Mapping[str, Before], after: Sequence[str], region: str) -> bool:
    """Tell whether anything that must come before holds a region back."""
    return any(key in before and before[key].holds(region) for key in after)


def _waiting(row: Response, runs: Sequence[StepRun], debts: Sequence[StepDebt]) -> set[str]:
    before = befores([row.pk]).get(row.pk, {})
    begun = {run.pk: run for run in runs}
    for debt in debts:
        if debt.post_id:
            key = begun[debt.step_id].key
            before.setdefault(key, Before()).add(debt.region_id, is_open=True)
    return {
        debt.pk
        for debt in debts
        if debt.post_id and is_held(before, begun[debt.step_id].after, debt.region_id)
    }


def befores(responses: Collection[str]) -> dict[str, dict[str, Before]]:
    """Read how far awaited steps are: response -> step's key -> its debts."""
    runs = StepRun.objects.filter(response__in=responses, awaited=True)
    keys: dict[str, list[tuple[str, str]]] = {}
    for pk, same, response, key in runs.values_list("pk", "same_id", "response_id", "key"):
        keys.setdefault(same or pk, []).append((response, key))
    found: dict[str, dict[str, Before]] = {}
    rows = StepDebt.objects.filter(step__in=keys, post__isnull=False)
    told = rows.annotate(is_open=Case(When(OPEN, then=True), default=False))
    for step, region, is_open in told.values_list("step_id", "region_id", "is_open"):
        for response, key in keys[step]:
            before = found.setdefault(response, {}).setdefault(key, Before())
            before.add(region, is_open=bool(is_open))
    return found


class _Made(NamedTuple):
    """What owing needs to know of a response and its steps."""

    row: Response
    steps: Mapping[str, Owing]
    by: Actor


def _owe(debts: Sequence[StepDebt], made: _Made) -> None:
    """Make obligations of some debts and set which; asked again it makes none twice."""
    now = clock.now()
    asked = [asked_of(debt, made.steps[debt.step_id].step, made.row, now) for debt in debts]
    ids = obligations.owe_many(debts=asked, by=made.by, start=True)
    for debt, pk in zip(debts, ids, strict=True):
        debt.obligation_id = pk


def asked_of(debt: StepDebt, step: Step, row: Response, now: datetime) -> obligations.Debt:
    """Say what a post owes of a step; asked twice it is the same debt."""
    done = within(debt.due_at, now)
    return obligations.Debt(
        kind=CHECKED_STEP if step.verify else STEP, title=step.title[:200],
        debtor=str(debt.post_id), region=debt.region_id,
        subject=(deed_names.STEP_SUBJECT, debt.step_id), case=row.case, ladder=step.ladder,
        answer_within=done, done_within=done, once=f"step:{debt.pk}",
    )  # fmt: skip


def within(due: datetime | None, now: datetime) -> Span | None:
    """Tell how long there is until a moment, a minute at least."""
    return Span(max(round((due - now) / MINUTE), 1), "minute") if due else None


def _note(row: Response, verb: str, by: Actor, facts: Mapping[str, object]) -> None:
    record(
        deed=deed_names.RESPONSE[verb], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=row.region_id, case=row.case, facts=dict(facts), topic=deed_names.TOPIC,
    )  # fmt: skip
