"""May this actor do this here? The one place that answers.

An action is ``subject.verb`` (``shelters.edit``, ``journal.view``). A region is a code; None asks
whether the actor may do it anywhere at all. Pure apart from the clock: no query is made.
"""

from functools import lru_cache
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from anlan.base.permissions.actor import Actor, Holding
from anlan.base.permissions.rights import allows, shares
from anlan.base.regions import scope
from anlan.kernel.errors import Forbidden

M = TypeVar("M", bound=Model)


def may(actor: Actor, action: str, region: str | None = None) -> bool:
    """Tell whether the actor may do this in a region (None: in any)."""
    if actor.is_system:
        return True
    if region is None:
        return any(allows(held.role, action) and held.holds() for held in actor.roles)
    return any(_reaches(held, action, region) for held in actor.roles)


def permit(actor: Actor, action: str, region: str | None = None) -> None:
    """Raise `Forbidden` unless the actor may; the sentence never tells whether the thing exists."""
    if not may(actor, action, region):
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")


def prefixes(actor: Actor, action: str) -> tuple[str, ...]:
    """List the regions (trimmed codes) in and below which the actor may do this.

    Empty means nowhere; ``("",)`` means the whole country. No prefix lies below another.
    """
    if actor.is_system:
        return ("",)
    held = {h.prefix for h in actor.roles if allows(h.role, action) and h.holds()}
    return tuple(sorted(p for p in held if not any(p != q and p.startswith(q) for q in held)))


def shared(actor: Actor, action: str) -> tuple[str, ...]:
    """List the regions above the actor's own whose rows are shown to them too (exact codes).

    A village must find its township's duty room in the directory, but not the next village's.
    """
    if actor.is_system:
        return ()
    above: set[str] = set()
    for held in actor.roles:
        if held.prefix and shares(held.role, action) and held.holds():
            above.update(_above(held.prefix))
    return tuple(sorted(above))


def visible(
    rows: QuerySet[M], actor: Actor, action: str, column: str = "region_id", *, within: str = ""
) -> QuerySet[M]:
    """Narrow rows to those the actor may see; `column` holds their region code.

    `within` narrows further to a region and below. Both together make one range where one lies in
    the other, which an index answers; two ranges side by side would scan the wider one.
    """
    wanted = condition(actor, action, column, within=within)
    if wanted is None:
        return rows
    return rows.filter(wanted) if wanted else rows.none()


def condition(
    actor: Actor, action: str, column: str = "region_id", *, within: str = ""
) -> Q | None:
    """Return the narrowing of `visible` as a condition: None is everything, empty is nothing."""
    mine, above = reach(actor, action, within=within)
    return None if "" in mine else _condition(mine, above, column)


def reach(
    actor: Actor, action: str, *, within: str = ""
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell where the actor may: `prefixes` and `shared`, both narrowed to `within`."""
    mine, above = prefixes(actor, action), shared(actor, action)
    if within:
        asked = scope.prefix(within)
        mine = _intersection(mine, asked)
        above = tuple(code for code in above if scope.covers(asked, code))
    return mine, above


def _intersection(mine: tuple[str, ...], asked: str) -> tuple[str, ...]:
    if any(asked.startswith(prefix) for prefix in mine):
        return (asked,)
    return tuple(prefix for prefix in mine if prefix.startswith(asked))


@lru_cache(maxsize=4096)
def _condition(mine: tuple[str, ...], above: tuple[str, ...], column: str) -> Q:
    wanted = scope.within(mine, column) if mine else Q()
    if above:
        wanted |= Q(**{f"{column}__in": above})
    return wanted


def _reaches(held: Holding, action: str, region: str) -> bool:
    if allows(held.role, action) and scope.covers(held.prefix, region):
        return held.holds()
    if held.prefix and shares(held.role, action) and region in _above(held.prefix):
        return held.holds()
    return False


@lru_cache(maxsize=4096)
def _above(prefix: str) -> frozenset[str]:
    """Full codes of the regions strictly above a trimmed code."""
    return frozenset(scope.ancestors(prefix))
