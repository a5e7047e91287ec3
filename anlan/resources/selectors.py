"""Questions about what is kept for an emergency."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, Sum

from anlan import codes
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.resources.models import ITEMS, Stock


def units_of(rows: Sequence[str]) -> dict[str, str]:
    """Tell in what each row is counted."""
    table = codes.table(ITEMS)
    found = Stock.objects.filter(pk__in=rows).values_list("pk", "item")
    return {pk: table[item].text("unit") or "" for pk, item in found if item in table}


def items() -> dict[str, tuple[str, str]]:
    """List the items that can be kept: code -> (name, unit)."""
    return {row.code: (row.name, unit) for row in codes.table(ITEMS) if (unit := row.text("unit"))}


def stock_in(region: str) -> dict[str, int | None]:
    """Add up what is ready and not expired in a region, by item; None where only unknowns lie.

    An item that is not in the answer has no row at all: nothing is known of it.
    """
    today = clock.local(clock.now()).date()
    usable = [row.code for row in codes.table("supply-states") if row.flag("usable")]
    ready = Q(status__in=usable) & (Q(expires_on=None) | Q(expires_on__gte=today))
    rows = scope.below(Stock.objects.filter(retired_at=None), region).values("item").annotate(
        total=Sum("amount", filter=ready),
        known=Count("pk", filter=~ready | Q(amount__isnull=False)),
    )  # fmt: skip
    return {row["item"]: row["total"] if row["total"] is not None else _none(row) for row in rows}


def _none(row: Mapping[str, Any]) -> int | None:
    """Nothing ready although every amount is known is nought; else nobody knows."""
    return 0 if row["known"] else None
