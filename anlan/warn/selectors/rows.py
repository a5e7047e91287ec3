"""One alert, one message, as somebody may see it: what is not theirs to see is not there."""

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.kernel.errors import Missing
from anlan.warn.models import Alert, Received

VIEW = "alerts.view"


def alert_for(alert: str, by: Actor, *, lock: bool = False) -> Alert:
    """Find an alert; `Missing` when there is none that the actor may see."""
    rows = Alert.objects.select_for_update(of=("self",)) if lock else Alert.objects.all()
    row = rows.select_related("previous", "received").filter(pk=alert).first()
    if row is None or not may(by, VIEW, row.region_id):
        raise Missing("没有这条预警")
    return row


def received_for(received: str, by: Actor, *, lock: bool = False) -> Received:
    """Find a department's message; `Missing` when there is none that the actor may see."""
    rows = Received.objects.select_for_update(of=("self",)) if lock else Received.objects.all()
    row = rows.select_related("original").filter(pk=received).first()
    if row is None or not may(by, VIEW, row.region_id):
        raise Missing("没有这条预警")
    return row
