"""Rules as lists and pages show them: said aloud, by whom switched on, how often right."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from anlan import codes
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.models import Alarm, Rule, RuleVersion
from anlan.sense.rules.compiling import compile_rules
from anlan.sense.rules.rows import RuleRow
from anlan.sense.rules.sentence import sentence
from anlan.sense.rules.spec import read_spec
from anlan.sense.rules.validation import check
from anlan.sense.selectors.directory import streams_directory
from anlan.sense.selectors.precision import DAYS, since

VIEW = "rules.view"
#: Streams named that lack what a rule asks for.
MOST_LACKING = 50


def listed(actor: Actor, region: str = "") -> list[dict[str, Any]]:
    """List the rules the actor may see, those of the regions above included."""
    rows = visible(Rule.objects.filter(retired_at=None), actor, VIEW, within=region)
    found = list(rows.select_related("region").order_by("region_id", "code"))
    return describe(found)


def describe(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Say rules in words; four queries, whatever their number."""
    refs = {ref for row in rules for ref in (row.enabled_by, row.changed_by) if ref}
    names = permissions.names_of(refs)
    specs = _specs(rules)
    figures = _figures(rules)
    hazards = codes.table("hazards")
    return [
        {
            "id": row.pk,
            "code": row.code,
            "title": row.title,
            "title_en": row.title_en,
            "sentence": _say(specs[row.pk][row.version], row.region.name),
            "sentence_en": _say(specs[row.pk][row.version], row.region.name, "en"),
            "hazard": row.hazard,
            "hazard_label": hazards.name(row.hazard),
            "hazard_label_en": hazards.name(row.hazard, "en"),
            "kind": row.kind,
            "quantity": row.quantity,
            "region": row.region_id,
            "region_name": row.region.name,
            "version": row.version,
            "active": row.active,
            "enabled_at": row.enabled_at,
            "enabled_by_name": names.get(row.enabled_by, row.enabled_by),
            "disabled_at": row.disabled_at,
            "changed_at": row.changed_at,
            "changed_by_name": names.get(row.changed_by, row.changed_by),
            **figures[row.pk],
        }
        for row in rules
    ]


def _specs(rules: Sequence[Rule]) -> dict[str, dict[int, Any]]:
    newest = Q(pk__in=())
    for row in rules:
        newest |= Q(rule=row, number=row.version)
    found: dict[str, dict[int, Any]] = defaultdict(dict)
    for rule, number, spec in RuleVersion.objects.filter(newest).values_list(
        "rule_id", "number", "spec"
    ):
        found[rule][number] = spec
    return found


def _figures(rules: Sequence[Rule]) -> dict[str, dict[str, Any]]:
    """Count what each rule raised in the last days, and how much of what was judged was real."""
    table = codes.table("alarm-causes")
    real = [row.code for row in table if row.flag("real")]
    counted = [row.code for row in table if row.flag("counted")]
    rows = Alarm.objects.filter(rule__in=rules, raised_at__gte=since(DAYS)).order_by()
    found = {
        row["rule_id"]: row
        for row in rows.values("rule_id").annotate(
            alarms=Count("pk"), real=Count("pk", filter=Q(cause__in=real)),
            judged=Count("pk", filter=Q(cause__in=counted)),
        )
    }  # fmt: skip
    told = {}
    for rule in rules:
        row = found.get(rule.pk)
        share = round(row["real"] / row["judged"], 4) if row and row["judged"] else None
        told[rule.pk] = {"alarms": row["alarms"] if row else 0, "precision": share}
    return told


def _say(spec: Mapping[str, Any], region: str, lang: str = "zh") -> str:
    return sentence(read_spec(spec), region, lang)


def one(actor: Actor, rule: str) -> dict[str, Any]:
    """Read one rule with all its versions."""
    row = Rule.objects.select_related("region").filter(pk=rule).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这条规则")
    versions = list(row.versions.order_by("-number"))
    names = permissions.names_of({version.by for version in versions})
    told = describe([row])[0]
    told["spec"] = versions[0].spec
    told["retired_at"] = row.retired_at
    told["versions"] = [
        {
            "number": version.number, "at": version.at, "by": version.by,
            "by_name": names.get(version.by, version.by), "spec": version.spec,
            "sentence": _say(version.spec, row.region.name),
            "sentence_en": _say(version.spec, row.region.name, "en"),
        }
        for version in versions
    ]  # fmt: skip
    told["may"] = {
        "edit": may(actor, "rules.edit", row.region_id),
        "enable": may(actor, "rules.enable", row.region_id),
    }
    return told


def spoken(actor: Actor, spec: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Say a draft aloud, tell what is wrong with it, and what it would watch today."""
    name = region_name(actor, region)
    told: dict[str, Any] = {
        "sentence": "", "sentence_en": "", "errors": {}, "streams": None, "stations": None,
        "lacking": [], "reason": "",
    }  # fmt: skip
    try:
        read = read_spec(spec)
        check(read)
    except Invalid as error:
        told["errors"] = dict(error.errors) or {"": [error.detail]}
        return told
    told["sentence"], told["sentence_en"] = sentence(read, name), sentence(read, name, "en")
    streams = streams_directory()
    row = RuleRow("draft", "draft", 0, region, read)
    made = compile_rules([row], streams.rows, clock.local(clock.now()).date())
    account = made.accounts["draft"]
    watched = {one.station for one in made.bindings if one is not None and one.station}
    told |= {
        "streams": account.watched,
        "stations": len(watched) or None,
        "lacking": account.lacking[:MOST_LACKING],
        "reason": account.reason,
    }
    return told


def region_name(actor: Actor, region: str) -> str:
    """Name the region a draft is for; `Forbidden` where the actor may see no rules."""
    permit(actor, VIEW, region)
    found = Region.objects.filter(pk=region).values_list("name", flat=True).first()
    if found is None:
        raise Invalid("没有这个地区", errors={"region": ["没有这个地区"]})
    return str(found)
