"""What a step of a plan asks, in words and as a form: told by the plan, not kept with each debt."""

from collections.abc import Collection, Mapping

from anlan.base.obligations.kinds import Ask, Words
from anlan.plans.selectors.steps import spec_at
from anlan.plans.spec.shape import Answer, PlanSpec, Step
from anlan.respond.responses.models import StepRun

#: Types of answers that the engine takes; pictures are hung on the obligation instead.
TAKEN = {"int": "int", "number": "number", "text": "text", "choice": "choice", "bool": "bool"}


def steps_said(runs: Collection[str]) -> dict[str, tuple[StepRun, PlanSpec, Step]]:
    """Find what the plan says of steps that began; a query, and one for each version."""
    rows = StepRun.objects.filter(pk__in=list(runs)).select_related("response")
    specs: dict[tuple[str, int], PlanSpec] = {}
    found = {}
    for run in rows:
        key = (run.response.plan_id, run.response.version)
        spec = specs[key] if key in specs else specs.setdefault(key, spec_at(*key))
        step = next((one for one in spec.steps if one.key == run.key), None)
        if step is not None:
            found[run.pk] = (run, spec, step)
    return found


def words_of(runs: Collection[str]) -> Mapping[str, Words]:
    """Tell what steps ask in words."""
    return {
        pk: Words(_said(spec, step), run.response.stage_title, step.title[:12])
        for pk, (run, spec, step) in steps_said(runs).items()
    }


def _said(spec: PlanSpec, step: Step) -> str:
    lines = [step.do or step.title]
    template = next((one.text for one in spec.templates if one.key == step.template), "")
    if template:
        lines.append(f"范本：{template}")
    if any(one.type == "photo" for one in step.answers):
        lines.append("请附照片。")
    return "\n".join(lines)


def asks_of(runs: Collection[str]) -> Mapping[str, tuple[Ask, ...]]:
    """Tell what the report on each step asks."""
    return {
        pk: tuple(_ask(one) for one in step.answers if one.type in TAKEN)
        for pk, (_, _, step) in steps_said(runs).items()
    }


def _ask(one: Answer) -> Ask:
    label = f"{one.label}（{one.unit}）" if one.unit else one.label
    return Ask(
        one.name, label, label, TAKEN[one.type], required=one.required,
        choices=tuple((value, value, value) for value in one.choices),
    )  # fmt: skip
