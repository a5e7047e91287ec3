"""Whose it is to verify a step (谁核实), by the plan; and what they are asked."""

from collections.abc import Collection, Mapping
from typing import Any

from anlan.base.obligations.kinds import Words
from anlan.base.obligations.models import Obligation, Step
from anlan.plans.selectors.facts import facts_about
from anlan.plans.selectors.steps import verifiers
from anlan.plans.spec.shape import Answer
from anlan.respond.responses.models import Order, StepRun
from anlan.respond.responses.selectors.steps import steps_said
from anlan.respond.responses.states import CHECKED_ORDER
from anlan.sense.selectors.debtors import Place, debtors


def judges_of_steps(obligations: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Tell which posts verify what was reported on steps, by obligation.

    Where the plan's post does not exist, or owes the step itself, whoever watches there does.
    """
    rows = list(
        Obligation.objects.filter(pk__in=list(obligations)).values_list(
            "pk", "subject", "region_id", "debtor_id"
        )
    )
    said = steps_said({subject for _, subject, _, _ in rows})
    facts = {
        spec.code: facts_about(spec, [one.verify for one in spec.steps if one.verify])
        for spec in {spec.code: spec for _, spec, _ in said.values()}.values()
    }
    found = {}
    alone: dict[str, tuple[str, str]] = {}
    for pk, subject, region, debtor in rows:
        if subject not in said:
            continue
        _, spec, step = said[subject]
        posts = {post.id for post in verifiers(spec, step, region, facts[spec.code])} - {debtor}
        if posts:
            found[pk] = frozenset(posts)
        else:
            alone[pk] = (region, debtor)
    return found | _watching(alone)


def judges_of_orders(obligations: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Tell which post verifies what was reported on orders, by obligation, where one is named."""
    rows = dict(Obligation.objects.filter(pk__in=list(obligations)).values_list("pk", "subject"))
    named = dict(
        Order.objects.filter(pk__in=set(rows.values()), verifier__isnull=False).values_list(
            "pk", "verifier_id"
        )
    )
    return {
        pk: frozenset((str(named[subject]),)) for pk, subject in rows.items() if subject in named
    }


def judges_of(kind: str, obligation: str) -> frozenset[str]:
    """Tell which posts verify one obligation, a step of a plan or an order."""
    judges = judges_of_orders if kind == CHECKED_ORDER else judges_of_steps
    return judges([obligation]).get(obligation, frozenset())


def _watching(alone: Mapping[str, tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Find whoever watches over regions, for steps that have nobody else; nobody: left out."""
    watches = debtors({Place(region, "") for region, _ in alone.values()}) if alone else {}
    found = {}
    for pk, (region, debtor) in alone.items():
        post = watches.get(Place(region, ""))
        if post and post != debtor:
            found[pk] = frozenset((post,))
    return found


def words_of_checks(obligations: Collection[str]) -> Mapping[str, Words]:
    """Tell what whoever verifies is asked: what was to be done, and what was told of it."""
    owed = Obligation.objects.filter(pk__in=list(obligations)).select_related("debtor", "region")
    rows = {row.pk: row for row in owed}
    said = steps_said({row.subject for row in rows.values()})
    reports = Step.objects.filter(obligation__in=rows, verb="report").order_by("id")
    told: dict[str, dict[str, Any]] = dict(reports.values_list("obligation_id", "answers"))
    return {
        pk: Words(_asked(row, said[row.subject], told.get(pk, {})), _stage(said[row.subject][0]))
        for pk, row in rows.items()
        if row.subject in said
    } | {
        pk: Words(f"{row.title}\n{row.region.name} {row.debtor.title} 已反馈办完，请看反馈后核实。")
        for pk, row in rows.items()
        if row.kind == CHECKED_ORDER
    }


def _stage(run: StepRun) -> str:
    return run.response.stage_title


def _asked(row: Obligation, said: tuple[Any, Any, Any], answers: Mapping[str, Any]) -> str:
    step = said[2]
    lines = [step.do or step.title, f"{row.region.name} {row.debtor.title} 反馈："]
    lines += [f"{one.label}：{_value(one, answers)}" for one in step.answers if one.name in answers]
    return "\n".join(lines)


def _value(one: Answer, answers: Mapping[str, Any]) -> str:
    value = answers[one.name]
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value}{one.unit}"
