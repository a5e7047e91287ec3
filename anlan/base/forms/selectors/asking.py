"""Who fills in a form for a region, and what the registers hold there already."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, Sum

from anlan.base.forms.columns import Column, summable
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.base.regions import scope
from anlan.base.register.registry import REGISTERS

#: Who answers where a form names no role, first choice first: whoever reports, then the watch,
#: then whoever leads.
ANSWERING = (
    "disaster-reporter", "township-emergency-officer", "reporter", "duty-officer",
    "village-deputy", "township-deputy", "village-head", "township-head",
)  # fmt: skip


def debtors(regions: Collection[str], role: str = "") -> dict[str, str]:
    """Tell the post that fills in for each region; those without such a post are left out.

    Of posts of one role the one that is called first.
    """
    roles = (role,) if role else ANSWERING
    best: dict[str, tuple[int, int, str]] = {}
    live = Post.objects.filter(region__in=list(regions), role__in=roles, retired_at=None)
    for pk, code, held, rank in live.values_list("pk", "region_id", "role", "rank"):
        offer = (roles.index(held), rank, pk)
        best[code] = min(best.get(code, offer), offer)
    return {code: post for code, (_, _, post) in best.items()}


def prefills(columns: Sequence[Column], regions: Collection[str]) -> dict[str, dict[str, float]]:
    """Tell what the registers hold in and below each region: region -> column -> figure.

    One query a column, whatever the number of regions. A sum of which no row says anything is left
    out: nobody knows it.
    """
    found: dict[str, dict[str, float]] = {code: {} for code in regions}
    for column in columns:
        if column.prefill is None:
            continue
        by_place = _by_place(column.prefill.register, column.prefill.column, regions)
        for code in regions:
            prefix = scope.prefix(code)
            figures = [figure for place, figure in by_place if place.startswith(prefix)]
            if column.prefill.column and not figures:
                continue
            whole = round(sum(figures), 6)
            found[code][column.key] = int(whole) if float(whole).is_integer() else whole
    return found


def _by_place(register: str, column: str, regions: Collection[str]) -> list[tuple[str, float]]:
    """Add up a register's rows by the very region they lie in."""
    inside = scope.within([scope.prefix(code) for code in regions])
    rows = REGISTERS[register].model._default_manager.filter(inside, retired_at=None).order_by()
    if not column:
        return list(rows.values_list("region_id").annotate(Count("pk")))
    known = rows.filter(~Q(**{column: None}))
    return list(known.values_list("region_id").annotate(Sum(column)))


def registers_offered(actor: Actor) -> list[dict[str, Any]]:
    """List the registers whose counts or sums may be taken over, with their summable columns."""
    return [
        {
            "key": entry.key, "title": entry.title, "title_en": entry.title_en,
            "columns": _columns(summable(entry.key)),
        }
        for entry in REGISTERS.values()
        if may(actor, entry.action("view"))
    ]  # fmt: skip


def _columns(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "label": label} for name, label in labels.items()]
