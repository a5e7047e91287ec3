"""Whether one team is asked to be in two places."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from anlan.plans.checking.findings import Finding
from anlan.plans.spec.shape import PlanSpec, Step


def check_teams(plan: PlanSpec) -> Iterator[Finding]:
    """Find teams booked by two steps of one stage that do not wait for each other."""
    booked: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in plan.steps:
        for stage in step.stages:
            if step.team:
                booked[step.team, stage].append(step)
    said: set[tuple[str, str]] = set()
    for (team, _), steps in booked.items():
        for one, other in combinations(steps, 2):
            pair = (one.key, other.key)
            if pair in said or _waits(plan, one, other.key) or _waits(plan, other, one.key):
                continue
            said.add(pair)
            yield Finding(
                "error", "double-booked", f"steps/{other.key}",
                "队伍 {team} 同时还要做「{other}」", {"team": team, "other": one.title},
            )  # fmt: skip


def _waits(plan: PlanSpec, step: Step, key: str) -> bool:
    """Tell whether a step waits, by however many others, for another."""
    steps = {one.key: one for one in plan.steps}
    seen: set[str] = set()
    open_ = list(step.after)
    while open_:
        one = open_.pop()
        if one == key:
            return True
        if one not in seen and one in steps:
            seen.add(one)
            open_ += steps[one].after
    return False
