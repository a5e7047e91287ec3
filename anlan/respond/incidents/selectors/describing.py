"""Incidents in words: a list, one with its course, clocks, reports and instructions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from anlan import codes
from anlan.base.files.selectors import files_of
from anlan.base.obligations import selectors as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.register.masking import mask
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.incidents.deed_names import SUBJECT
from anlan.respond.incidents.models import Clock, Incident, Instruction, Report
from anlan.respond.incidents.selectors.callers import caller_of
from anlan.respond.incidents.selectors.clocks import TABLE as CLOCKS
from anlan.respond.incidents.selectors.contents import said_in
from anlan.respond.incidents.selectors.floors import asked_of, floor, grades_of
from anlan.respond.incidents.selectors.near import near
from anlan.respond.incidents.selectors.rows import listed, seen
from anlan.respond.incidents.states import CORRECTION, INCIDENT, OPEN, REPORTS, WAYS

SIZE = 50


def page(actor: Actor, which: str = "open", region: str = "", number: int = 1) -> dict[str, Any]:
    """Read one page of incidents, those first whose report is due first."""
    rows = listed(actor, which, region)
    start = (max(number, 1) - 1) * SIZE
    shown = list(rows[start : start + SIZE])
    due = _next_due([row.pk for row in shown])
    return {
        "items": [_row(row, due.get(row.pk)) for row in shown], "total": rows.count(),
        "drafts": listed(actor, "drafts").count(), "page": number, "size": SIZE,
        "as_of": clock.now(),
    }  # fmt: skip


def one(actor: Actor, incident: str) -> dict[str, Any]:
    """Read one incident as far as the actor may see it; the caller's name and number masked."""
    row = seen(actor, incident)
    told = _row(row, _next_due([row.pk]).get(row.pk)) | _course(row)
    (plain,) = vault.open_many([(row.case, {"what": row.what or None})])
    told["what"] = plain["what"] or ""
    told["caller"] = _caller(row)
    told["by_phone"] = bool(row.teller)
    told["files"] = files_of(SUBJECT, row.pk)
    told["figures"] = _figures(row)
    told["near"] = [_near(*found) for found in near(actor, row)] if row.state in _MAY_JOIN else []
    told["joined"] = [
        {"id": other.pk, "title": other.title, "received_at": other.received_at}
        for other in row.joined.order_by("received_at")
    ]
    told["clocks"] = [_clock(one) for one in row.clocks.select_related("met_by").order_by("due_at")]
    told["reports"] = _reports(row)
    told["instructions"] = _instructions(row, actor)
    told["verbs"] = verbs(row, actor)
    return told


def _caller(row: Incident) -> dict[str, Any]:
    """Tell who told it: whoever takes the words down reads what they have just written."""
    caller = caller_of(row)
    own = row.state == "draft" and not row.teller
    return {
        "name": caller.name if own else mask(caller.name),
        "phone": caller.phone if own else mask(caller.phone),
        "masked": not own,
    }  # fmt: skip


_MAY_JOIN = ("draft", "received", "verified")


def _row(row: Incident, due: datetime | None) -> dict[str, Any]:
    state, kinds = INCIDENT[row.state], codes.table("incident-kinds")
    return {
        "id": row.pk, "state": row.state, "state_label": state.label,
        "state_label_en": state.label_en, "tone": state.tone, "title": row.title,
        "kind": row.kind, "kind_label": kinds.name(row.kind) if row.kind else "",
        "kind_label_en": kinds.name(row.kind, "en") if row.kind else "",
        "region": row.region_id, "region_name": row.region.name if row.region else "",
        "place": row.place, "lon": row.lon, "lat": row.lat, "happened_at": row.happened_at,
        "received_at": row.received_at, "case": row.case, "due_at": due,
        "late": due is not None and due < clock.now(), "lost": _lost(row),
        **_grade(row),
    }  # fmt: skip


def _lost(row: Incident) -> dict[str, float | None]:
    """Tell what the list shows of casualties; None is unknown."""
    return {key: row.figures.get(key) for key in ("deaths", "missing", "trapped")}


