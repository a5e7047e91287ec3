"""Alarm rules: written, changed, switched on and off - by whom and when is kept."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.sense import deed_names
from anlan.sense.models import Alarm, Rule, RuleVersion
from anlan.sense.rules.spec import Spec, plain, read_spec
from anlan.sense.rules.validation import check
from anlan.sense.services.alarms.raising import leaving, raise_alarms
from anlan.sense.services.epochs import turn_epoch

#: What ships; a county takes it over as drafts.
DEFAULTS = Path(__file__).resolve().parents[1] / "rules"
LONGEST_CODE = 64


def create_rule(*, code: str, region: str, spec: Mapping[str, Any], by: Actor) -> Rule:
    """Write a new rule as a draft; it watches nothing until somebody enables it."""
    permit(by, "rules.edit", region)
    read = _read(spec)
    code = code.strip()
    if not code or len(code) > LONGEST_CODE or "/" in code or ":" in code:
        raise Invalid("规则编码不对", errors={"code": ["1 至 64 个字，不含 / 和 :"]})
    if not Region.objects.filter(pk=region).exists():
        raise Invalid("没有这个地区", errors={"region": ["没有这个地区"]})
    rule = Rule(code=code, region_id=region, version=1, **_columns(read, by))
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
            _keep(rule, read, by)
            _note(rule, "created", by)
    except IntegrityError as error:
        raise Conflict(f"已有编码为「{code}」的规则") from error
    return rule


def edit_rule(*, rule: str, spec: Mapping[str, Any], by: Actor, version: int | None = None) -> Rule:
    """Write the next version. The one in force stays in force until the new one is enabled."""
    read = _read(spec)
    with transaction.atomic():
        row = _locked(rule, by, "rules.edit")
        if version is not None and version != row.version:
            raise Conflict("这条规则刚被别人改过，请核对后再保存")
        row.version += 1
        for name, value in _columns(read, by).items():
            setattr(row, name, value)
        row.save()
        _keep(row, read, by)
        _note(row, "edited", by)
    return row


def enable_rule(*, rule: str, by: Actor, number: int | None = None) -> Rule:
    """Put a version in force, the newest unless another is named."""
    with transaction.atomic():
        row = _locked(rule, by, "rules.enable")
        wanted = row.version if number is None else number
        if row.active == wanted:
            raise Conflict("这个版本已经启用")
        check(spec_of(row, wanted))  # tables may have changed since it was written
        was, row.active = row.active, wanted
        row.enabled_at, row.enabled_by = clock.now(), by.ref
        row.save(update_fields=["active", "enabled_at", "enabled_by"])
        _note(row, "enabled", by, {"active": [was, row.active]})
        turn_epoch()
    return row


def disable_rule(*, rule: str, by: Actor, reason: str = "") -> Rule:
    """Switch a rule off; what it raised and still stands is cleared."""
    with transaction.atomic():
        row = _locked(rule, by, "rules.enable")
        if row.active is None:
            raise Conflict("这条规则没有启用")
        _switch_off(row, by)
        _note(row, "disabled", by, facts={"reason": reason.strip()[:300]})
    return row


def retire_rule(*, rule: str, by: Actor) -> None:
    """Withdraw a rule for good; what it raised keeps pointing at it."""
    with transaction.atomic():
        row = _locked(rule, by, "rules.edit")
        if row.active is not None:
            permit(by, "rules.enable", row.region_id)
            _switch_off(row, by)
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        _note(row, "retired", by)


def _switch_off(row: Rule, by: Actor) -> None:
    row.active = None
    row.disabled_at, row.disabled_by = clock.now(), by.ref
    row.save(update_fields=["active", "disabled_at", "disabled_by"])
    now_ms = int(clock.now().timestamp() * 1000)
    standing = Alarm.objects.filter(rule=row, cleared_at=None)
    changes = [
        leaving(alarm, watch, noted, now_ms)
        for alarm in standing
        for watch, noted in alarm.watches.items()
        if noted[0]
    ]
    raise_alarms(changes=changes, by=by)
    turn_epoch()


def spec_of(rule: Rule, version: int) -> Spec:
    """Read what a rule says, or said in a version."""
    found = RuleVersion.objects.filter(rule=rule, number=version).values_list("spec", flat=True)
    for spec in found:
        return read_spec(spec)
    raise Missing("没有这个版本")


def load_defaults(*, region: str, by: Actor) -> list[str]:
    """Take the shipped rules over as drafts of a region; those it has already are left alone.

    Returns the codes of the rules that are new. Nothing is switched on.
    """
    permit(by, "rules.edit", region)
    own = {f"{code}@{scope.prefix(region)}": spec for code, spec in defaults().items()}
    with transaction.atomic():
        known = set(Rule.objects.filter(code__in=own).values_list("code", flat=True))
        fresh = [code for code in own if code not in known]
        for code in fresh:
            create_rule(code=code, region=region, spec=own[code], by=by)
    return fresh


def defaults() -> dict[str, dict[str, Any]]:
    """Read the shipped rules by code; each file holds tables named by code."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(DEFAULTS.glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def _read(spec: Mapping[str, Any]) -> Spec:
    read = read_spec(spec)
    check(read)
    return read


def _columns(spec: Spec, by: Actor) -> dict[str, Any]:
    return {
        "title": spec.title.strip()[:100], "title_en": spec.title_en.strip()[:120],
        "hazard": spec.hazard, "kind": spec.kind, "quantity": spec.quantity,
        "changed_at": clock.now(), "changed_by": by.ref,
    }  # fmt: skip


def _keep(rule: Rule, spec: Spec, by: Actor) -> None:
    RuleVersion.objects.create(
        rule=rule, number=rule.version, spec=plain(spec), at=clock.now(), by=by.ref
    )


def _locked(rule: str, by: Actor, action: str) -> Rule:
    row = Rule.objects.select_for_update().filter(pk=rule, retired_at=None).first()
    if row is None or not may(by, "rules.view", row.region_id):
        raise Missing("没有这条规则")
    permit(by, action, row.region_id)
    return row


def _note(
    rule: Rule,
    verb: str,
    by: Actor,
    changes: Mapping[str, list[Any]] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    record(
        deed=deed_names.RULE[verb], by=by, subject=("rule", rule.pk), region=rule.region_id,
        changes=changes, facts={"code": rule.code, "version": rule.version, **(facts or {})},
        topic="rule",
    )  # fmt: skip
