"""What every deed on losses does: lock the matter, note it in the journal."""

from collections.abc import Mapping
from typing import Any

from anlan.base.journal.services import record
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel.errors import Conflict, Missing
from anlan.relief import deed_names
from anlan.relief.models import LossMatter
from anlan.relief.selectors import matters

#: Longest remark, note and reason kept.
LONGEST = 500


def locked(matter: str, by: Actor, action: str, region: str = "") -> LossMatter:
    """Lock an open matter for a deed of the actor in one of its regions (default its county)."""
    row = (
        LossMatter.objects.select_for_update(of=("self",))
        .select_related("region").filter(pk=matter).first()
    )  # fmt: skip
    if row is None or not may(by, matters.VIEW, row.region_id):
        raise Missing(matters.NO_MATTER)
    permit(by, action, region or row.region_id)
    if row.closed_at is not None:
        raise Conflict("这项灾情统计已经结束")
    return row


def note(
    matter: LossMatter, verb: str, by: Actor, facts: Mapping[str, Any], region: str = ""
) -> None:
    """Write one deed into the journal."""
    record(
        deed=deed_names.LOSSES[verb], by=by, subject=(deed_names.SUBJECT, matter.pk),
        region=region or matter.region_id, case=matter.case,
        facts={"code": matter.code, **facts}, topic=deed_names.TOPIC,
    )  # fmt: skip
