"""What every deed on an incident does: look it up under lock, note it, tell the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from anlan import codes
from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.respond.duty.services import note_fact
from anlan.respond.incidents import deed_names
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors.floors import floor
from anlan.respond.incidents.selectors.rows import NO_INCIDENT, VIEW
from anlan.respond.incidents.states import INCIDENT


def locked(incident: str, by: Actor, action: str) -> Incident:
    """Lock an incident for a deed; `Missing` where the actor may not even see it."""
    row = Incident.objects.select_for_update().filter(pk=incident).first()
    if row is None or not may(by, "incidents.take" if row.state == "draft" else VIEW, row.home):
        raise Missing(NO_INCIDENT)
    permit(by, action, row.home)
    return row


def going_on(incident: str, by: Actor, action: str) -> Incident:
    """Lock an incident that was taken in and is not over."""
    row = locked(incident, by, action)
    if row.state == "draft" or INCIDENT.is_final(row.state):
        raise Conflict(f"这个突发事件现在是「{INCIDENT[row.state].label}」，不能再做这一步")
    return row


def go_to(row: Incident, state: str) -> None:
    """Move an incident on; where it is further already, only the moment of this step is new."""
    if INCIDENT.may(row.state, state):
        row.state = state


def keep(row: Incident, *fields: str) -> None:
    """Write the columns a deed changed."""
    row.changed_at = clock.now()
    row.save(update_fields=["state", "changed_at", *fields])


def note(
    row: Incident,
    verb: str,
    by: Actor,
    facts: Mapping[str, Any],
    changes: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """Note a deed on an incident in the journal of its case."""
    record(
        deed=deed_names.INCIDENT[verb], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=row.home, case=row.case, facts=facts, changes=changes, topic=deed_names.TOPIC,
    )  # fmt: skip


def log(row: Incident, what: str, once: str, by: Actor) -> None:
    """Write what happened to an incident in the log of the desk that deals with it."""
    note_fact(
        region=row.office, kind="incident", content=f"{what}：{row.title}",
        link=(deed_names.SUBJECT, row.pk), once=f"incident:{row.pk}:{once}", case=row.case, by=by,
    )  # fmt: skip


def told_of(row: Incident) -> dict[str, Any]:
    """Give what every event about an incident tells."""
    kind = codes.table("incident-kinds").get(row.kind)
    shown = floor(row.kind, row.figures)
    return {
        "case": row.case, "incident": row.pk, "kind": row.kind,
        "hazard": (kind.text("hazard") if kind else None) or "", "region": row.home,
        "lon": row.lon, "lat": row.lat, "grade": row.grade,
        "at_least": shown.grade if shown else None, "figures": dict(row.figures),
    }  # fmt: skip
