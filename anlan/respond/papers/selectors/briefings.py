"""Briefings as lists show them, and the bytes of one."""

from typing import Any

from anlan.base.files import store
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.papers.models import Briefing
from anlan.respond.papers.selectors.packs import VIEW

SIZE = 50


def listed(actor: Actor, *, region: str = "", response: str = "", page: int = 1) -> dict[str, Any]:
    """List the briefings the actor may see, the latest first."""
    permit(actor, VIEW)
    rows = visible(Briefing.objects.all(), actor, VIEW, within=region)
    if response:
        rows = rows.filter(response=response)
    start = (max(page, 1) - 1) * SIZE
    shown = list(rows.select_related("region").order_by("-pk")[start : start + SIZE])
    names = permissions.names_of({one.made_by for one in shown})
    return {
        "items": [
            {
                "id": one.pk, "title": one.title, "number": one.number, "year": one.year,
                "region": one.region_id, "region_name": one.region.name, "at": one.at,
                "response": one.response_id, "made_at": one.made_at,
                "made_by_name": names.get(one.made_by, one.made_by), "sm3": one.digest,
                "unknown": one.unknown,
            }
            for one in shown
        ],
        "total": rows.count(), "page": max(page, 1), "size": SIZE, "as_of": clock.now(),
        "may_make": may(actor, "papers.make"),
    }  # fmt: skip


def word_of(actor: Actor, briefing: str) -> tuple[str, bytes]:
    """Give the Word file of one, as it was made; tells its name too."""
    row = Briefing.objects.filter(pk=briefing).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这份会商材料")
    return f"{row.title}{row.year}年第{row.number}期.docx", store.read(row.digest)
