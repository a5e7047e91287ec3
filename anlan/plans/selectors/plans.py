"""Plans as lists and pages show them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from anlan import codes
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.kernel.errors import Missing
from anlan.plans.checking import Facts, Finding, PostFact, StageClock, check_plan
from anlan.plans.checking.stores import needed
from anlan.plans.models import Plan, PlanVersion
from anlan.plans.selectors.facts import facts_for
from anlan.plans.spec.shape import Debtor, PlanSpec, Step
from anlan.plans.spec.yaml import as_spec
from anlan.plans.states import DRAFT, RETURNED, STATES, SUBMITTED

VIEW = "plans.view"
#: So many names of those who owe a step are told; the rest is counted.
NAMED = 3


def listed(actor: Actor, region: str = "") -> list[dict[str, Any]]:
    """List the plans the actor may see, those of the regions above included."""
    rows = visible(Plan.objects.filter(retired_at=None), actor, VIEW, within=region)
    plans = list(rows.select_related("region").order_by("region_id", "code"))
    newest = {
        (one.plan_id, one.number): one
        for one in PlanVersion.objects.filter(plan__in=plans).defer("spec")
    }
    return [_row(plan, newest[plan.pk, plan.version]) for plan in plans]


def one(actor: Actor, plan: str) -> dict[str, Any]:
    """Read a plan with its versions, without what they say."""
    row = seen(actor, plan)
    versions = list(row.versions.defer("spec").order_by("-number"))
    names = permissions.names_of(
        {ref for one in versions for ref in (one.drafted_by, one.submitted_by, one.decided_by)}
    )
    told = _row(row, versions[0]) | {"verbs": _verbs(actor, row, versions[0])}
    told["versions"] = [
        {
            "number": version.number, "state": version.state,
            "state_label": STATES[version.state][0], "state_label_en": STATES[version.state][1],
            "digest": version.digest, "drafted_at": version.drafted_at,
            "drafted_by_name": names.get(version.drafted_by, ""),
            "submitted_at": version.submitted_at, "decided_at": version.decided_at,
            "decided_by_name": names.get(version.decided_by, ""), "note": version.note,
            "cites": version.cites,
        }
        for version in versions
    ]  # fmt: skip
    return told


def _verbs(actor: Actor, plan: Plan, newest: PlanVersion) -> list[str]:
    """List what the actor may do with the newest version now."""
    if plan.retired_at is not None:
        return []
    writes = may(actor, "plans.edit", plan.region_id)
    decides = may(actor, "plans.approve", plan.region_id)
    own = actor.ref in (newest.drafted_by, newest.submitted_by)
    waits = newest.state == SUBMITTED
    offered = {
        "draft": writes, "submit": writes and newest.state in (DRAFT, RETURNED),
        "approve": decides and waits and not own, "return": decides and waits,
        "retire": decides,
    }  # fmt: skip
    return [verb for verb, is_offered in offered.items() if is_offered]


def seen(actor: Actor, plan: str) -> Plan:
    """Find a plan the actor may see; `Missing` else."""
    row = Plan.objects.select_related("region").filter(pk=plan).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这份预案")
    return row


def spec_of(plan: Plan, number: int | None = None) -> PlanSpec:
    """Read what a plan says in a version: the one in force, else the newest."""
    wanted = number or plan.active or plan.version
    for spec in plan.versions.filter(number=wanted).values_list("spec", flat=True):
        return as_spec(spec)
    raise Missing("没有这个版本")


def opened(actor: Actor, plan: str, number: int | None = None) -> dict[str, Any]:
    """Read all that a version says: each step with who owes it today, and what is found wrong."""
    row = seen(actor, plan)
    spec = spec_of(row, number)
    facts = facts_for(spec)
    return {"number": number or row.active or row.version, **described(spec, facts)}


def described(spec: PlanSpec, facts: Facts) -> dict[str, Any]:
    """Describe a plan by what is known today."""
    findings = check_plan(spec, facts)
    circular = any(one.kind == "circular-wait" for one in findings)
    clock = None if circular else StageClock(spec)
    return {
        "title": spec.title, "code": spec.code, "basis": list(spec.basis), "note": spec.note,
        "hazards": [codes.table("hazards").name(key) for key in spec.hazards],
        "groups": [
            {
                "key": group.key, "title": group.title, "duties": list(group.duties),
                "members": [
                    {"title": member.title, "posts": _named(facts.members(group, member))}
                    for member in group.members
                ],
            }
            for group in spec.groups
        ],
        "responses": [
            {
                "key": response.key, "title": response.title, "title_en": response.title_en,
                "stages": [
                    {
                        "key": f"{response.key}.{stage.key}", "title": stage.title,
                        "level": stage.level, "started_by": list(stage.started_by),
                        "lead": stage.lead, "consult_every": stage.consult_every,
                        "report_every": stage.report_every, "ends": stage.ends,
                        "triggers": [
                            {"text": one.text, "confidence": one.confidence}
                            for one in stage.triggers
                        ],
                        "line": _line(spec, clock, f"{response.key}.{stage.key}"),
                    }
                    for stage in response.stages
                ],
            }
            for response in spec.responses
        ],
        "steps": [_step(spec, step, facts, findings) for step in spec.steps],
        "templates": [
            {"key": one.key, "title": one.title, "text": one.text} for one in spec.templates
        ],
        "findings": findings,
    }  # fmt: skip


def _line(spec: PlanSpec, clock: StageClock | None, stage: str) -> list[dict[str, Any]]:
    """Lay a stage's steps along the time since it began, in minutes; None where nothing says."""
    laid = []
    for step in spec.steps:
        if stage not in step.stages:
            continue
        allowed = clock.allowed(step, stage) if clock else None
        laid.append(
            {
                "step": step.key,
                "begins": _minutes(clock.begin(step, stage)) if clock else None,
                "ends": _minutes(clock.end(step, stage)) if clock else None,
                "due": _minutes(allowed) if allowed is not None else None,
            }
        )
    return laid


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def _step(spec: PlanSpec, step: Step, facts: Facts, findings: Sequence[Finding]) -> dict[str, Any]:
    owing = facts.debtors(spec, step.who)
    return {
        "key": step.key, "title": step.title, "stages": list(step.stages), "do": step.do,
        "who": _who(spec, step.who), "owing": len(owing), "named": _named(owing[:NAMED]),
        "vacant": sum(not post.holders for post in owing),
        "deadline": {"within": step.deadline.within, "before": step.deadline.before,
                     "expected": step.deadline.expected, "at": step.deadline.at},
        "takes": step.takes, "after": list(step.after), "register": step.register,
        "team": step.team, "template": step.template, "verified": step.verify is not None,
        "needs": _needs(spec, step, facts),
        "verifier": _who(spec, step.verify) if step.verify else "", "vital": step.vital,
        "answers": [{"label": one.label, "unit": one.unit, "type": one.type}
                    for one in step.answers],
        "source": step.source, "confidence": step.confidence,
        "wrong": sum(one.where == f"steps/{step.key}" for one in findings),
    }  # fmt: skip


