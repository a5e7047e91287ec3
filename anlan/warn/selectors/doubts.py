"""What must be verified before anything is done with a message unseen: ``order-doubts``."""

from django.db.models import Q

from anlan import codes
from anlan.protocols.alerting.signing import State
from anlan.warn.models import Received

TABLE = "order-doubts"
#: Note on a message that a standing order covers and left to a person; its value is the doubt.
HELD = "held"


def doubts(row: Received, *, signed_only: bool) -> list[str]:
    """List what keeps a standing order from relaying a message, as codes of the table."""
    found = {note[0] for note in row.notes}
    if row.signature == State.STRANGER:
        found.add("stranger")
    if row.signature != State.TRUSTED and signed_only:
        found.add("unsigned")
    if row.signature == State.UNSIGNED and _signs(row):
        found.add("signature-missing")
    return [one.code for one in codes.table(TABLE) if one.flag("stops") and one.code in found]


def _signs(row: Received) -> bool:
    """Tell whether we trusted a signature of this sender or station before, in whatever form.

    Whoever cannot forge a signature leaves it out, and may choose a form that has none.
    """
    same = Q(station=row.station) | (Q(sender=row.sender) if row.sender else Q())
    return Received.objects.filter(same, signature=State.TRUSTED.value).exists()
