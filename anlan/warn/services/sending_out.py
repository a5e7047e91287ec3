"""The moment an alert goes out: one transaction, whoever signed and by whichever way."""

from typing import Any

from django.db.models import F

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict
from anlan.warn.models import Alert
from anlan.warn.services import responses, telling
from anlan.warn.services.handling import give_back, note_handled
from anlan.warn.services.publishing import publish_alert
from anlan.warn.states import ALERT, GOES_TO, MAKES_OF


def put_out(alert: Alert, *, by: Actor, verb: str, facts: dict[str, Any] | None = None) -> None:
    """Make an alert public in the caller's transaction, which has asked for every right.

    1. It takes its state by a conditional UPDATE; 2. the one before it in the chain gives way,
    unless somebody else replaced or ended that first; 3. the message it
    relays is done; 4. journal and event; 5. the gap clock; 6. its public
    bytes.
    """
    now = clock.now()
    state = GOES_TO[alert.action]
    was = alert.previous.level if alert.previous else None
    changes: dict[str, Any] = {
        "state": state, "identifier": identifier_of(alert), "issued_at": now, "issued_by": by.ref,
        "sent_at": alert.sent_at or now, "effective_at": alert.effective_at or now,
        "ended_at": now if state == "ended" else None, "once": None,
        "standing_order_id": alert.standing_order_id, "text": alert.text,
    }  # fmt: skip
    came_from = ALERT[alert.state].label
    moved = Alert.objects.filter(pk=alert.pk, state__in=ALERT.sources(state)).update(
        **changes, version=F("version") + 1
    )
    if not moved:
        raise Conflict(f"这个预警现在是「{came_from}」，不能签发，请刷新后再看")
    for name, value in changes.items():
        setattr(alert, name, value)
    alert.version += 1
    _relieve(alert, by)
    if alert.received is not None:
        note_handled(alert.received, "relayed", by)
    told = {"action": alert.action, "level": alert.level, "regions": list(alert.regions)}
    telling.note(alert, verb, by, {**told, **(facts or {})}, {"level": [was, alert.level]})
    telling.publish_issued(alert, was)
    responses.follow_alert_out(alert, by=by)
    publish_alert(alert)


def _relieve(alert: Alert, by: Actor) -> None:
    """End the alert that this one replaces; `Conflict` when it has been ended meanwhile."""
    if alert.previous is None:
        return
    state = MAKES_OF[alert.action]
    ended = Alert.objects.filter(
        pk=alert.previous_id, state__in=ALERT.sources(state), issued_at__isnull=False
    ).update(state=state, ended_at=alert.issued_at, ended_by=by.ref, version=F("version") + 1)
    if alert.action == "withdraw" and alert.previous.received is not None:
        give_back(alert.previous.received)
    if not ended:
        here = Alert.objects.get(pk=alert.previous_id)
        raise Conflict(f"原预警现在是「{ALERT[here.state].label}」，请刷新后再看")


def identifier_of(alert: Alert) -> str:
    """Name an alert for the outside: the county's code and our id; no other node makes the same."""
    return f"{alert.region_id[:6]}-{alert.pk}"
