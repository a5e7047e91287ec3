"""What becomes of alerts, told: to the journal, and as a fact to the modules above."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from anlan.base.journal.services import Deed, record_many
from anlan.base.journal.services.recording import Changes
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.kernel.errors import Conflict
from anlan.sense.events import Level
from anlan.warn import deed_names
from anlan.warn.events import AlertIssued
from anlan.warn.models import Alert, Received

SUBJECT = "alert"

Action = Literal["issue", "update", "raise", "lower", "extend", "cancel"]


def note(
    alert: Alert,
    verb: str,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
) -> None:
    """Note a deed on an alert in the caller's transaction."""
    record_many([deed(alert, verb, by, facts, changes)])


def deed(
    alert: Alert,
    verb: str,
    by: Actor,
    facts: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
) -> Deed:
    """Make the journal's entry of a deed on an alert."""
    return Deed(
        deed=deed_names.ALERT[verb], by=by, subject=(SUBJECT, alert.pk), region=alert.region_id,
        case=alert.case, changes=changes, facts=facts or {}, topic=deed_names.TOPIC,
    )  # fmt: skip


def received_deed(
    row: Received, verb: str, by: object, facts: Mapping[str, Any] | None = None
) -> Deed:
    """Make the journal's entry of something that became of a department's message."""
    return Deed(
        deed=deed_names.RECEIVED[verb], by=by, subject=("received-alert", row.pk),
        region=row.region_id, case=row.case, facts=facts or {}, topic=deed_names.TOPIC,
    )  # fmt: skip


def publish_issued(alert: Alert, was: int | None) -> None:
    """Tell the modules above that an alert went out; taking one back is told as its end."""
    if alert.issued_at is None:
        raise Conflict("这个预警还没有签发")
    action = "cancel" if alert.action == "withdraw" else alert.action
    publish(
        AlertIssued(
            case=alert.case,
            alert=alert.pk,
            kind=alert.kind,
            relayed=alert.relayed,
            received=alert.received_id or "",
            hazard=alert.hazard,
            level=cast("Level | None", alert.level),
            was=cast("Level | None", was),
            action=cast(Action, action),
            region=alert.region_id,
            regions=tuple(alert.regions),
            by=alert.issued_by,
            standing_order=alert.standing_order_id or "",
            issued_at=alert.issued_at,
            effective_at=alert.effective_at,
            expires_at=alert.expires_at,
        )
    )
