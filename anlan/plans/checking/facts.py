"""What is known about a county when its plan is checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from anlan.base.regions import scope
from anlan.plans.spec.shape import Debtor, Group, Member, PlanSpec


@dataclass(frozen=True, slots=True)
class PostFact:
    """A post as it is held today."""

    code: str
    title: str
    role: str
    region: str
    level: str
    #: Persons who hold it, A first; none: vacant.
    holders: tuple[str, ...]
    #: Whether any holder has a telephone that is not known to be dead.
    reachable: bool
    #: Hazards it answers for; empty is all.
    hazards: frozenset[str] = frozenset()
    #: Its id; "" where only its code matters.
    id: str = ""

    def answers_for(self, hazards: Collection[str]) -> bool:
        """Tell whether it answers for one of these; for none asked it does."""
        return not hazards or not self.hazards or not self.hazards.isdisjoint(hazards)


@dataclass(frozen=True)
class Facts:
    """Posts, regions and what may be named."""

    posts: tuple[PostFact, ...]
    #: Code of a region below the plan's: its name and level.
    regions: Mapping[str, tuple[str, str]]
    roles: Mapping[str, tuple[str, ...]]
    hazards: Collection[str]
    ladders: Collection[str]
    registers: Collection[str]
    teams: Collection[str]
    #: Register key: regions in which it has rows, for those that steps name.
    stocked: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: Items that can be kept: code -> (name, unit).
    items: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: How much of each is ready in the plan's region; None is not known, no entry: never kept.
    stores: Mapping[str, int | None] = field(default_factory=dict)
    _stocks: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def debtors(self, plan: PlanSpec, who: Debtor) -> list[PostFact]:
        """List the posts that owe what this debtor owes."""
        if who.post:
            return [post for post in self.posts if post.code == who.post]
        if who.group:
            group = next((one for one in plan.groups if one.key == who.group), None)
            if group is None:
                return []
            members = [one for one in group.members if who.title in ("", one.title)]
            found = {post.code: post for one in members for post in self.members(group, one)}
            return list(found.values())
        return [
            post
            for post in self.posts
            if post.role == who.role
            and (who.at is None or post.level == who.at)
            and post.answers_for(who.hazards)
            and self.stocks(post.region, who.where)
        ]

    def stocks(self, region: str, where: str) -> bool:
        """Tell whether rows of a register lie in a region, or in one that holds it.

        A township has vessels where one of its villages has, and so has each grid cell of that
        village: vessels are not told by cell.
        """
        if not where:
            return True
        rows, above = self._stock(where)
        own = scope.normalise(region)
        return own in above or not rows.isdisjoint(scope.ancestors(own))

    def _stock(self, where: str) -> tuple[frozenset[str], frozenset[str]]:
        """Find the regions with rows, and those together with all above them."""
        found = self._stocks.get(where)
        if found is None:
            rows = frozenset(map(scope.normalise, self.stocked.get(where, ())))
            above = rows.union(*(scope.ancestors(one) for one in rows))
            found = self._stocks[where] = (rows, above)
        return found

    def members(self, group: Group, member: Member) -> list[PostFact]:
        """List the posts that fill one place of a group."""
        if member.post:
            return [post for post in self.posts if post.code == member.post]
        return [
            post
            for post in self.posts
            if post.role == member.role
            and post.level == group.at
            and post.answers_for(member.hazards)
        ]

    def uncovered(self, who: Debtor) -> list[str]:
        """List regions of the debtor's level that it should reach and where no such post is."""
        if not who.role or who.at is None:
            return []
        there = {post.region for post in self.posts if post.role == who.role}
        return sorted(
            code
            for code, (_, level) in self.regions.items()
            if level == who.at and code not in there and self.stocks(code, who.where)
        )


def related(one: str, other: str) -> bool:
    """Tell whether one region holds the other, or they are the same."""
    left, right = scope.prefix(one), scope.prefix(other)
    return left.startswith(right) or right.startswith(left)
