"""Reading what is masked: that it was read, by whom and why, is journalled first."""

from typing import Any

from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel.errors import Invalid, Missing
from anlan.respond.evacuation.models import Entry
from anlan.respond.evacuation.selectors.people import open_names
from anlan.respond.evacuation.services.finding import VIEW, note


def unmask_entry(*, evacuation: str, entry: str, reason: str, by: Actor) -> dict[str, Any]:
    """Read name, telephone and address of somebody on the roll in clear."""
    if not reason.strip():
        raise Invalid("请写明查看的理由", errors={"reason": ["请写明查看的理由"]})
    with transaction.atomic():
        row = (
            Entry.objects.select_related("part", "evacuation")
            .filter(pk=entry, evacuation=evacuation)
            .first()
        )
        if row is None or not may(by, VIEW, row.part.region_id):
            raise Missing("名单上没有这一户（人），或不归您打勾")
        permit(by, "evacuations.unmask", row.part.region_id)
        facts = {"entry": row.pk, "reason": reason.strip()[:200]}
        note(row.evacuation, "unmasked", by, facts, region=row.part.region_id)
        return open_names([row.pk])[row.pk]
