"""Orders as lists show them: to whom, by when, how many signed and reported."""

from typing import Any

from django.db.models import Count, Q

from anlan.base.obligations.models import Obligation
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.kernel import clock
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Order
from anlan.respond.responses.selectors.proposals import VIEW

SIZE = 50
COUNTS = {
    "total": Count("pk"),
    "signed": Count("pk", filter=Q(answered_at__isnull=False)),
    "reported": Count("pk", filter=Q(reported_at__isnull=False)),
    "done": Count("pk", filter=Q(closed_at__isnull=False)),
    "late": Count("pk", filter=Q(closed_at=None, lapsed_at__isnull=False)),
}


def listed(actor: Actor, response: str = "", page: int = 1) -> dict[str, Any]:
    """List orders the actor may see, of one response or of all; three queries."""
    permit(actor, VIEW)
    rows = visible(Order.objects.all(), actor, VIEW)
    if response:
        rows = rows.filter(response=response)
    start = (max(page, 1) - 1) * SIZE
    shown = list(
        rows.select_related("region", "response", "verifier").order_by("-pk")[start : start + SIZE]
    )
    owed = Obligation.objects.filter(
        subject_kind=deed_names.ORDER_SUBJECT, subject__in=[row.pk for row in shown]
    )
    told = owed.values_list("subject").annotate(**COUNTS).order_by()
    counts = {pk: dict(zip(COUNTS, numbers, strict=True)) for pk, *numbers in told}
    debts: dict[str, list[dict[str, Any]]] = {}
    for one in owed.select_related("debtor", "region").order_by("region_id", "pk")[:500]:
        debts.setdefault(one.subject, []).append(
            {"obligation": one.pk, "post": one.debtor.title, "region_name": one.region.name,
             "state": one.state, "answered_at": one.answered_at, "closed_at": one.closed_at}
        )  # fmt: skip
    names = permissions.names_of({row.given_by for row in shown})
    return {
        "items": [
            {
                "id": row.pk, "title": row.title, "region": row.region_id,
                "region_name": row.region.name, "response": row.response_id,
                "response_title": row.response.stage_title if row.response else "",
                "due_at": row.due_at, "checked": row.checked,
                "verifier_title": row.verifier.title if row.verifier else "", "photo": row.photo,
                "given_at": row.given_at, "given_by_name": names.get(row.given_by, row.given_by),
                "carried_at": row.carried_at, "debts": debts.get(row.pk, []),
                "counts": {key: counts.get(row.pk, {}).get(key, 0) for key in COUNTS},
            }
            for row in shown
        ],
        "total": rows.count(), "page": page, "size": SIZE, "as_of": clock.now(),
    }  # fmt: skip