def _grade(row: Incident) -> dict[str, Any]:
    table, shown = codes.table(grades_of(row.kind)), floor(row.kind, row.figures)
    grade = str(row.grade) if row.grade is not None else ""
    least = str(shown.grade) if shown and shown.grade else ""
    return {
        "grade": row.grade, "grade_label": table.name(grade) if grade else "",
        "grade_label_en": table.name(grade, "en") if grade else "", "grade_note": row.grade_note,
        "grades": [
            {"value": int(one.code), "label": one.name, "label_en": one.name_en} for one in table
        ],
        "color": table[grade or least].text("color") if grade or least else None,
        "floor": {
            "grade": shown.grade, "label": shown.label(), "label_en": shown.label("en"),
            "why": shown.why(), "why_en": shown.why("en"), "bound": shown.is_lower_bound,
            "source": shown.source, "confidence": shown.confidence,
        } if shown else None,
    }  # fmt: skip


def _course(row: Incident) -> dict[str, Any]:
    names = permissions.names_of(
        {row.received_by, row.verified_by, row.graded_by, row.led_by} - {""}
    )
    places = regions.names([row.office])
    steps = (
        ("received", "接报", "Taken in", row.received_at, row.received_by, ""),
        ("verified", "核实", "Verified", row.verified_at, row.verified_by, ""),
        ("graded", "初判分级", "Graded", row.graded_at, row.graded_by, ""),
        ("led", "报领导", "Leader told", row.led_at, row.led_by, row.leader),
        ("reported", "首报", "First report", row.reported_at, "", ""),
        ("final", "终报", "Final report", row.final_at, "", ""),
        (
            "archived", "归档", "Archived",
            row.closed_at if row.state == "archived" else None, "", "",
        ),
    )  # fmt: skip
    return {
        "steps": [
            {"key": key, "label": label, "label_en": english, "at": at,
             "by_name": names.get(by, ""), "whom": whom}
            for key, label, english, at, by, whom in steps
        ],
        "office": row.office, "office_name": places.get(row.office, row.office),
        "source": row.source, "closed_why": row.closed_why,
        "into": {"id": row.joins.pk, "title": row.joins.title} if row.joins else None,
    }  # fmt: skip


def _figures(row: Incident) -> list[dict[str, Any]]:
    table = codes.table("incident-figures")
    wanted = {*asked_of(row.kind), *row.figures}
    return [
        {
            "key": one.code, "label": one.name, "label_en": one.name_en,
            "unit": one.text("unit"), "unit_en": one.text("unit_en"),
            "value": row.figures.get(one.code),
        }
        for one in table
        if one.code in wanted
    ]  # fmt: skip


def _near(other: Incident, distance: float | None) -> dict[str, Any]:
    return {
        "id": other.pk, "title": other.title, "received_at": other.received_at,
        "region_name": other.region.name if other.region else "",
        "km": None if distance is None else round(distance, 1),
    }  # fmt: skip


def _next_due(incidents: Sequence[str]) -> dict[str, datetime]:
    running = Clock.objects.filter(incident__in=incidents, closed_at=None).order_by("-due_at")
    return dict(running.values_list("incident_id", "due_at"))


def _clock(row: Clock) -> dict[str, Any]:
    rule = codes.table(CLOCKS).get(row.rule)
    what, what_en = (REPORTS | {"correction": CORRECTION})[row.report]
    whom = codes.table("report-recipients")
    met = row.met_by
    return {
        "id": row.pk, "what": what, "what_en": what_en, "report": row.report, "to": row.to,
        "to_label": whom.name(row.to), "to_label_en": whom.name(row.to, "en"), "way": row.way,
        "way_label": WAYS[row.way][0], "way_label_en": WAYS[row.way][1],
        "started_at": row.started_at, "due_at": row.due_at, "met_at": met.at if met else None,
        "closed_at": row.closed_at, "obligation": row.obligation,
        "late": (met.at if met else clock.now()) > row.due_at
        and (met is not None or row.closed_at is None),
        "source": rule.source if rule else "", "confidence": rule.confidence if rule else "",
    }  # fmt: skip


def _reports(row: Incident) -> list[dict[str, Any]]:
    rows = row.reports.select_related("corrects__corrects")
    reports = list(rows.prefetch_related("dispatches", "corrections").order_by("-number"))
    names = permissions.names_of(
        {ref for one in reports for ref in (one.drafted_by, one.signed_by) if ref}
        | {sent.by for one in reports for sent in one.dispatches.all()}
    )
    return [_report(one, row, names) for one in reports]


