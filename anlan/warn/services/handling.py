"""What we did with a department's message, noted on it."""

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Conflict
from anlan.warn.models import Received
from anlan.warn.states import HANDLING


def note_handled(row: Received, handling: str, by: Actor, reason: str = "") -> None:
    """Note that a message was relayed or dismissed; `Conflict` when somebody was first."""
    moved = Received.objects.filter(pk=row.pk, handling__in=HANDLING.sources(handling)).update(
        handling=handling, handled_at=clock.now(), handled_by=by.ref, handled_why=reason
    )
    if not moved and row.handling != "none":
        raise Conflict(f"这条预警{HANDLING[row.handling].label}，请刷新后再看")


def give_back(row: Received) -> None:
    """Let a message wait again: what was relayed of it has been taken back."""
    Received.objects.filter(pk=row.pk, handling="relayed").update(
        handling="waiting", handled_at=None, handled_by="", handled_why=""
    )
