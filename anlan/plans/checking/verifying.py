"""Whether somebody else looks before it counts as done: named, there, and not the doer."""

from collections.abc import Iterator

from anlan.plans.checking.facts import Facts, related
from anlan.plans.checking.findings import Finding
from anlan.plans.checking.people import some
from anlan.plans.spec.shape import Debtor, PlanSpec, Step


def check_verifiers(plan: PlanSpec, facts: Facts) -> Iterator[Finding]:
    """Find steps on which lives hang and that nobody verifies, and verifiers who cannot."""
    seen = looked_at(plan)
    for step in plan.steps:
        at = f"steps/{step.key}"
        if step.verify is not None:
            yield from _verifiers(plan, step, step.verify, facts)
        elif step.vital and step.key not in seen:
            yield Finding("gap", "nobody-verifies", at, "事关人命，没有写明由谁核实")
        elif not step.answers:
            yield Finding("hint", "not-told", at, "做完后什么也不用报，也没有人核实")


def looked_at(plan: PlanSpec) -> set[str]:
    """List what verified steps wait for, however indirectly: whoever verifies sees that, too."""
    steps = {step.key: step for step in plan.steps}
    seen: set[str] = set()
    open_ = [key for step in plan.steps if step.verify is not None for key in step.after]
    while open_:
        key = open_.pop()
        if key not in seen and key in steps:
            seen.add(key)
            open_ += steps[key].after
    return seen


def _verifiers(plan: PlanSpec, step: Step, verify: Debtor, facts: Facts) -> Iterator[Finding]:
    at = f"steps/{step.key}"
    owing, judging = facts.debtors(plan, step.who), facts.debtors(plan, verify)
    if not judging:
        yield Finding("error", "nobody-to-verify", at, "写明的核实人没有对应的岗位")
        return
    doers = {post.code for post in owing}
    if owing and all(post.code in doers for post in judging):
        yield Finding("error", "verifies-itself", at, "做的人核实自己，请另写一个岗位核实")
        return
    if not verify.role:
        return
    reached = [post.region for post in judging]
    missed = {
        post.region for post in owing if not any(related(post.region, region) for region in reached)
    }
    if missed:
        names = sorted(facts.regions[code][0] for code in missed if code in facts.regions)
        yield Finding("gap", "region-unverified", at, "{count} 个地区没有人核实：{names}",
                      {"count": len(missed), "names": some(names)})  # fmt: skip
