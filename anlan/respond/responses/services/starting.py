"""Starting a response and taking it to another stage: by a person, once, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from anlan.base.cases.models import Case
from anlan.base.cases.services import open_case
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.plans.checking import Facts
from anlan.plans.models import Plan
from anlan.plans.selectors.facts import facts_for
from anlan.plans.selectors.steps import place_of, response_of, spec_at, starters
from anlan.plans.spec.shape import PlanSpec, Stage
from anlan.plans.spec.shape import Response as Declared
from anlan.respond.responses.events import ResponseMoved, ResponseStarted
from anlan.respond.responses.models import Proposal, Response, StepDebt
from anlan.respond.responses.services.deciding import Decision, Step, Word, decide, note_turn
from anlan.respond.responses.services.rescheduling import Rescheduled, reschedule
from anlan.respond.responses.services.stepping import begin_steps
from anlan.respond.responses.states import DECLINED, TAKEN
from anlan.warn.services.responses import answer_by_response

LONGEST_REASON = 300
LOWERED = "响应降级，不再下达"


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a person starts. Without `regions` it holds where the plan does."""

    plan: str
    key: str
    stage: str
    regions: tuple[str, ...] = ()
    #: When what it prepares for is expected; None while nobody knows.
    expected_at: datetime | None = None
    reason: str = ""
    oral: Word | None = None


class Scene(NamedTuple):
    """The plan a response runs by, as it was when it began."""

    plan: Plan
    version: int
    spec: PlanSpec
    declared: Declared
    facts: Facts

    def stage(self, key: str) -> tuple[int, Stage]:
        """Find a stage and where it stands."""
        place = place_of(self.declared, key)
        return place, self.declared.stages[place]


def scene(plan: Plan, version: int, key: str) -> Scene:
    """Read the plan and the county as they are needed to act."""
    spec = spec_at(plan.pk, version)
    return Scene(plan, version, spec, response_of(spec, key), facts_for(spec))


def start_response(*, start: Start, by: Actor) -> str:
    """Start a response in a stage; returns its id. Its steps are owed in the same transaction.

    By somebody whose post the plan names for the stage, or an officer who writes down what such a
    person said (`oral`). What the gap clock asked for and this answers is answered. `Conflict` when
    the response runs already.
    """
    plan = Plan.objects.filter(pk=start.plan, retired_at=None).first()
    if plan is None or not may(by, "responses.view", plan.region_id):
        raise Missing("没有这份预案")
    if plan.active is None:
        raise Conflict("这份预案还没有批准，不能据以启动")
    here = scene(plan, plan.active, start.key)
    place, stage = here.stage(start.stage)
    if stage.ends:
        raise Invalid("不能从结束开始", errors={"stage": ["请选择要启动的级别"]})
    regions = _regions(plan, start.regions)
    for region in regions:
        permit(by, "responses.start", region)
    entitled = starters(here.spec, here.declared, stage, here.facts)
    decision = decide(region=plan.region_id, entitled=entitled, oral=start.oral, by=by)
    _check_moment(start.expected_at)
    try:
        with transaction.atomic():
            row = _open(here, start, (place, stage, regions), by)
            return _begin(row, here, start, decision)
    except IntegrityError as error:
        raise Conflict("这个响应刚被别人启动，请打开它看") from error


def _regions(plan: Plan, wanted: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(map(scope.normalise, wanted))) or (plan.region_id,)
    inside = scope.prefix(plan.region_id)
    known = Region.objects.filter(pk__in=codes).count()
    if known != len(codes) or not all(scope.covers(inside, one) for one in codes):
        raise Invalid("有的地区不在预案适用范围内", errors={"regions": ["请从本地区中选择"]})
    return codes


def _check_moment(at: datetime | None) -> None:
    if at is not None and at.tzinfo is None:
        raise Invalid("预计时间要带时区", errors={"expected_at": ["应为带时区的时间"]})


