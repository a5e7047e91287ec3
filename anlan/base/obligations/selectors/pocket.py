"""What somebody owes, as a phone shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.selectors.lists import describe, mine
from anlan.base.permissions.actor import Actor

#: Tasks of one page: a weak signal carries no more at once.
SIZE = 20


@dataclass(frozen=True)
class Tasks:
    """One page of tasks, how many are open and how many of those late."""

    items: Sequence[dict[str, Any]]
    total: int
    late: int
    page: int

    @property
    def further(self) -> bool:
        """Whether older ones follow."""
        return self.total > self.page * SIZE


def tasks_of(actor: Actor, page: int = 1) -> Tasks:
    """List what an actor's posts owe and what rungs turned to them for, the newest duty first."""
    number = max(page, 1)
    rows = Obligation.objects.filter(mine(actor), closed_at=None)
    counts = rows.aggregate(total=Count("pk"), late=Count("pk", filter=Q(lapsed_at__isnull=False)))
    ordered = rows.select_related("debtor", "debtor__unit", "region").order_by("-issued_at", "-pk")
    shown = list(ordered[(number - 1) * SIZE : number * SIZE])
    return Tasks(describe(shown, actor), counts["total"], counts["late"], number)
