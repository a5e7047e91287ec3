"""Notices: what was sent, and who has signed."""

from typing import Any

from django.db.models import Count, Max, Min, Q

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors.lists import describe, mine
from anlan.base.obligations.states import LIFECYCLE
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.kernel.errors import Missing

SIZE = 50


def notices(actor: Actor, *, page: int = 1) -> dict[str, Any]:
    """List notices sent to the actor's regions, the latest first, counted in one query."""
    rows = visible(Obligation.objects.filter(kind="notice"), actor, "obligations.view")
    sums = (
        rows.values("case", "title", "issued_by")
        .annotate(
            at=Min("issued_at"),
            due=Max("answer_due"),
            total=Count("pk"),
            signed=Count("pk", filter=Q(answered_at__isnull=False)),
            late=Count("pk", filter=Q(lapsed_at__isnull=False, answered_at=None)),
            withdrawn=Count("pk", filter=Q(state="withdrawn")),
        )
        .order_by("-case")
    )
    start = (page - 1) * SIZE
    items = list(sums[start : start + SIZE])
    names = permissions.names_of({item["issued_by"] for item in items})
    told = [{**item, "by_name": names.get(item["issued_by"], "")} for item in items]
    total = rows.values("case").distinct().count()
    return {"items": told, "total": total, "page": page, "size": SIZE}


def notice(actor: Actor, case: str) -> dict[str, Any]:
    """Read one notice: its words, and every debtor with their state; unsigned ones first."""
    rows = Obligation.objects.filter(kind="notice", case=case)
    seen = visible(rows, actor, "obligations.view") | rows.filter(mine(actor))
    found = list(
        seen.distinct()
        .select_related("debtor", "debtor__unit", "region")
        .order_by("answered_at", "region_id", "pk")
    )
    if not found:
        raise Missing("没有这份通知")
    found.sort(key=lambda row: row.answered_at is not None)
    items = describe(found, actor)
    counts: dict[str, int] = {}
    for row in found:
        label = LIFECYCLE[row.state].label
        counts[label] = counts.get(label, 0) + 1
    return {
        "case": case,
        "title": found[0].title,
        "body": items[0]["body"],
        "at": found[0].issued_at,
        "due": found[0].answer_due,
        "counts": counts,
        "items": items,
    }
