"""Which incidents an actor may see."""

from django.db.models import F, Q, QuerySet

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.kernel.errors import Missing
from anlan.respond.incidents.models import Incident, Report
from anlan.respond.incidents.states import INCIDENT

VIEW = "incidents.view"
NO_INCIDENT = "没有这个突发事件"


def seen(actor: Actor, incident: str) -> Incident:
    """Find an incident the actor may see; `Missing` else. A draft is its desk's own."""
    row = Incident.objects.select_related("region", "joins").filter(pk=incident).first()
    if row is None or not may(actor, _needed(row), row.home):
        raise Missing(NO_INCIDENT)
    return row


def _needed(row: Incident) -> str:
    return "incidents.take" if row.state == "draft" else VIEW


def listed(actor: Actor, which: str = "open", region: str = "") -> "QuerySet[Incident]":
    """List the incidents the actor may see: ``open``, ``drafts`` or ``all``; the latest first."""
    if which == "drafts":
        rows = visible(Incident.objects.filter(state="draft"), actor, "incidents.take", "home")
    else:
        rows = visible(Incident.objects.exclude(state="draft"), actor, VIEW, "home", within=region)
        if which == "open":
            rows = rows.filter(closed_at=None)
    return rows.select_related("region").order_by("-received_at", "-pk")


def matching(actor: Actor, text: str, most: int) -> list[Incident]:
    """Find incidents by name, place, kind or number; those that run first."""
    kinds = [
        kind.code
        for kind in codes.table("incident-kinds")
        if text in kind.name or text.lower() in kind.name_en.lower()
    ]
    wanted = Q(title__icontains=text) | Q(place__icontains=text) | Q(kind__in=kinds)
    rows = listed(actor, "all").exclude(state="dropped")
    found = rows.filter(wanted | Q(pk=text.upper()) | Q(case=text.upper()))
    return list(found.order_by(F("closed_at").desc(nulls_first=True), "-received_at", "-pk")[:most])


def report_of(row: Incident, number: int) -> Report:
    """Find one report of an incident."""
    report = row.reports.filter(number=number).first()
    if report is None:
        raise Missing("没有这一份报告")
    return report


def is_over(row: Incident) -> bool:
    """Tell whether nothing more can be done with it."""
    return INCIDENT.is_final(row.state)
