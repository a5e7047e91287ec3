"""Destroying what the roll keeps of people whom no register has.

Somebody with the right may do it once a batch is over; when its term is over (table
``retention-terms``) it is done by itself.
"""

from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.terms import TERM, over_due
from anlan.respond.evacuation.services.finding import locked, note
from anlan.respond.evacuation.states import ADDED


def erase_added(*, evacuation: str, by: Actor) -> int:
    """Destroy the keys of who was added with a key of their own; returns how many.

    Who was found with a household is destroyed with it. Counts stay: the ledger names nobody.
    """
    with transaction.atomic():
        batch = locked(evacuation, "erase", by)
        if batch.state != "closed":
            raise Conflict("转移批次结束以后才能销毁个人信息")
        return _erase(batch, by, "")


def erase_due(*, by: Actor) -> int:
    """Destroy what is kept of whoever was added to batches whose term is over; returns how many.

    Batch by batch, so that a crash between two leaves neither half done.
    """
    keys = 0
    for pk in over_due():
        with transaction.atomic():
            batch = locked(pk, "erase", by)
            if batch.erased_at is None:
                keys += _erase(batch, by, TERM)
    return keys


def _erase(batch: Evacuation, by: Actor, term: str) -> int:
    """Destroy the keys and note that it was done, and by which term where nobody pressed."""
    rows = batch.entries.filter(origin=ADDED, household=None)
    keys = vault.destroy(list(rows.values_list("seal", flat=True)), by=by)
    batch.erased_at, batch.erased_by = clock.now(), by.ref
    batch.save(update_fields=["erased_at", "erased_by"])
    note(batch, "erased", by, {"keys": keys, "term": term})
    return keys
