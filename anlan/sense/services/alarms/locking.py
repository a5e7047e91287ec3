"""Fetching alarms for a deed: only those the actor may see, and only if they may do it there."""

from collections.abc import Sequence

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.models import Alarm

MOST = 500


def locked(alarms: Sequence[str], action: str, by: Actor) -> list[Alarm]:
    """Lock alarms for writing, in the order given.

    `Missing` when one of them is not there or not to be seen, `Forbidden` when the deed is not
    the actor's in one of their regions: nothing is done by halves.
    """
    wanted = list(dict.fromkeys(alarms))
    if len(wanted) > MOST:
        raise Invalid(f"一次最多 {MOST} 个报警")
    rows = {row.pk: row for row in Alarm.objects.select_for_update().filter(pk__in=wanted)}
    if len(rows) < len(wanted) or not all(
        may(by, "alarms.view", row.region_id) for row in rows.values()
    ):
        raise Missing("没有这个报警")
    for row in rows.values():
        permit(by, action, row.region_id)
    return [rows[pk] for pk in wanted]
