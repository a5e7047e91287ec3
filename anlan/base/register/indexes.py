"""Indexes that keep a list of a million rows fast: of rows in use, in the orders lists ask for."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q

#: PostgreSQL and Django cut index names at 30 characters; every one is made to fit.
LONGEST = 30


def listing(
    prefix: str, *, sorts: Sequence[str] = (), filters: Sequence[str] = (), located: bool = False
) -> list[models.Index]:
    """Make the partial indexes of a register's list.

    Parameters
    ----------
    prefix : short name of the table, unique in the project; begins every index's name.
    sorts : columns a list is often sorted by; each is followed by the id, as lists are.
    filters : columns a list is often narrowed by; each is followed by the default order, and by the
        other filters, so that two filters at once are still answered by an index alone.
    located : whether rows are also asked for by box.
    """
    in_use = Q(retired_at__isnull=True)
    orders: list[tuple[str, ...]] = [("region", "id"), *((name, "id") for name in sorts)]
    orders += [
        (name, "region", "id", *(other for other in filters if other != name)) for name in filters
    ]
    if located:
        orders.append(("lat", "lon"))
    made = [
        models.Index(fields=order, condition=in_use, name=f"{prefix}_{order[0]}"[:LONGEST])
        for order in orders
    ]
    # The list of what was taken out of use is short and asked for seldom; it has one order.
    made.append(
        models.Index(
            fields=("region", "id"),
            condition=Q(retired_at__isnull=False),
            name=f"{prefix}_retired",
        )
    )
    return made
