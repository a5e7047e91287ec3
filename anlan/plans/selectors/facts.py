"""What a plan is checked against: the county's posts, who holds them, and what has rows where."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q

from anlan import codes
from anlan.base.obligations.ladders import ladders
from anlan.base.people.models import Phone, Post
from anlan.base.people.selectors import holdings_on
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.plans.checking import Facts, PostFact
from anlan.plans.spec.shape import Debtor, PlanSpec
from anlan.resources.models import Team
from anlan.resources.selectors import items, stock_in

#: Levels of regions as posts name them.
LEVELS = {1: "province", 2: "city", 3: "county", 4: "township", 5: "village", 6: "grid"}


def facts_for(plan: PlanSpec) -> Facts:
    """Read what the checker needs: a fixed number of queries and one for each register named."""
    inside = scope.within([scope.prefix(plan.region)], "region_id")
    rows = list(
        Post.objects.filter(inside, retired_at=None)
        .order_by("region_id", "role", "rank", "code")
        .values_list("pk", "code", "title", "role", "region_id", "hazards")
    )
    holders: dict[str, list[str]] = defaultdict(list)
    for held in holdings_on([row[0] for row in rows]):
        holders[held.post].append(held.person)
    alive = _reachable({person for persons in holders.values() for person in persons})
    named = [who for step in plan.steps for who in (step.who, step.verify) if who is not None]
    return Facts(
        posts=tuple(
            PostFact(
                code=code, title=title, role=role, region=region,
                level=LEVELS[scope.level_of(region)], holders=tuple(holders[pk]),
                reachable=not alive.isdisjoint(holders[pk]), hazards=frozenset(hazards or ()),
                id=pk,
            )
            for pk, code, title, role, region, hazards in rows
        ),
        regions={
            code: (name, LEVELS[level])
            for code, name, level in Region.objects.filter(
                scope.within([scope.prefix(plan.region)], "code"), valid_to=None
            ).values_list("code", "name", "level")
        },
        roles={row.code: tuple(row.extra["levels"] or ()) for row in codes.table("posts")},
        hazards=set(codes.hazards()), ladders=set(ladders()),
        registers=set(REGISTERS.keys()), teams=_teams(plan), stocked=_stocked(plan, named),
        items=items(), stores=stock_in(plan.region) if any(one.needs for one in plan.steps) else {},
    )  # fmt: skip


def facts_about(plan: PlanSpec, named: Collection[Debtor]) -> Facts:
    """Read just enough to tell which posts some debtors of a plan are; who holds them is not."""
    codes_, roles = set(), set()
    for who in named:
        codes_.add(who.post)
        roles.add(who.role)
        for group in plan.groups:
            if group.key == who.group:
                codes_ |= {member.post for member in group.members}
                roles |= {member.role for member in group.members}
    inside = scope.within([scope.prefix(plan.region)], "region_id")
    rows = Post.objects.filter(
        inside, Q(code__in=codes_ - {""}) | Q(role__in=roles - {""}), retired_at=None
    ).order_by("region_id", "role", "rank", "code")
    return Facts(
        posts=tuple(
            PostFact(
                code=code, title=title, role=role, region=region,
                level=LEVELS[scope.level_of(region)], holders=(), reachable=False,
                hazards=frozenset(hazards or ()), id=pk,
            )
            for pk, code, title, role, region, hazards in rows.values_list(
                "pk", "code", "title", "role", "region_id", "hazards"
            )
        ),
        regions={}, roles={}, hazards=(), ladders=(), registers=(), teams=(),
        stocked=_stocked(plan, named),
    )  # fmt: skip


def _reachable(persons: Collection[str]) -> set[str]:
    """Keep those who have a telephone that is not known to be dead."""
    alive = Phone.objects.filter(dead=False, retired_at=None).values_list("person_id", flat=True)
    return set(alive) & set(persons)


def _teams(plan: PlanSpec) -> set[str]:
    named = {step.team for step in plan.steps if step.team}
    rows = Team.objects.filter(code__in=named, retired_at=None)
    return set(rows.values_list("code", flat=True))


def _stocked(plan: PlanSpec, named: Iterable[Debtor]) -> dict[str, set[str]]:
    """Tell where each register (or kind of its rows) that a debtor names has rows."""
    asked = {who.where for who in named if who.where}
    inside = scope.within([scope.prefix(plan.region)], "region_id")
    found: dict[str, set[str]] = {}
    for where in asked:
        key, _, kind = where.partition("/")
        declared = REGISTERS.get(key)
        if declared is None:
            continue  # the checker says so
        rows = declared.model._default_manager.filter(inside, retired_at=None)
        if kind:  # a register whose rows have no kinds has none of this one
            kinds = any(one.name == "kind" for one in declared.model._meta.fields)
            rows = rows.filter(Q(kind=kind)) if kinds else rows.none()
        found[where] = set(rows.values_list("region_id", flat=True).distinct())
    return found
