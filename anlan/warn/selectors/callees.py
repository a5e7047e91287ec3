"""Which posts an alert calls: by role, by region, by hazard, never above whoever calls."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.models import User
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.warn.callrules import CallRule, grade_of, rules
from anlan.warn.models import Alert
from anlan.warn.selectors.areas import joint


@dataclass(frozen=True, slots=True)
class Callee:
    """One post that is called, along one ladder."""

    post: str
    region: str
    role: str
    ladder: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a call is about and whom it may reach."""

    grade: str
    hazard: str
    regions: tuple[str, ...]
    #: Whoever calls; nobody above is called.
    caller: str


def call_of(alert: Alert) -> Call:
    """Tell what an alert's call is about."""
    return Call(
        grade=grade_of(alert.kind, alert.level), hazard=alert.hazard,
        regions=tuple(alert.regions), caller=caller_of(alert),
    )  # fmt: skip


def caller_of(alert: Alert) -> str:
    """Tell who calls: the region of whoever signed, or of the standing order it went out under.

    Where neither holds the alert's own region, the nearest county at or above that.
    """
    own = alert.region_id
    if alert.standing_order is not None:
        return str(alert.standing_order.region_id)
    kind, _, key = alert.issued_by.partition(":")
    signed = ""
    if kind == "user":
        signed = User.objects.filter(pk=key).values_list("region", flat=True).first() or ""
    if signed and scope.covers(scope.prefix(signed), own):
        return signed
    top = regions.top()
    chain = [*scope.ancestors(own), own]
    inside = [code for code in chain if scope.covers(scope.prefix(top), code)]
    counties = [code for code in inside if scope.level_of(code) <= COUNTY_LEVEL]
    return (counties or inside or [own])[-1]


COUNTY_LEVEL = 3


def callees(call: Call) -> list[Callee]:
    """List the posts a call reaches, by region; a fixed number of queries.

    A post is called when its role is in the rules of the grade for posts at its level, its own
    hazards (when it names any) hold the alert's, and its region is covered, or lies above a covered
    one and not above the caller. Of a duty room only who sits there.
    """
    by_role: dict[str, list[CallRule]] = {}
    for rule in rules(call.grade, call.hazard, call.caller):
        by_role.setdefault(rule.role, []).append(rule)
    if not call.regions or not by_role:
        return []
    wide = joint([*call.regions, call.caller])
    rows = scope.below(Post.objects.filter(role__in=list(by_role), retired_at=None), wide)
    columns = rows.order_by("region_id", "rank", "id").values_list(
        "pk", "region_id", "role", "hazards"
    )
    reached = _Reach(call)
    found = [
        Callee(pk, region, role, met.ladder)
        for pk, region, role, hazards in columns
        if (met := _rule(by_role[role], region)) is not None
        and reached.holds(region)
        and (not hazards or not call.hazard or call.hazard in hazards)
    ]
    return _seated(found)


class _Reach:
    """The regions a call reaches."""

    def __init__(self, call: Call) -> None:
        self._below = {scope.prefix(code) for code in call.regions}
        self._lengths = sorted({len(prefix) for prefix in self._below})
        caller = scope.prefix(call.caller)
        self._above = {
            above
            for code in call.regions
            for above in scope.ancestors(code)
            if scope.covers(caller, above)
        }

    def holds(self, region: str) -> bool:
        """Tell whether a region is covered, or above a covered one and not above the caller."""
        if region in self._above:
            return True
        return any(region[:length] in self._below for length in self._lengths)


@lru_cache(maxsize=65536)
def _level(region: str) -> int:
    return scope.level_of(region)


def _rule(found: Sequence[CallRule], region: str) -> CallRule | None:
    level = _level(region)
    return next((rule for rule in found if level in rule.levels), None)


def _seated(found: Sequence[Callee]) -> list[Callee]:
    """Keep of each duty room whoever sits there."""
    watch = [one for one in found if one.role in people.WATCH]
    if not watch:
        return list(found)
    rooms = {
        code: [one.post for one in posts]
        for code, posts in groupby(watch, key=attrgetter("region"))
    }
    here = {post for posts in people.seats(rooms).values() for post in posts}
    return [one for one in found if one.role not in people.WATCH or one.post in here]


def ladders_of(found: Iterable[Callee]) -> Collection[str]:
    """List the ladders some calls take."""
    return {one.ladder for one in found}
