"""Questions about what is still to be told."""

from datetime import timedelta

from django.db.models import Min, QuerySet

from anlan.base.outbox.models import Delivery
from anlan.kernel import clock
from anlan.kernel.events import Event, handlers_of, kind_of


def parked() -> QuerySet[Delivery]:
    """List the deliveries that were given up after their tries, newest first."""
    rows = Delivery.objects.filter(state=Delivery.State.PARKED)
    return rows.select_related("event").order_by("-id")


def oldest_age() -> timedelta | None:
    """Tell how long the oldest due delivery waits (workspace time); None when all are told."""
    due = Delivery.objects.filter(state=Delivery.State.DUE)
    oldest = due.aggregate(at=Min("event__at"))["at"]
    return None if oldest is None else clock.now() - oldest


def waiting() -> int:
    """Count the deliveries still to be made."""
    return Delivery.objects.filter(state=Delivery.State.DUE).count()


def is_idle() -> bool:
    """Tell whether everything is told (a lock-step clock may then advance)."""
    return not Delivery.objects.filter(state=Delivery.State.DUE).exists()


def waits(event: type[Event]) -> bool:
    """Tell whether a fact of a kind is still to be told to somebody, or being told."""
    handlers = list(handlers_of(kind_of(event)))
    return Delivery.objects.filter(state=Delivery.State.DUE, handler__in=handlers).exists()
