"""Which posts are meant: the addressed of a notice, the keeper of a register's row."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q

from anlan.base.people.models import Post
from anlan.base.regions import scope
from anlan.base.register.models import Row
from anlan.base.register.registry import Register

#: Who answers for rows that name no keeper (units, posts, rotas), first choice first.
REPORTERS = ("disaster-reporter", "township-emergency-officer", "reporter", "village-head")


def addressed(
    *, posts: Collection[str] = (), regions: Collection[str] = (), roles: Collection[str] = ()
) -> list[tuple[str, str]]:
    """List (post, region) of the posts named, and of those of these roles in and below regions.

    Regions without roles mean every post there; roles without regions mean nothing.
    """
    wanted = Q(pk__in=list(posts))
    if regions:
        inside = scope.within([scope.prefix(code) for code in regions])
        wanted |= inside & Q(role__in=list(roles)) if roles else inside
    live = Post.objects.filter(wanted, retired_at=None)
    return list(live.order_by("region_id", "rank", "id").values_list("pk", "region_id"))


def keepers(entry: Register, rows: Sequence[Row]) -> dict[str, str]:
    """Tell which post answers for each row; rows that nobody answers for are left out.

    The first reference to a post that the row fills in; for registers that have none, whoever
    reports for the row's region or the nearest one above.
    """
    pointers = [
        field.attname
        for field in entry.model._meta.concrete_fields
        if field.related_model is Post and entry.model is not Post
    ]
    if not pointers:
        return _reporters({row.pk: str(row.region_id) for row in rows})
    found = {}
    for row in rows:
        named = [post for post in (getattr(row, name) for name in pointers) if post]
        if named:
            found[row.pk] = named[0]
    return found


def _reporters(places: Mapping[str, str]) -> dict[str, str]:
    chains = {code: [code, *reversed(scope.ancestors(code))] for code in set(places.values())}
    wanted = {code for chain in chains.values() for code in chain}
    best: dict[str, tuple[int, int, str]] = {}
    live = Post.objects.filter(region__in=wanted, role__in=REPORTERS, retired_at=None)
    for pk, code, role, rank in live.values_list("pk", "region_id", "role", "rank"):
        offer = (REPORTERS.index(role), rank, pk)
        best[code] = min(best.get(code, offer), offer)
    return {
        row: next(best[step][2] for step in chains[code] if step in best)
        for row, code in places.items()
        if any(step in best for step in chains[code])
    }
