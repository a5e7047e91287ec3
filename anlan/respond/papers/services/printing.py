"""Saying that a pack was printed: on its page, or by answering what is owed."""

from typing import Any

from django.db import transaction

from anlan.base.obligations import services as obligations
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.respond.papers import deed_names
from anlan.respond.papers.models import Pack
from anlan.respond.papers.services.packing import note
from anlan.respond.papers.states import PRINT


def mark_printed(*, pack: str, by: Actor) -> None:
    """Say that a pack was printed; nobody owes it any more."""
    row = Pack.objects.filter(pk=pack).first()
    if row is None or not may(by, "papers.view", row.region_id):
        raise Missing("没有这个纸质包")
    permit(by, "papers.take", row.region_id)
    with transaction.atomic():
        _print(row, by)
        obligations.settle(
            kind=PRINT, subjects=[(deed_names.PACK, row.pk)], by=by, done=True
        )  # fmt: skip


def stop_printing(*, response: str, by: Actor) -> int:
    """Withdraw the printing that is still owed of a response that is over; returns how many."""
    packs = Pack.objects.filter(response=response, printed_at=None)
    subjects = [(deed_names.PACK, pk) for pk in packs.values_list("pk", flat=True)]
    return obligations.settle(kind=PRINT, subjects=subjects, by=by, done=False)


def note_printed(*, subject: tuple[str, str], by: Actor) -> Any:
    """Take the word of whoever owed the printing and says that it is done."""
    row = Pack.objects.filter(pk=subject[1]).first()
    if row is not None:
        _print(row, by)


def _print(row: Pack, by: Actor) -> None:
    if row.made_at is None:
        raise Conflict("纸质包还没有生成，打印出来再说已打印；看看响应页上为什么没有生成")
    said = Pack.objects.filter(pk=row.pk, printed_at=None)
    if said.update(printed_at=clock.now(), printed_by=by.ref):
        note(row, "printed", by, {"number": row.number})
