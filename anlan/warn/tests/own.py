"""Own alerts for tests: drafted in a line, issued in two."""

from datetime import timedelta
from typing import Any

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.warn.models import Alert
from anlan.warn.selectors.filling import Content
from anlan.warn.services.approving import approve_alert, submit_alert
from anlan.warn.services.drafting import draft_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import LEAD, OFFICER, WEST


def content(**more: Any) -> Content:
    """A yellow alert of the government about a plant, for one township."""
    given: dict[str, Any] = {
        "kind": "government-alert", "hazard": "hazchem", "level": 3, "regions": (WEST,), **more,
    }  # fmt: skip
    return Content(**given)


def drafted(by: Actor = OFFICER, **more: Any) -> Alert:
    """A draft."""
    return Alert.objects.get(pk=draft_alert(content=content(**more), by=by))


def issued(by: Actor = OFFICER, **more: Any) -> Alert:
    """An alert that is out; with two persons where the rule asks for them."""
    row = drafted(by, **more)
    if row.level in (1, 2) or row.kind == "evacuation-notice":
        submit_alert(alert=row.pk, by=by)
        approve_alert(alert=row.pk, by=LEAD)
    issue_alert(alert=row.pk, by=by, accepted=("no-end", "duplicate", "often-day", "often-hour"))
    row.refresh_from_db()
    return row


def later(minutes: float) -> Any:
    """A time so many minutes from now."""
    return clock.now() + timedelta(minutes=minutes)