def _who(spec: PlanSpec, who: Debtor) -> str:
    """Say who owes or verifies a step: 海上防御组 组长, 村社 渔船联络员."""
    if who.group:
        titles = {group.key: group.title for group in spec.groups}
        return f"{titles.get(who.group, who.group)} {who.title}".strip()
    if who.role:
        return codes.table("posts").name(who.role)
    return who.post


def _needs(spec: PlanSpec, step: Step, facts: Facts) -> list[dict[str, Any]]:
    """Tell with what a step is done, and how much of it is ready; None is not known."""
    return [
        {
            "item": need.item, "label": name, "unit": unit,
            "amount": needed(spec, step, need, facts), "have": facts.stores.get(need.item),
        }
        for need in step.needs
        for name, unit in [facts.items.get(need.item, (need.item, ""))]
    ]  # fmt: skip


def _named(posts: Sequence[PostFact]) -> list[str]:
    return [post.title for post in posts]


def _row(plan: Plan, newest: PlanVersion) -> dict[str, Any]:
    return {
        "id": plan.pk, "code": plan.code, "title": plan.title, "region": plan.region_id,
        "region_name": plan.region.name, "version": plan.version, "active": plan.active,
        "changed_at": plan.changed_at, "retired_at": plan.retired_at, "state": newest.state,
        "state_label": STATES[newest.state][0], "state_label_en": STATES[newest.state][1],
    }  # fmt: skip
