"""Alerts of ours in words: one, many, what may be done with them, what they ask for."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F, QuerySet

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.base.journal.deeds import label as name_of
from anlan.base.obligations import selectors as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import selectors as regions
from anlan.base.register.masking import mask
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.warn.competence import TABLE as ISSUERS
from anlan.warn.models import Alert, Approval, ResponseDue
from anlan.warn.selectors import signing
from anlan.warn.selectors.rows import alert_for, seen_alerts
from anlan.warn.signals import glyph_of
from anlan.warn.states import ALERT, UNSENT

MOST = 1000
#: Every deed there is on an alert, in the order of its life.
VERBS = (
    "submit", "return", "approve", "oral", "sign", "issue", "drop", "edit", "update", "raise",
    "lower", "extend", "cancel", "withdraw",
)  # fmt: skip


def describe(rows: Sequence[Alert], actor: Actor) -> list[dict[str, Any]]:
    """Say alerts in words; two queries, whatever their number."""
    return _described(rows, permissions.names_of(_hands(rows)), actor)


def _hands(rows: Sequence[Alert]) -> set[str]:
    """List everybody who had a hand in some alerts."""
    refs = {
        ref
        for row in rows
        for ref in (row.drafted_by, row.submitted_by, row.approved_by, row.issued_by, row.ended_by)
    }
    return refs - {""}


def _described(rows: Sequence[Alert], names: dict[str, str], actor: Actor) -> list[dict[str, Any]]:
    places = regions.names(
        {row.region_id for row in rows} | {c for row in rows for c in row.regions}
    )
    return [_alert(row, names, places, actor) for row in rows]


def _alert(
    row: Alert, names: dict[str, str], places: dict[str, str], actor: Actor
) -> dict[str, Any]:
    state, kinds = ALERT[row.state], codes.table(ISSUERS)
    hazards, colours = codes.table("hazards"), codes.table("warning-levels")
    level = str(row.level) if row.level else ""

    def name(ref: str) -> str:
        return names.get(ref, ref)

    return {
        "id": row.pk,
        "version": row.version,
        "identifier": row.identifier,
        "case": row.case,
        "root": row.root,
        "kind": row.kind,
        "kind_label": kinds.name(row.kind),
        "kind_label_en": kinds.name(row.kind, "en"),
        "relayed": row.relayed,
        "received": row.received_id,
        "hazard": row.hazard,
        "hazard_label": hazards.name(row.hazard),
        "hazard_label_en": hazards.name(row.hazard, "en"),
        "level": row.level,
        "level_label": colours.name(level),
        "level_label_en": colours.name(level, "en"),
        "color": colours[level].text("color") if level else None,
        "action": row.action,
        "state": row.state,
        "state_label": state.label,
        "state_label_en": state.label_en,
        "tone": state.tone,
        "title": row.title,
        "text": row.text,
        "instruction": row.instruction,
        "station": row.station,
        "sent_at": row.sent_at,
        "region": row.region_id,
        "region_name": places.get(row.region_id, row.region_id),
        "regions": [{"code": code, "name": places.get(code, code)} for code in row.regions],
        "place": row.place,
        "effective_at": row.effective_at,
        "expires_at": row.expires_at,
        "public": row.public,
        "alarm": row.alarm,
        "drafted_at": row.drafted_at,
        "drafted_by_name": name(row.drafted_by),
        "submitted_at": row.submitted_at,
        "submitted_by_name": name(row.submitted_by),
        "review_due": row.review_due,
        "approved_at": row.approved_at,
        "approved_by_name": name(row.approved_by),
        "issued_at": row.issued_at,
        "issued_by_name": name(row.issued_by),
        "standing_order": row.standing_order_id,
        "ended_at": row.ended_at,
        "ended_by_name": name(row.ended_by),
        "ended_why": row.ended_why,
        "verbs": verbs(row, actor),
    }  # fmt: skip


def verbs(row: Alert, actor: Actor) -> list[str]:
    """List what this actor may do with an alert now."""
    here = frozenset(
        one
        for one in ("draft", "review", "issue", "relay", "cancel")
        if may(actor, f"alerts.{one}", row.home)
    )
    unsent = row.state in UNSENT
    follows = row.state in ("issued", "expired")
    own = follows and not row.relayed
    second = actor.ref not in (row.drafted_by, row.edited_by, row.submitted_by)
    signs = (
        "relay"
        if row.received_id
        else "cancel"
        if row.action in ("cancel", "withdraw")
        else "issue"
    )
    possible = {
        "edit": row.state == "draft" and not row.relayed and "draft" in here,
        "submit": row.state == "draft" and signing.persons(row) > 1 and "draft" in here,
        "return": row.state in ("review", "approved") and "review" in here,
        "approve": row.state == "review" and second and "review" in here,
        "oral": row.state in ("draft", "review") and signing.persons(row) > 1 and "issue" in here,
        "issue": unsent and signs in here,
        "drop": unsent and "draft" in here,
        **dict.fromkeys(("update", "extend"), own and "draft" in here),
        **dict.fromkeys(("raise", "lower"), own and row.level is not None and "draft" in here),
        "cancel": own and "cancel" in here,
        "withdraw": follows and "cancel" in here,
    }
    return [verb for verb in VERBS if possible.get(verb)]


def one(actor: Actor, alert: str) -> dict[str, Any]:
    """Read one alert with its chain, what was said on its way out and what was done."""
    row = alert_for(alert, actor)
    rule = signing.rule_of(row)
    others = seen_alerts(actor).filter(root=row.root).exclude(pk=row.pk).defer("area")
    rows = sorted([row, *others], key=lambda one: one.pk)
    deeds = journal.history(("alert", row.pk))
    names = permissions.names_of(_hands(rows) | {deed.by for deed in deeds})
    chain = _described(rows, names, actor)
    told = dict(next(one for one in chain if one["id"] == row.pk))
    told |= {
        "parts": row.parts,
        "area": row.area,
        "glyph": glyph_of(row.hazard),
        "persons": signing.persons(row),
        "may_act_alone": signing.may_act_alone(row, clock.now()),
        "rule": rule.name if rule else "",
        "rule_en": rule.name_en if rule else "",
        "chain": chain,
        "approvals": _approvals(row),
        "steps": _steps(deeds, names),
        "responses": responses_of(ResponseDue.objects.filter(root=row.root), actor),
    }
    unsigned = any(one["verb"] == "oral" and not one["signed_at"] for one in told["approvals"])
    if unsigned and may(actor, "alerts.review", row.home):
        told["verbs"].append("sign")
    return told


def _approvals(row: Alert) -> list[dict[str, Any]]:
    # Most alerts have none: what belongs to one is asked for only where there is one.
    found = list(
        Approval.objects.filter(alert=row).order_by("id").prefetch_related("post", "phone")
    )
    if not found:
        return []
    names = permissions.names_of({said.by for said in found} | {said.signed_by for said in found})
    return [
        {
            "verb": said.verb, "at": said.at, "by_name": names.get(said.by, said.by),
            "reason": said.reason, "post": said.post.title if said.post else None,
            "person": said.person_id, "phone": said.phone_id, "said_on": _said_on(said),
            "said_at": said.said_at,
            "signed_at": said.signed_at, "signed_by_name": names.get(said.signed_by, ""),
        }
        for said in found
    ]  # fmt: skip


def _said_on(said: Approval) -> str:
    """Give the number an approval was said on, masked; "" where none was."""
    if said.phone is not None:
        return mask(vault.open(said.phone.pk, said.phone.number)) or ""
    return mask(vault.open(str(said.person_id), said.number)) or "" if said.number else ""


def steps(subject: tuple[str, str]) -> list[dict[str, Any]]:
    """List what was done to a thing, the latest first."""
    deeds = journal.history(subject)
    return _steps(deeds, permissions.names_of({deed.by for deed in deeds}))


def _steps(deeds: Sequence[journal.Noted], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "at": deed.at, "deed": deed.deed, "deed_label": name_of(deed.deed).title,
            "deed_label_en": name_of(deed.deed).title_en, "by": deed.by,
            "by_name": names.get(deed.by, deed.by), "changes": dict(deed.changes),
            "facts": dict(deed.facts),
        }
        for deed in deeds
    ]  # fmt: skip


def responses_of(rows: "QuerySet[ResponseDue]", actor: Actor) -> list[dict[str, Any]]:
    """Say what alerts ask for, what was answered, and whether it is the actor's to answer."""
    found = list(rows.annotate(alert_title=F("alert__title")).order_by("-id")[:MOST])
    if not found:
        return []
    names = permissions.names_of({row.answered_by for row in found if row.answered_by})
    places = regions.names({row.region_id for row in found})
    measures, responses = codes.table("response-measures"), codes.table("response-levels")
    debts = Obligation.objects.filter(pk__in=[row.obligation for row in found if row.obligation])
    own = set(debts.filter(obligations.mine(actor)).values_list("pk", flat=True))

    def answers(row: ResponseDue) -> bool:
        officer = (f"obligations.{verb}" for verb in ("owe", "answer"))
        return row.obligation in own or all(may(actor, one, row.region_id) for one in officer)

    def called(chosen: Collection[str]) -> list[dict[str, str]]:
        return [
            {"code": code, "label": measures.name(code), "label_en": measures.name(code, "en")}
            for code in chosen
        ]

    return [
        {
            "id": row.pk, "alert": row.alert_id, "title": row.alert_title, "level": row.level,
            "hazard": row.hazard, "region": row.region_id,
            "region_name": places.get(row.region_id, row.region_id), "case": row.case,
            "measures": called(row.measures), "response": row.response,
            "response_label": responses.name(str(row.response or "")),
            "response_label_en": responses.name(str(row.response or ""), "en"),
            "due_at": row.due_at, "obligation": row.obligation, "answered_at": row.answered_at,
            "answered_by_name": names.get(row.answered_by, row.answered_by), "answer": row.answer,
            "started": row.started, "taken": called(row.taken), "reason": row.reason,
            "closed_at": row.closed_at, "may_answer": row.closed_at is None and answers(row),
            "confidence": _confidence(row.rule),
        }
        for row in found
    ]  # fmt: skip


def _confidence(rule: str) -> str:
    row = codes.table("response-due").get(rule)
    return row.confidence if row else ""
