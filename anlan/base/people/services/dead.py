"""Noting that a number or an account reaches nobody any more."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from anlan.base.journal.services import Deed, record_many
from anlan.base.people.models import Account, Phone
from anlan.base.permissions.actor import Actor
from anlan.kernel import clock


@transaction.atomic
def note_dead(*, ids: Collection[str], reason: str, by: Actor) -> int:
    """Mark phones and accounts that do not exist or are cut off; returns how many were not yet.

    Told by a provider or by whoever dialled, so nobody's right to edit the register is asked; the
    row's own history says by whom and why.
    """
    marked = 0
    for model, subject in ((Phone, "phones"), (Account, "accounts")):
        rows = model._default_manager.filter(pk__in=list(ids), dead=False, retired_at=None)
        found = list(rows.select_for_update().values_list("pk", "region_id"))
        model._default_manager.filter(pk__in=[pk for pk, _ in found]).update(
            dead=True, version=F("version") + 1, changed_at=clock.now(), changed_by=by.ref
        )
        record_many(
            [
                Deed(
                    deed=f"{subject}.edited", by=by, subject=(subject, pk), region=region,
                    changes={"dead": [False, True]}, facts={"reason": reason},
                )
                for pk, region in found
            ]
        )  # fmt: skip
        marked += len(found)
    return marked
