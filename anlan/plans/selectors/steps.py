"""What a plan asks for once a stage begins: whose it is, where, by when. Respond makes it owed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.plans.checking import Facts, PostFact, related
from anlan.plans.models import Plan, PlanVersion
from anlan.plans.spec.shape import Member, PlanSpec, Response, Stage, Step
from anlan.plans.spec.spans import hour, span
from anlan.plans.spec.yaml import as_spec

DAY = timedelta(days=1)


@dataclass(frozen=True)
class InForce:
    """A plan as it is in force."""

    plan: Plan
    version: int
    spec: PlanSpec


@dataclass(frozen=True)
class Owing:
    """A step that begins, with the posts that owe it; none: the gap a person must see."""

    step: Step
    #: Key of the stage it began with, within its response.
    stage: str
    posts: tuple[PostFact, ...]
    #: Regions of the debtor's level without any such post.
    vacant: tuple[str, ...]


@dataclass(frozen=True)
class Moments:
    """From what deadlines are reckoned."""

    begun_at: datetime
    #: ``landfall``, ``water``, ``wind`` or ``night``, and when it is expected; None: not known.
    expects: str
    expected_at: datetime | None = None


def in_force(region: str = "") -> list[InForce]:
    """Read the plans in force, those of a region and below it where one is given; two queries."""
    rows = Plan.objects.filter(retired_at=None, active__isnull=False)
    plans = list(scope.below(rows, region) if region else rows)
    versions = {
        (pk, number): spec
        for pk, number, spec in PlanVersion.objects.filter(
            plan__in=plans, number__in={plan.active for plan in plans}
        ).values_list("plan_id", "number", "spec")
    }
    return [
        InForce(plan, plan.active, as_spec(versions[plan.pk, plan.active]))
        for plan in plans
        if plan.active is not None
    ]


def spec_at(plan: str, number: int) -> PlanSpec:
    """Read what a version of a plan says, in force or not any more."""
    rows = PlanVersion.objects.filter(plan=plan, number=number)
    for spec in rows.values_list("spec", flat=True):
        return as_spec(spec)
    raise Missing("没有这个版本")


def response_of(spec: PlanSpec, key: str) -> Response:
    """Find a response of a plan."""
    for one in spec.responses:
        if one.key == key:
            return one
    raise Missing("预案里没有这种响应")


def place_of(response: Response, stage: str) -> int:
    """Tell where a stage stands among those of its response, the mildest first."""
    for place, one in enumerate(response.stages):
        if one.key == stage:
            return place
    raise Missing("预案里没有这一级")


def starters(spec: PlanSpec, response: Response, stage: Stage, facts: Facts) -> list[PostFact]:
    """List the posts that may start a stage, those it names first.

    Whoever may start a graver stage may start a milder one. `started_by` names titles of the plan,
    or roles.
    """
    names = dict.fromkeys(stage.started_by)
    if names and not stage.ends:
        graver = response.stages[place_of(response, stage.key) :]
        names |= {name: None for one in graver if not one.ends for name in one.started_by}
    found: dict[str, PostFact] = {}
    for named in names:
        for group in spec.groups:
            for member in group.members:
                if member.title == named:
                    found |= {post.id: post for post in facts.members(group, member)}
        if named in facts.roles:
            headquarters = next(iter(spec.groups))
            posts = facts.members(headquarters, Member(title=named, role=named))
            found |= {post.id: post for post in posts}
    return list(found.values())


def steps_for(
    spec: PlanSpec, response: Response, stage: str, facts: Facts, regions: Collection[str] = ()
) -> list[Owing]:
    """List what is to be done in a stage: its own steps and those of every milder one.

    A stage that `ends` has its own alone, and they belong to no other. `regions` narrows posts to
    those in, above or below them: of a response for two townships the county's posts owe theirs.
    """
    place = place_of(response, stage)
    begun = [
        one.key
        for one in response.stages[: place + 1]
        if one.key == stage or not one.ends
    ]  # fmt: skip
    if response.stages[place].ends:
        begun = [stage]
    return list(_begun(spec, response, begun, _Reach(facts, tuple(regions))))


@dataclass(frozen=True)
class _Reach:
    facts: Facts
    regions: tuple[str, ...]

    def holds(self, region: str) -> bool:
        """Tell whether a post's region has to do with the response's regions."""
        return not self.regions or any(related(region, one) for one in self.regions)


def _begun(
    spec: PlanSpec, response: Response, begun: Collection[str], reach: _Reach
) -> Iterator[Owing]:
    for step in spec.steps:
        keys = [one for one in begun if f"{response.key}.{one}" in step.stages]
        if keys:
            posts = [
                post
                for post in reach.facts.debtors(spec, step.who)
                if reach.holds(post.region)
            ]  # fmt: skip
            vacant = [one for one in reach.facts.uncovered(step.who) if reach.holds(one)]
            yield Owing(step, keys[0], tuple(posts), tuple(vacant))


def verifiers(spec: PlanSpec, step: Step, region: str, facts: Facts) -> list[PostFact]:
    """List the posts that verify a step done in a region (谁核实); none where it names nobody.

    A post, or a place in a group, verifies for everywhere; a role where its region has to do with
    that one. No post verifies what it owes itself: the caller leaves it out.
    """
    if step.verify is None:
        return []
    posts = facts.debtors(spec, step.verify)
    if not step.verify.role:
        return posts
    return [post for post in posts if related(post.region, region)]


def due_of(step: Step, moments: Moments) -> datetime | None:
    """Tell by when a step that begins is due: the earliest of what it says; None: it says nothing.

    What counts back from the expected moment says nothing while nobody knows when that is.
    """
    said, begun = step.deadline, moments.begun_at
    due = []
    if said.within:
        due.append(begun + span(said.within))
    if said.before and moments.expected_at and said.expected == moments.expects:
        due.append(moments.expected_at - span(said.before))
    if said.at:
        wall = clock.local(begun)
        struck = wall.replace(
            hour=hour(said.at).hour, minute=hour(said.at).minute, second=0, microsecond=0
        )
        due.append(struck if struck > wall else struck + DAY)
    return min(due, default=None)


def latest_of(step: Step, due: datetime | None) -> datetime | None:
    """Tell when a step must begin at the latest to be done in time; None where nothing says."""
    if due is None:
        return None
    return due - span(step.takes) if step.takes else due