def _report(report: Report, row: Incident, names: dict[str, str]) -> dict[str, Any]:
    whom = codes.table("report-recipients")
    return {
        "number": report.number, "kind": report.kind, "kind_label": REPORTS[report.kind][0],
        "kind_label_en": REPORTS[report.kind][1], "year": report.year, "serial": report.serial,
        "drafted_at": report.drafted_at, "drafted_by_name": names.get(report.drafted_by, ""),
        "fixed_at": report.fixed_at, "signed_at": report.signed_at,
        "signed_by_name": names.get(report.signed_by, ""), "oral": report.oral,
        "corrects": report.corrects.number if report.corrects else None, "reason": report.reason,
        "corrected_by": [one.number for one in report.corrections.all()],
        "fields": said_in(report, row.figures),
        "dispatches": [
            {
                "to": sent.to, "to_label": whom.name(sent.to),
                "to_label_en": whom.name(sent.to, "en"), "unit": sent.unit,
                "way": sent.way, "way_label": WAYS[sent.way][0],
                "way_label_en": WAYS[sent.way][1], "receiver": sent.receiver, "at": sent.at,
                "by_name": names.get(sent.by, ""),
            }
            for sent in sorted(report.dispatches.all(), key=lambda one: one.at)
        ],
    }  # fmt: skip


def _instructions(row: Incident, actor: Actor) -> list[dict[str, Any]]:
    rows = list(row.instructions.order_by("-given_at"))
    plain = vault.open_many([(row.case, {"text": one.text}) for one in rows])
    owed = Obligation.objects.in_bulk([one.obligation for one in rows if one.obligation])
    return [
        {
            "id": one.pk, "leader": one.leader, "text": texts["text"], "given_at": one.given_at,
            **_feedback(one, owed.get(one.obligation), actor),
        }
        for one, texts in zip(rows, plain, strict=True)
    ]  # fmt: skip


def _feedback(one: Instruction, owed: Obligation | None, actor: Actor) -> dict[str, Any]:
    """Tell who owes the feedback and what came back, to whom may see the obligation."""
    if owed is None:
        return {"obligation": "", "state_label": "", "state_label_en": "", "feedback": ""}
    state = LIFECYCLE[owed.state]
    try:
        steps = obligations.one(actor, one.obligation)["steps"]
    except Missing:
        steps = []
    said = [step["text"] for step in steps if step["verb"] == "report"]
    return {
        "obligation": owed.pk, "debtor": owed.debtor.title, "due_at": owed.done_due,
        "late": owed.closed_at is None and owed.lapsed_at is not None,
        "state_label": state.label, "state_label_en": state.label_en,
        "feedback": said[-1] if said else "",
    }  # fmt: skip


def verbs(row: Incident, actor: Actor) -> list[str]:
    """List what the actor may do with an incident now."""
    rights = {
        right
        for right in ("take", "grade", "report", "sign", "instruct", "unmask")
        if may(actor, f"incidents.{right}", row.home)
    }
    known = bool(row.caller_name or row.caller_phone or row.teller)
    if row.state == "draft":
        own = ["keep", "take-in", "join", "drop"] if "take" in rights else []
        return [*own, "unmask"] if row.teller and "unmask" in rights else own
    offered = {
        "unmask": "unmask" in rights and known,
        **({} if row.state not in OPEN else _open_verbs(row, actor, rights)),
    }
    return [verb for verb, is_offered in offered.items() if is_offered]


def _open_verbs(row: Incident, actor: Actor, rights: set[str]) -> dict[str, bool]:
    takes, reports = "take" in rights, "report" in rights
    above = bool(actor.region) and actor.region != row.office
    return {
        "figures": takes, "keep": takes, "verify": takes and row.verified_at is None,
        "grade": "grade" in rights, "lead": takes,
        "join": takes and INCIDENT.may(row.state, "joined"),
        "drop": takes and INCIDENT.may(row.state, "dropped"),
        "take-over": takes and above and scope.covers(scope.prefix(actor.region), row.office),
        "draft": reports, "dispatch": reports, "sign": "sign" in rights, "oral": reports,
        "correct": reports,
        "instruct": "instruct" in rights,
        "archive": reports and row.state == "final",
    }  # fmt: skip
