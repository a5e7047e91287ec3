"""The duty log as its desk reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan import codes
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.duty.models import Entry
from anlan.respond.duty.selectors.desks import VIEW, desk_of

SIZE = 50
WORDS = ("source", "content", "disposal", "instruction", "result")
#: What an entry tells of -> the address of its page.
PAGES = {
    "incident": "/incidents/{}", "alert": "/warn/alerts/{}", "response": "/responses/{}",
    "handover": "/desk/handover", "roll-call": "/desk/roll-calls/{}",
}  # fmt: skip


def page(
    actor: Actor, region: str = "", *, open_only: bool = False, before: datetime | None = None
) -> dict[str, Any]:
    """Read the latest entries of a desk, those before a moment where one is given."""
    desk = desk_of(actor, region)
    rows = Entry.objects.filter(region=desk)
    if open_only:
        rows = still_open(rows)
    if before is not None:
        rows = rows.filter(at__lt=before)
    shown = list(rows.order_by("-at", "-pk")[: SIZE + 1])
    return {
        "region": desk, "items": described(shown[:SIZE], actor), "more": len(shown) > SIZE,
        "open": still_open(Entry.objects.filter(region=desk)).count(), "as_of": clock.now(),
        "writes": may(actor, "duty-log.write", desk),
    }  # fmt: skip


def still_open(rows: "QuerySet[Entry]") -> "QuerySet[Entry]":
    """Narrow entries to those about which something is to be done: no later one has ended it."""
    later = Entry.objects.filter(follows=OuterRef("pk"))
    undone = Q(follows=None, todo=True) & ~Exists(later.filter(todo=False))
    return rows.filter(undone)


def seen(actor: Actor, entry: str) -> Entry:
    """Find an entry the actor may see; `Missing` else."""
    row = Entry.objects.filter(pk=entry).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这条值班日志")
    return row


def described(rows: Sequence[Entry], actor: Actor) -> list[dict[str, Any]]:
    """Say entries in words; four queries, whatever their number."""
    words = _words(rows)
    names = permissions.names_of({row.by for row in rows})
    waiting = set(
        still_open(Entry.objects.filter(pk__in=[row.pk for row in rows])).values_list(
            "pk", flat=True
        )
    )
    firsts = {row.follows_id for row in rows if row.follows_id}
    first = {row.pk: row for row in Entry.objects.filter(pk__in=firsts)}
    told = dict(zip(first, _words(list(first.values())), strict=True))
    kinds = codes.table("duty-entry-kinds")
    return [
        {
            "id": row.pk, "at": row.at, "kind": row.kind, "kind_label": kinds.name(row.kind),
            "kind_label_en": kinds.name(row.kind, "en"), **said,
            "follows": {
                "id": row.follows_id, "at": first[row.follows_id].at,
                "content": told[row.follows_id]["content"],
            } if row.follows_id else None,
            "open": row.pk in waiting, "auto": row.once is not None, "case": row.case,
            "page": PAGES[row.link_kind].format(row.link) if row.link_kind in PAGES else "",
            "by_name": names.get(row.by, row.by), "noted_at": row.noted_at,
            "mine": row.by == actor.ref,
        }
        for row, said in zip(rows, words, strict=True)
    ]  # fmt: skip


def _words(rows: Sequence[Entry]) -> list[dict[str, str]]:
    sealed = [(row.seal, {name: getattr(row, name) or None for name in WORDS}) for row in rows]
    return [{name: text or "" for name, text in texts.items()} for texts in vault.open_many(sealed)]
