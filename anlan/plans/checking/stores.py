"""Whether there is enough of what the steps are done with, in the stores of the plan's region."""

from collections import Counter
from collections.abc import Iterator

from anlan.plans.checking.facts import Facts
from anlan.plans.checking.findings import Finding
from anlan.plans.spec.shape import Need, PlanSpec, Step


def check_stores(plan: PlanSpec, facts: Facts) -> Iterator[Finding]:
    """Find needs no store can meet: by itself, or with the steps that begin before or with it.

    What began at a milder stage is still out when the graver one begins.
    """
    for step in plan.steps:
        yield from _step(plan, step, facts)
    said: set[tuple[str, str]] = set()
    for response in plan.responses:
        used: Counter[str] = Counter()
        for stage in response.stages:
            here = f"{response.key}.{stage.key}"
            if stage.ends:  # by then everything has come back
                used.clear()
            for step in plan.steps:
                if here in step.stages:
                    yield from _together(plan, step, facts, used, said)


def _step(plan: PlanSpec, step: Step, facts: Facts) -> Iterator[Finding]:
    at = f"steps/{step.key}"
    for need in step.needs:
        if need.item not in facts.items:
            yield Finding("error", "unknown-name", at, "没有物资「{name}」", {"name": need.item})
            continue
        name, unit = facts.items[need.item]
        have, wanted = facts.stores.get(need.item), needed(plan, step, need, facts)
        if have is None:
            words = "物资储备台账里查不到「{item}」有多少，不知道够不够"
            yield Finding("gap", "stock-unknown", at, words, {"item": name})
        elif wanted > have:
            words = "「{item}」要 {wanted} {unit}，库存可用 {have} {unit}"
            told: dict[str, str | int] = {
                "item": name,
                "wanted": wanted,
                "have": have,
                "unit": unit,
            }
            yield Finding("gap", "stock-short", at, words, told)


def _together(
    plan: PlanSpec, step: Step, facts: Facts, used: Counter[str], said: set[tuple[str, str]]
) -> Iterator[Finding]:
    for need in step.needs:
        have = facts.stores.get(need.item)
        if have is None or need.item not in facts.items:
            continue
        wanted = needed(plan, step, need, facts)
        used[need.item] += wanted
        if wanted <= have < used[need.item] and (step.key, need.item) not in said:
            said.add((step.key, need.item))
            name, unit = facts.items[need.item]
            words = "连同已经开始的步骤，「{item}」要 {wanted} {unit}，库存可用 {have} {unit}"
            told: dict[str, str | int] = {
                "item": name,
                "wanted": used[need.item],
                "have": have,
                "unit": unit,
            }
            yield Finding("gap", "stock-short-together", f"steps/{step.key}", words, told)


def needed(plan: PlanSpec, step: Step, need: Need, facts: Facts) -> int:
    """Tell how much of an item a step needs in all."""
    return need.amount * (len(facts.debtors(plan, step.who)) if need.each else 1)
