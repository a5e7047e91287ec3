"""Finding a batch for a deed, and noting the deed."""

from collections.abc import Mapping
from typing import Any

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel.errors import Conflict, Missing
from anlan.respond.evacuation import deed_names
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.states import BATCH

VIEW = "evacuations.view"


def locked(evacuation: str, action: str, by: Actor) -> Evacuation:
    """Fetch a batch for a deed of the whole; `Missing` also when the actor may not see it."""
    row = Evacuation.objects.select_for_update().filter(pk=evacuation).first()
    if row is None or not may(by, VIEW, row.region_id):
        raise Missing("没有这个转移批次")
    permit(by, f"evacuations.{action}", row.region_id)
    return row


def check(row: Evacuation, there: str) -> None:
    """Refuse a deed that does not follow from how the batch stands."""
    BATCH.check(row.state, there)


def under_way(row: Evacuation) -> None:
    """Refuse ticks on a batch that was not ordered, or is over."""
    if row.state not in ("ordered", "lifted"):
        raise Conflict(f"转移批次现在是「{BATCH[row.state].label}」，花名册不能打勾")


def note(
    row: Evacuation, verb: str, by: Actor, facts: Mapping[str, Any], *, region: str = ""
) -> None:
    """Note a deed on a batch in the caller's transaction."""
    record(
        deed=deed_names.DEEDS[verb], by=by, subject=(deed_names.SUBJECT, row.pk),
        region=region or row.region_id, case=row.case, facts=facts, topic=deed_names.TOPIC,
    )  # fmt: skip
