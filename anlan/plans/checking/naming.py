"""Whether everything a plan names is there: keys once, references answered, codes known."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from string import Formatter

from anlan.kernel.errors import Invalid
from anlan.plans.checking.facts import Facts
from anlan.plans.checking.findings import Finding
from anlan.plans.spec.shape import FIGURES, Debtor, PlanSpec, Step
from anlan.plans.spec.spans import hour, span


def check_names(plan: PlanSpec, facts: Facts) -> Iterator[Finding]:
    """Find keys that stand twice and names that mean nothing."""
    yield from _twice("groups", [one.key for one in plan.groups])
    yield from _twice("responses", [one.key for one in plan.responses])
    yield from _twice("stages", stage_keys(plan))
    yield from _twice("steps", [one.key for one in plan.steps])
    yield from _twice("templates", [one.key for one in plan.templates])
    yield from _hazards("plan", plan.hazards, facts)
    for group in plan.groups:
        for member in group.members:
            if bool(member.post) == bool(member.role):
                yield _error("member-unclear", f"groups/{group.key}",
                             "「{title}」应写明岗位编码 post 或岗位职责 role 之一",
                             title=member.title)  # fmt: skip
            yield from _role(f"groups/{group.key}", member.role, group.at, facts)
    yield from _stages(plan, facts)
    for step in plan.steps:
        yield from _step(plan, step, facts)
    for template in plan.templates:
        yield from _template(template.key, template.text, template.names)


def stage_keys(plan: PlanSpec) -> list[str]:
    """List the stages as steps name them: ``typhoon.4``."""
    return [f"{one.key}.{stage.key}" for one in plan.responses for stage in one.stages]


def _stages(plan: PlanSpec, facts: Facts) -> Iterator[Finding]:
    for response in plan.responses:
        yield from _hazards(f"responses/{response.key}", response.hazards, facts)
        for stage in response.stages:
            at = f"stages/{response.key}.{stage.key}"
            for text in (stage.lead, stage.consult_every, stage.report_every):
                yield from _readable(at, span, text)
            for trigger in stage.triggers:
                for asked in (trigger.warning, trigger.forecast):
                    yield from _hazards(at, asked.hazards if asked else (), facts)
                if trigger.figure and trigger.figure.name not in FIGURES:
                    yield _error("unknown-figure", at, "启动条件里的数字「{name}」不认识",
                                 name=trigger.figure.name)  # fmt: skip


def _step(plan: PlanSpec, step: Step, facts: Facts) -> Iterator[Finding]:
    at = f"steps/{step.key}"
    known = set(stage_keys(plan))
    if not step.stages:
        yield _error("step-without-stage", at, "没有写明哪一级开始做")
    for named, pool, words in (
        (step.stages, known, "没有「{name}」这一级"),
        (step.after, {one.key for one in plan.steps}, "要等的步骤「{name}」不存在"),
        ((step.template,), {one.key for one in plan.templates}, "没有模板「{name}」"),
        ((step.ladder,), facts.ladders, "没有阶梯「{name}」"),
        ((step.register,), facts.registers, "没有台账「{name}」"),
        ((step.team,), facts.teams, "没有队伍「{name}」"),
    ):
        yield from _unknown(at, named, pool, words)
    yield from _debtor(plan, at, step.who, facts)
    if step.verify:
        yield from _debtor(plan, at, step.verify, facts)
    deadline = step.deadline
    expects = {f"{one.key}.{stage.key}": one.expects for one in plan.responses
               for stage in one.stages}  # fmt: skip
    if not (deadline.within or deadline.at) and not all(
        deadline.before and expects.get(stage, deadline.expected) == deadline.expected
        for stage in step.stages
    ):
        yield _error("no-deadline", at, "没有写明什么时候做完")
    for text in (deadline.within, deadline.before, step.takes):
        yield from _readable(at, span, text)
    yield from _readable(at, hour, deadline.at)
    yield from _twice(at, [one.name for one in step.answers])


def _debtor(plan: PlanSpec, at: str, who: Debtor, facts: Facts) -> Iterator[Finding]:
    named = [bool(who.group), bool(who.post), bool(who.role)]
    if sum(named) != 1:
        yield _error("debtor-unclear", at, "由谁来做应写明 group、post、role 之一")
        return
    yield from _unknown(at, (who.where.partition("/")[0],), facts.registers, "没有台账「{name}」")
    yield from _role(at, who.role, who.at, facts)
    group = next((one for one in plan.groups if one.key == who.group), None)
    if who.group and group is None:
        yield from _unknown(at, (who.group,), (), "没有工作组「{name}」")
    if group and who.title:
        titles = [member.title for member in group.members]
        yield from _unknown(at, (who.title,), titles, "这个工作组里没有「{name}」")


def _role(at: str, role: str, level: str | None, facts: Facts) -> Iterator[Finding]:
    if not role:
        return
    if role not in facts.roles:
        yield _error("unknown-role", at, "没有岗位职责「{name}」", name=role)
    elif level is not None and level not in facts.roles[role]:
        yield _error("role-at-level", at, "岗位职责「{name}」不设在这一层级", name=role)


def _template(key: str, text: str, names: Collection[str]) -> Iterator[Finding]:
    at = f"templates/{key}"
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        yield _error("template-braces", at, "花括号不成对")
        return
    yield from _unknown(at, sorted(used), names, "用了没有列出的「{name}」")


def _unknown(at: str, named: Iterable[str], pool: Collection[str], words: str) -> Iterator[Finding]:
    for name in named:
        if name and name not in pool:
            yield _error("unknown-name", at, words, name=name)


def _hazards(at: str, named: Iterable[str], facts: Facts) -> Iterator[Finding]:
    yield from _unknown(at, named, facts.hazards, "没有灾种「{name}」")


def _readable(at: str, read: Callable[[str], object], text: str) -> Iterator[Finding]:
    if not text:
        return
    try:
        read(text)
    except Invalid as error:
        yield _error("unreadable-time", at, error.detail.replace("{", "").replace("}", ""))


def _twice(at: str, keys: Iterable[str]) -> Iterator[Finding]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield _error("twice", f"{at}/{key}", "「{key}」写了 {times} 次", key=key, times=times)


def _error(kind: str, where: str, words: str, **values: str | int) -> Finding:
    return Finding("error", kind, where, words, values)
