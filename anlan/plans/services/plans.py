"""A plan's way: drafted from its YAML, checked, sent for approval, approved by somebody else."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from anlan.base.journal.canonical import sm3
from anlan.base.journal.services.recording import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.plans import deed_names
from anlan.plans.checking import check_plan
from anlan.plans.models import Plan, PlanVersion
from anlan.plans.selectors.facts import facts_for
from anlan.plans.selectors.plans import spec_of
from anlan.plans.spec.shape import PlanSpec
from anlan.plans.spec.yaml import read_plan, write_plan
from anlan.plans.states import APPROVED, DRAFT, RETURNED, SUBMITTED

LONGEST_NOTE = 300


def draft_plan(*, text: str, by: Actor) -> Plan:
    """Keep a plan as a draft: a new one, or the next version of the one with its code and region.

    What is in force stays in force. `Wrong` says on which line the text cannot be read.
    """
    spec = read_plan(text)
    region = scope.normalise(spec.region)
    permit(by, "plans.edit", region)
    if not Region.objects.filter(pk=region).exists():
        raise Invalid("没有这个地区", errors={"region": ["没有这个地区"]})
    try:
        with transaction.atomic():
            plan = Plan.objects.select_for_update().filter(
                code=spec.code, region=region, retired_at=None
            ).first() or Plan(code=spec.code, region_id=region, version=0)  # fmt: skip
            return _keep(plan, spec, by)
    except IntegrityError as error:
        raise Conflict("这份预案刚被别人改过，请核对后再存") from error


def submit_plan(*, plan: str, by: Actor) -> Plan:
    """Send the newest version for approval; errors the checker finds keep it from going."""
    with transaction.atomic():
        row, version = _locked(plan, by, "plans.edit")
        if version.state not in (DRAFT, RETURNED):
            raise Conflict("只有草稿和退回的可以报批")
        spec = spec_of(row, row.version)
        wrong = [one for one in check_plan(spec, facts_for(spec)) if one.gravity == "error"]
        if wrong:
            raise Invalid(
                "预案里还有错误，改正后再报批",
                errors={one.where: [one.sentence()] for one in wrong},
            )
        version.state, version.submitted_at, version.submitted_by = SUBMITTED, clock.now(), by.ref
        version.save()
        _note(row, "submitted", by, {"version": version.number})
    return row


def return_plan(*, plan: str, reason: str, by: Actor) -> Plan:
    """Send a version back to whoever drafted it, with a reason."""
    if not reason.strip():
        raise Invalid("请写明退回的理由", errors={"reason": ["必须填写"]})
    with transaction.atomic():
        row, version = _locked(plan, by, "plans.approve")
        _decide(version, RETURNED, reason, by)
        _note(row, "returned", by, {"version": version.number, "reason": version.note})
    return row


def approve_plan(*, plan: str, by: Actor, note: str = "") -> Plan:
    """Approve the newest version: it is in force from now on. Nobody approves their own draft."""
    with transaction.atomic():
        row, version = _locked(plan, by, "plans.approve")
        if by.ref in (version.drafted_by, version.submitted_by):
            raise Conflict("起草和报批的人不能自己批准，请换一个人")
        _decide(version, APPROVED, note, by)
        was, row.active = row.active, version.number
        row.changed_at = clock.now()
        row.save(update_fields=["active", "changed_at"])
        _note(row, "approved", by, {"version": version.number, "digest": version.digest},
              {"active": [was, row.active]})  # fmt: skip
    return row


def retire_plan(*, plan: str, reason: str, by: Actor) -> Plan:
    """Abolish a plan; what was done by it keeps pointing at it."""
    with transaction.atomic():
        row, _ = _locked(plan, by, "plans.approve")
        row.retired_at = row.changed_at = clock.now()
        row.save(update_fields=["retired_at", "changed_at"])
        _note(row, "retired", by, {"reason": reason.strip()[:LONGEST_NOTE]})
    return row


def _keep(plan: Plan, spec: PlanSpec, by: Actor) -> Plan:
    last = plan.versions.filter(number=plan.version).exclude(state=APPROVED).first()
    plan.version += 1
    plan.title, plan.changed_at = spec.title[:100], clock.now()
    plan.save()
    PlanVersion.objects.create(
        plan=plan, number=plan.version, spec=msgspec.to_builtins(spec), drafted_at=clock.now(),
        digest=sm3(write_plan(spec).encode()).hex(), drafted_by=by.ref,
        # What asked for this revision stands by it until one is approved.
        cites=last.cites if last else [],
    )  # fmt: skip
    _note(plan, "drafted", by, {"version": plan.version, "steps": len(spec.steps)})
    return plan


def _decide(version: PlanVersion, state: str, note: str, by: Actor) -> None:
    if version.state != SUBMITTED:
        raise Conflict("这一版没有报批，或已经有人处理")
    version.state, version.decided_at, version.decided_by = state, clock.now(), by.ref
    version.note = note.strip()[:LONGEST_NOTE]
    version.save()


def _locked(plan: str, by: Actor, action: str) -> tuple[Plan, PlanVersion]:
    row = Plan.objects.select_for_update().filter(pk=plan, retired_at=None).first()
    if row is None or not may(by, "plans.view", row.region_id):
        raise Missing("没有这份预案")
    permit(by, action, row.region_id)
    return row, row.versions.select_for_update().get(number=row.version)


def _note(
    plan: Plan,
    verb: str,
    by: Actor,
    facts: Mapping[str, Any],
    changes: Mapping[str, list[Any]] | None = None,
) -> None:
    record(
        deed=deed_names.PLAN[verb], by=by, subject=(deed_names.SUBJECT, plan.pk),
        region=plan.region_id, changes=changes, facts={"code": plan.code, **facts},
        topic=deed_names.TOPIC,
    )  # fmt: skip
