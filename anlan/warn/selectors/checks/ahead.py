"""The check before issue as a page shows it: findings and impact, before anything is done."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from anlan import codes
from anlan.base.door.phrases import said as spoken
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import selectors as regions
from anlan.codes import Code
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError
from anlan.warn.models import Alert
from anlan.warn.selectors import signing
from anlan.warn.selectors.checks import findings
from anlan.warn.selectors.checks.findings import stop
from anlan.warn.selectors.checks.impact import impact
from anlan.warn.selectors.due import rule_for
from anlan.warn.selectors.filling import Content, unsaved
from anlan.warn.selectors.passing_on import check_may_go, relay_of, whither
from anlan.warn.selectors.rows import alert_for, received_for


def check_alert(actor: Actor, alert: str, language: str = "zh") -> dict[str, Any]:
    """Check an alert that is kept."""
    row = alert_for(alert, actor)
    permit(actor, "alerts.draft", row.home)
    return _told(row, actor, language)


def check_content(actor: Actor, content: Content, language: str = "zh") -> dict[str, Any]:
    """Check what is filled in and not kept, with the words it makes."""
    row = unsaved(content, actor)
    names = regions.names(row.regions)
    return {
        "title": row.title,
        "text": row.text,
        "parts": row.parts,
        "place": row.place,
        "regions": [{"code": code, "name": names.get(code, code)} for code in row.regions],
        "expires_at": row.expires_at,
        **_told(row, actor, language),
    }


def check_relay(
    actor: Actor, received: str, chosen: Sequence[str] | None = None, language: str = "zh"
) -> dict[str, Any]:
    """Check what relaying a message would send; what forbids it is a finding, not an error."""
    row = received_for(received, actor)
    permit(actor, "alerts.relay")
    try:
        check_may_go(row)
        goes_to = whither(row, chosen, actor)
    except AnlanError as refusal:
        found = stop("refused", refusal.detail, spoken(refusal.detail, "en"))
        return {"findings": [asdict(found)], "stopped": True, "impact": None, "regions": []}
    names = regions.names(goes_to)
    return {
        "regions": [{"code": code, "name": names.get(code, code)} for code in goes_to],
        **_told(relay_of(row, goes_to, actor), actor, language),
    }


def _told(row: Alert, actor: Actor, language: str) -> dict[str, Any]:
    found = findings(row)
    due = rule_for(row.kind, row.hazard, row.level, row.home)
    return {
        "findings": [asdict(one) for one in found],
        "stopped": any(one.severity == "stop" for one in found),
        "persons": signing.persons(row),
        "impact": _impact(row, actor, language),
        "response": _response(due) if due and row.action not in ("cancel", "withdraw") else None,
        "as_of": clock.now(),
    }


def _impact(row: Alert, actor: Actor, language: str) -> dict[str, Any] | None:
    if not row.regions or row.action in ("cancel", "withdraw"):
        return None
    told = impact(row, actor)
    groups = codes.table("special-groups")
    return {
        **asdict(told),
        "unknown": [spoken(line, language) for line in told.unknown],
        "special": [
            {"group": group, "label": groups.name(group), "label_en": groups.name(group, "en"),
             "count": n}
            for group, n in told.special
        ],
        "by_level": [{"level": level, "posts": n} for level, n in told.by_level],
    }  # fmt: skip


def _response(due: Code) -> dict[str, Any]:
    measures, level = codes.table("response-measures"), str(due.whole("response") or "")
    return {
        "response": due.whole("response"),
        "response_label": codes.table("response-levels").name(level),
        "response_label_en": codes.table("response-levels").name(level, "en"),
        "measures": [
            {"code": code, "label": measures.name(code), "label_en": measures.name(code, "en")}
            for code in due.several("measures")
        ],
        "minutes": due.whole("minutes"),
        "confidence": due.confidence,
    }