def _open(
    here: Scene, start: Start, where: tuple[int, Stage, tuple[str, ...]], by: Actor
) -> Response:
    place, stage, regions = where
    if Response.objects.filter(plan=here.plan, key=start.key, ended_at=None).exists():
        raise Conflict("这个响应已经启动，请打开它看；要升降级请用提升、降低")
    now = clock.now()
    hazard = here.declared.hazards[0] if here.declared.hazards else ""
    case = open_case(
        hazard=hazard, region=here.plan.region_id, title=stage.title, by=by,
        parent=_matter(here.plan, start.key),
    )  # fmt: skip
    row = Response(
        plan=here.plan, version=here.version, key=start.key, title=here.declared.title,
        stage=stage.key, stage_title=stage.title, level=stage.level, worst=stage.level,
        place=place, hazards=list(here.declared.hazards), regions=list(regions), case=case,
        region_id=regions[0] if len(regions) == 1 else here.plan.region_id,
        expects=here.declared.expects, expected_at=start.expected_at, started_at=now,
        started_by=by.ref,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def _matter(plan: Plan, key: str) -> str | None:
    """Find the matter a response belongs to: that of the gravest reason it was proposed for."""
    row = Proposal.objects.filter(plan=plan, key=key).order_by("-pk").first()
    cases = [one["case"] for one in row.reasons if one.get("case")] if row else []
    known = set(Case.objects.filter(pk__in=cases).values_list("pk", flat=True))
    return next((case for case in cases if case in known), None)


def _begin(row: Response, here: Scene, start: Start, decision: Decision) -> str:
    note_turn(row, Step(verb="start", reason=start.reason.strip()[:LONGEST_REASON]), decision)
    begin_steps(row, here.spec, here.facts, decision.by)
    settle_asked(row, decision.by)
    publish(ResponseStarted(**facts_of(row, decision)))
    return row.pk


def settle_asked(row: Response, by: Actor) -> None:
    """Answer what the gap clock asks for and this response does; take proposals it meets."""
    answer_by_response(hazards=row.hazards, regions=row.regions, level=row.level, by=by)
    met = Proposal.objects.filter(
        plan=row.plan_id, key=row.key, closed_at=None, place__lte=row.place
    )
    met.update(state=TAKEN, response=row, closed_at=clock.now(), closed_by=by.ref)
    # What was declined is past: after this response the same reasons may ask again.
    Proposal.objects.filter(
        plan=row.plan_id, key=row.key, state=DECLINED, response=None
    ).update(response=row)  # fmt: skip


def facts_of(row: Response, decision: Decision) -> dict[str, Any]:
    """Tell what every fact about a response says."""
    return {
        "case": row.case, "response": row.pk, "plan": row.plan.code, "version": row.version,
        "key": row.key, "stage": row.stage, "level": row.level, "hazards": tuple(row.hazards),
        "region": row.region_id, "regions": tuple(row.regions), "by": decision.by.ref,
        "oral": decision.word is not None, "started_at": row.started_at, "expects": row.expects,
        "expected_at": row.expected_at,
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Turned:
    """What a person changes about a running response: its stage, or the moment it expects.

    `turn` is the one they saw: who decided on what has changed since is told so.
    """

    response: str
    turn: int
    stage: str = ""
    expected_at: datetime | None = None
    reason: str = ""
    oral: Word | None = None


def move_response(*, turned: Turned, by: Actor) -> Rescheduled:
    """Raise or lower a response (提升、降低), or name another expected moment.

    A raise owes the steps of the new stage that are not owed yet. A lower withdraws nothing: what
    was asked is done or struck off by hand; what only waited for its turn is asked no more. Another
    moment moves the deadlines of open steps that hang on it; tells how many.
    """
    _check_moment(turned.expected_at)
    with transaction.atomic():
        row = locked(turned.response, turned.turn, by)
        here = scene(row.plan, row.version, row.key)
        place, stage = here.stage(turned.stage or row.stage)
        if stage.ends:
            raise Invalid("结束请用结束", errors={"stage": ["请选择级别"]})
        later = turned.expected_at is not None and turned.expected_at != row.expected_at
        if place == row.place and not later:
            raise Conflict("已经是这一级")
        was, moment = (row.stage, row.level, row.place), row.expected_at
        decision = _decided(here, row, stage, turned, by)
        _take(row, place, stage, turned)
        verb = "expect" if place == was[2] else "raise" if place > was[2] else "lower"
        step = Step(verb=verb, stage_was=was[0], reason=turned.reason.strip()[:LONGEST_REASON])
        note_turn(row, step, decision)
        _follow(verb, row, here, by)
        told = reschedule(row, moment, here.spec, by) if later else Rescheduled()
        publish(
            ResponseMoved(
                **facts_of(row, decision), stage_was=was[0],
                level_was=was[1],  # type: ignore[arg-type]
                raised=verb == "raise", moved_at=clock.now(),
            )
        )  # fmt: skip
    return told


def _follow(verb: str, row: Response, here: Scene, by: Actor) -> None:
    """Ask for more, or for less of what only waited."""
    if verb == "raise":
        _reopen_waiting(row)
        begin_steps(row, here.spec, here.facts, by)
        settle_asked(row, by)
    elif verb == "lower":
        _drop_waiting(row, by)


def _decided(here: Scene, row: Response, stage: Stage, turned: Turned, by: Actor) -> Decision:
    """Tell in whose right it is done: who may start the stage, or the one it comes from."""
    if stage.key == row.stage:  # another moment alone is no new stage: whoever may start says it
        return decide(region=row.region_id, entitled=(), oral=turned.oral, by=by)
    entitled = starters(here.spec, here.declared, stage, here.facts)
    place, now = here.stage(row.stage)
    if place > place_of(here.declared, stage.key):
        entitled = [*entitled, *starters(here.spec, here.declared, now, here.facts)]
    return decide(region=row.region_id, entitled=entitled, oral=turned.oral, by=by)


def _take(row: Response, place: int, stage: Stage, turned: Turned) -> None:
    row.turn += 1
    row.place, row.stage, row.stage_title, row.level = place, stage.key, stage.title, stage.level
    row.expected_at = turned.expected_at or row.expected_at
    if stage.level is not None:
        row.worst = min(stage.level, row.worst or stage.level)
    row.save()


def _drop_waiting(row: Response, by: Actor) -> None:
    """Strike off what waited for its turn and belongs to a graver stage than there is now."""
    StepDebt.objects.filter(
        step__response=row, step__place__gt=row.place, obligation=None, closed_at=None
    ).update(closed_at=clock.now(), closed_by=by.ref, note=LOWERED)


def _reopen_waiting(row: Response) -> None:
    """Ask again for what an earlier lower struck off."""
    StepDebt.objects.filter(
        step__response=row, step__place__lte=row.place, obligation=None, note=LOWERED
    ).update(closed_at=None, closed_by="", note="")


def locked(response: str, turn: int, by: Actor) -> Response:
    """Find a running response for a deed; `Conflict` when it has moved since `turn`."""
    row = Response.objects.select_for_update(of=("self",)).select_related("plan").filter(
        pk=response
    ).first()  # fmt: skip
    if row is None or not may(by, "responses.view", row.region_id):
        raise Missing("没有这个响应")
    permit(by, "responses.start", row.region_id)
    if row.ended_at is not None:
        raise Conflict("这个响应已经结束")
    if row.turn != turn:
        raise Conflict("这个响应刚被别人调整，请看过再办")
    return row
