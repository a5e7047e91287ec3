"""Rows that must be confirmed, and have nobody to confirm them: a visible gap."""

from typing import Any

from django.db.models import Q

from anlan.base.obligations.periods import months_ago
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.base.register.registry import REGISTERS
from anlan.kernel import clock

MOST = 200


def without_keeper(actor: Actor) -> list[dict[str, Any]]:
    """List rows due for review whose keeper is not known, at most `MOST` a register."""
    found = []
    for entry in REGISTERS.values():
        if entry.review_after is None:
            continue
        before = months_ago(clock.now(), entry.review_after)
        due = entry.model._default_manager.filter(retired_at=None).filter(
            Q(reviewed_at=None) | Q(reviewed_at__lt=before)
        )
        rows = list(visible(due, actor, entry.action("view")).order_by("region_id", "pk")[:MOST])
        keepers = people.keepers(entry, rows)
        found += [
            {"register": entry.key, "id": row.pk, "region": row.region_id}
            for row in rows
            if row.pk not in keepers
        ]
    return found
