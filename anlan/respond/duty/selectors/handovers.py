"""What is open on a desk, and how the watch was handed over."""

from dataclasses import asdict
from typing import Any

from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.duty.models import Handover
from anlan.respond.duty.opened import LISTERS, Open
from anlan.respond.duty.selectors.desks import VIEW, desk_of

#: So many handovers are shown.
LAST = 30


def open_on(actor: Actor, desk: str) -> list[Open]:
    """List what is open on a desk, told by every module that has something; what is due first."""
    found = [one for lister in LISTERS.values() for one in lister(actor, desk)]
    return sorted(found, key=lambda one: (one.due is None, one.due or one.since, one.since))


def desk(actor: Actor, region: str = "") -> dict[str, Any]:
    """Read what is open now, the handover under way and the last ones."""
    here = desk_of(actor, region)
    rows = list(Handover.objects.filter(region=here).order_by("-outgoing_at")[:LAST])
    waiting = next((row for row in rows if row.incoming_at is None), None)
    writes = may(actor, "duty-log.write", here)
    return {
        "region": here, "as_of": clock.now(),
        "open": [asdict(one) for one in open_on(actor, here)],
        "waiting": described([waiting])[0] if waiting else None,
        "last": described([row for row in rows if row.incoming_at is not None]),
        "may_hand_over": writes and waiting is None,
        "may_accept": writes and waiting is not None and waiting.outgoing != actor.ref,
    }  # fmt: skip


def described(rows: list[Handover]) -> list[dict[str, Any]]:
    """Say handovers in words."""
    names = permissions.names_of(
        {ref for row in rows for ref in (row.outgoing, row.incoming) if ref}
    )
    opened = vault.open_many([(row.pk, {"note": row.note or None}) for row in rows])
    return [
        {
            "id": row.pk, "items": row.items, "note": words["note"] or "",
            "outgoing": row.outgoing, "outgoing_name": names.get(row.outgoing, ""),
            "outgoing_at": row.outgoing_at, "incoming_name": names.get(row.incoming, ""),
            "incoming_at": row.incoming_at,
        }
        for row, words in zip(rows, opened, strict=True)
    ]  # fmt: skip


def one(actor: Actor, handover: str) -> Handover:
    """Find a handover the actor may see; `Missing` else."""
    row = Handover.objects.filter(pk=handover).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这次交接班")
    return row
