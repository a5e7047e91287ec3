"""Whether the steps can be done in their order and in time."""

from collections.abc import Iterator, Mapping

from anlan.plans.checking.clocks import NONE, StageClock, places_of
from anlan.plans.checking.findings import Finding
from anlan.plans.spec.shape import PlanSpec, Stage, Step
from anlan.plans.spec.spans import spelled


def check_order(plan: PlanSpec) -> Iterator[Finding]:
    """Find circular waits, waits for what begins only later, and steps slower than their time."""
    steps = {step.key: step for step in plan.steps}
    circles = list(_circles(steps))
    for circle in circles:
        names = " → ".join(steps[key].title for key in (*circle, circle[0]))
        yield Finding("error", "circular-wait", f"steps/{circle[0]}",
                      "互相等待，谁也开始不了：{names}", {"names": names})  # fmt: skip
    yield from _later(plan, steps)
    if not circles:
        yield from _slow(plan)
    yield from _stages(plan)


def _circles(steps: Mapping[str, Step]) -> Iterator[list[str]]:
    """Find circles, each once, by walking along what is waited for."""
    done: set[str] = set()
    for start in steps:
        if start in done:
            continue
        way = [start]
        following = [iter(steps[start].after)]
        while following:
            key = next((one for one in following[-1] if one in steps), None)
            if key is None:
                following.pop()
                done.add(way.pop())
            elif key in way:
                yield way[way.index(key) :]
            elif key not in done:
                way.append(key)
                following.append(iter(steps[key].after))


def _later(plan: PlanSpec, steps: Mapping[str, Step]) -> Iterator[Finding]:
    """Find steps that wait for what begins only at a graver stage, which may never come."""
    places = places_of(plan)
    for step in plan.steps:
        for key in step.after:
            other = steps.get(key)
            if other and any(_never(stage, other, places) for stage in step.stages):
                yield Finding(
                    "error", "waits-for-later", f"steps/{step.key}",
                    "要等的「{other}」到更高一级才开始，这一级会一直等下去",
                    {"other": other.title},
                )  # fmt: skip


def _never(stage: str, other: Step, places: Mapping[str, tuple[str, int]]) -> bool:
    """Tell whether a step has not begun when `stage` of its response has."""
    response, place = places.get(stage, ("", 0))
    known = [places[one] for one in other.stages if one in places]
    begins = [at for one, at in known if one == response]
    return bool(begins) and min(begins) > place


def _slow(plan: PlanSpec) -> Iterator[Finding]:
    """Add up what is done before, and hold it against the deadline and the stage's lead time."""
    clock = StageClock(plan)
    for step in plan.steps:
        for stage in step.stages:
            takes, allowed = clock.end(step, stage), clock.allowed(step, stage)
            if allowed is not None and takes > allowed:
                yield Finding(
                    "error", "slower-than-lead", f"steps/{step.key}",
                    "「{stage}」启动后，连同要等的步骤需 {takes}，只有 {allowed}",
                    {"stage": clock.titles[stage], "takes": spelled(takes),
                     "allowed": spelled(max(allowed, NONE))},
                )  # fmt: skip
                break


def _stages(plan: PlanSpec) -> Iterator[Finding]:
    used = {stage for step in plan.steps for stage in step.stages}
    for response in plan.responses:
        graver: Stage | None = None
        for stage in response.stages:
            at = f"stages/{response.key}.{stage.key}"
            if f"{response.key}.{stage.key}" not in used:
                yield Finding("gap", "stage-without-steps", at, "这一级没有任何要做的事")
            if not stage.triggers and not stage.ends:
                yield Finding("gap", "stage-without-trigger", at, "没有写明什么情况下启动这一级")
            if graver and graver.level and stage.level and stage.level >= graver.level:
                yield Finding("error", "stages-out-of-order", at, "各级应从轻到重排列")
            graver = stage if stage.level else graver
