"""What incidents leave open on a desk."""

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.respond.duty.opened import Open, tells
from anlan.respond.incidents.models import Clock, Incident
from anlan.respond.incidents.selectors.rows import VIEW

MOST = 100


@tells("incidents")
def incidents(actor: Actor, desk: str) -> list[Open]:
    """List the incidents that are not over, with the report that is due next, and the tellings."""
    rows = list(
        visible(Incident.objects.filter(closed_at=None), actor, VIEW, "home", within=desk).order_by(
            "received_at"
        )[:MOST]
    )
    running = Clock.objects.filter(incident__in=rows, closed_at=None).order_by("-due_at")
    due = dict(running.values_list("incident_id", "due_at"))
    kinds = codes.table("incident-kinds")
    return [
        Open(
            kind="incident",
            kind_label="正在接报" if row.state == "draft" else "突发事件",
            kind_label_en="Being told" if row.state == "draft" else "Incident",
            title=row.title or row.place or kinds.name(row.kind or "other"),
            page=f"/incidents/new/{row.pk}" if row.state == "draft" else f"/incidents/{row.pk}",
            since=row.received_at, due=due.get(row.pk), case=row.case,
        )
        for row in rows
    ]  # fmt: skip
