"""Whoever is erased takes along every pack that names them; a new one is made in a minute."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from anlan.base.files import store
from anlan.base.permissions.actor import system
from anlan.base.vault import services as vault
from anlan.base.vault.followers import follows_erasure
from anlan.kernel import clock
from anlan.respond.papers.models import Pack
from anlan.respond.papers.services.packing import note

BY = system("papers")


@follows_erasure("paper-packs")
def destroy_packs(subjects: Sequence[str]) -> None:
    """Destroy the packs that name an erased subject, or belong to an erased case."""
    gone = set(subjects)
    kept = Pack.objects.filter(made_at__isnull=False, destroyed_at=None)
    for pack in list(kept.only("pk", "named", "case", "sm3", "region_id", "number")):
        if pack.case in gone or not gone.isdisjoint(pack.named.split()):
            _destroy(pack)


def _destroy(pack: Pack) -> None:
    """Destroy key and bytes; said first, so that destroying the key does not come back here."""
    sm3 = pack.sm3
    Pack.objects.filter(pk=pack.pk).update(destroyed_at=clock.now(), named="")
    note(pack, "destroyed", BY, {"number": pack.number})
    vault.destroy([pack.pk], by=BY)
    if not Pack.objects.filter(Q(destroyed_at=None), sm3=sm3).exists():
        transaction.on_commit(lambda: store.wipe(sm3))
