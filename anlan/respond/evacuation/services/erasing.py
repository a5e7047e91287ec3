"""Destroying what the roll keeps of people whom no register has."""

from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict
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
        rows = batch.entries.filter(origin=ADDED, household=None)
        keys = vault.destroy(list(rows.values_list("seal", flat=True)), by=by)
        note(batch, "erased", by, {"keys": keys})
    return keys
