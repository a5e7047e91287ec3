"""What is still open of a response: what its end waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q

from anlan.base.obligations.models import Obligation
from anlan.respond.responses import deed_names
from anlan.respond.responses.models import Response, StepDebt

#: What is still owed, or waits: neither struck off nor over.
OPEN = Q(closed_at=None) & (Q(obligation=None) | Q(obligation__closed_at=None))
NAMED = 5


@dataclass(frozen=True)
class Leftover:
    """Titles of what is open, with how many owe each."""

    steps: tuple[tuple[str, str, int], ...]
    orders: tuple[tuple[str, str, int], ...]
    #: Step -> of how many what was reported waits for whoever verifies it.
    to_verify: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many debts are open in all."""
        return sum(count for *_, count in (*self.steps, *self.orders))

    def named(self) -> str:
        """Name the first of them."""
        titles = [
            f"{title}（待核实 {self.to_verify[pk]}）" if self.to_verify.get(pk) else title
            for pk, title, _ in (*self.steps, *self.orders)
        ]
        return "、".join(titles[:NAMED]) + ("……" if len(titles) > NAMED else "")


def leftover(row: Response) -> Leftover:
    """List what is open of a response; three queries."""
    found = (
        StepDebt.objects.filter(OPEN, step__response=row)
        .values_list("step_id", "step__title")
        .annotate(debts=Count("pk"), waits=Count("pk", filter=Q(obligation__state="reported")))
        .order_by("step__rank")
    )
    steps = [(pk, title, count) for pk, title, count, _ in found]
    to_verify = {pk: waits for pk, _, _, waits in found if waits}
    orders = dict(row.orders.filter(carried_at=None).values_list("pk", "title"))
    owed = (
        Obligation.objects.filter(
            subject_kind=deed_names.ORDER_SUBJECT, subject__in=orders, closed_at=None
        )
        .values_list("subject")
        .annotate(Count("pk"))
        .order_by("subject")
    )
    open_orders = tuple((order, orders[order], count) for order, count in owed)
    return Leftover(tuple(steps), open_orders, to_verify)
