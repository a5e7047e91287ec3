"""Deeds on places: people went into a shelter or came out."""

from collections.abc import Mapping

from django.db import transaction

from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import Shelter
from anlan.kernel import clock
from anlan.kernel.errors import Conflict

#: States of a shelter nobody may be let into.
SHUT = ("closed", "out-of-use")


def note_occupancy(*, changes: Mapping[str, int], by: Actor) -> None:
    """Count people into shelters (or out of them, below nought), in the caller's transaction.

    Asks no right: the deed that let them in gave it. A shelter opens with the first who comes in,
    is full when it holds as many as it may, and open again when somebody leaves. What was not known
    counts from here on: those inside are at least those who were checked in. Raises `Conflict` for
    a shelter that is shut.
    """
    wanted = [key for key, number in changes.items() if number]
    with transaction.atomic():
        deeds = []
        now = clock.now()
        for row in Shelter.objects.select_for_update().filter(pk__in=wanted).order_by("pk"):
            moved = changes[row.pk]
            if moved > 0 and row.status in SHUT:
                raise Conflict(f"{row.name}已关闭或停用，不能安置人员")
            before = {"occupied": row.occupied, "status": row.status}
            row.occupied = max((row.occupied or 0) + moved, 0)
            row.status = _status(row, entered=moved > 0)
            after = {"occupied": row.occupied, "status": row.status}
            row.version += 1
            row.changed_at, row.changed_by = now, by.ref
            row.save(update_fields=["occupied", "status", "version", "changed_at", "changed_by"])
            deeds.append(
                Deed(
                    deed="shelters.edited", by=by, subject=("shelters", row.pk),
                    region=row.region_id,
                    changes={
                        name: [before[name], after[name]]
                        for name in before
                        if before[name] != after[name]
                    },
                )
            )  # fmt: skip
        record_many(deeds)


def _status(row: Shelter, *, entered: bool) -> str:
    full = row.capacity is not None and (row.occupied or 0) >= row.capacity
    if entered:
        return "full" if full else "open"
    return "open" if row.status == "full" and not full else row.status
