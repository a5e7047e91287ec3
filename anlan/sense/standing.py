"""The obligation to acknowledge an alarm, declared once."""

from anlan.base.obligations.kinds import kind
from anlan.base.permissions.actor import Actor
from anlan.sense.services.alarms.deeds import note_acknowledged


def _acknowledge(*, subject: tuple[str, str], by: Actor) -> None:
    """Signing for it is acknowledging the alarm."""
    note_acknowledged(alarm=subject[1], by=by)


ALARM = kind(
    key="alarm",
    title="报警确认",
    title_en="Alarm to acknowledge",
    states=("issued", "reached", "answered", "closed"),
    ladder="alarm",
    consequence=_acknowledge,
)
