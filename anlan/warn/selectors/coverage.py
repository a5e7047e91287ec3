"""Coverage to the household: how each one is reached, and which are not, by village.

On a quiet day: whether a household has at least one way that counts and can be taken (a number, a
helper whose post is held, somebody in the village to knock). In an alert: whether such a way was
taken: the post responsible for the household said that it is on post or acted, or somebody of its
village or grid cell said that it acted. That a helper knows of the warning is not yet that the
household does; that a number exists tells nobody anything. A loudspeaker never counts: nobody
answers it.

Households are those of the register; villages that are not registered house by house are said.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from anlan import codes
from anlan.base.households.models import Household, Resident
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.warn.callrules import TABLE as RULES
from anlan.warn.selectors.board.seats import calls_of, last_said
from anlan.warn.selectors.rows import alert_for

ACTION = "calls.view"
WAYS = "reach-ways"

#: Why a household is not reached: code -> Chinese, English.
REASONS: Mapping[str, tuple[str, str]] = {
    "silent": ("责任岗位还没有应答", "The post responsible has not answered"),
    "told": (
        "责任岗位已收到，还没有说已到岗或已行动",
        "The post responsible knows, and has not said that it is on post or acted",
    ),
    "vacant": ("责任岗位无人任职", "Nobody holds the post responsible"),
    "not-told": (
        "有办法叫到，还没有人说已经叫到",
        "Nobody has said that the way was taken",
    ),
    "no-number": ("登记了电话，没有号码", "A telephone is named, and no number"),
    "nobody": ("要敲门，村和网格没有人在岗", "To be knocked up, and nobody serves there"),
    "unreliable": ("只有大喇叭", "Only by loudspeaker"),
    "unknown": ("没有登记联系方式", "Nobody has said how"),
}


STANDINGS = ("reached", "unreliable", "unreached", "unknown")


class Door(NamedTuple):
    """One household as far as reaching it goes."""

    id: str
    region: str
    size: int | None
    ways: str
    has_number: bool
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one household: the way that counts, or why there is none."""

    door: Door
    way: str = ""
    reason: str = ""

    @property
    def standing(self) -> str:
        """Tell which count it belongs to."""
        if self.way:
            return "reached"
        return self.reason if self.reason in ("unreliable", "unknown") else "unreached"


@dataclass(slots=True)
class Tally:
    """Households and people of a place by standing."""

    households: int = 0
    people: int = 0
    standings: Counter[str] = field(default_factory=Counter)

    def add(self, one: Judged) -> None:
        """Count one household."""
        self.households += 1
        self.people += one.door.size or 0
        self.standings[one.standing] += 1

    def told(self) -> dict[str, Any]:
        """Say it, JSON-ready."""
        standings = {key: self.standings[key] for key in STANDINGS}
        return {"households": self.households, "people": self.people, **standings}


@dataclass(frozen=True)
class Covered:
    """Households of some regions, judged; how many stand outside the register."""

    region: str
    judged: tuple[Judged, ...]
    unregistered: tuple[int, int]


def coverage(actor: Actor, region: str, alert: str = "") -> Covered:
    """Judge every household the actor may count, in a region and below; about ten queries.

    With an `alert` only those of its regions, by what its calls have brought about.
    """
    permit(actor, ACTION)
    rows = visible(Household.objects.filter(retired_at=None), actor, ACTION, within=region)
    within: list[str] = [scope.prefix(region)] if region else []
    if alert:
        row = alert_for(alert, actor)
        covered = [scope.prefix(code) for code in row.regions]
        rows = rows.filter(scope.within(covered))
        judge: _Judge = _Night(rows, row.root)
        within = [scope.prefix(code) for code in row.regions]
    else:
        judge = _Day(rows)
    found = tuple(judge.of(door) for door in _doors(rows))
    return Covered(region, found, _unregistered(actor, region, within, found))


def _doors(rows: "QuerySet[Household]") -> Iterable[Door]:
    spoken = set(
        Resident.objects.filter(household__in=rows.values("pk"), retired_at=None)
        .exclude(phone="")
        .values_list("household_id", flat=True)
    )
    columns = (
        rows.order_by("region_id", "id")
        .annotate(spelled=Cast("reach", TextField()), numbered=~Q(phone=""))
        .values_list("pk", "region_id", "size", "spelled", "numbered", "helper", "transfer_lead")
    )
    for pk, region, size, ways, numbered, *posts in columns:
        named = tuple(dict.fromkeys(post for post in posts if post))
        yield Door(pk, region, size, ways, bool(numbered) or pk in spoken, named)


@lru_cache(maxsize=1024)
def _ways(spelled: str) -> tuple[str, ...]:
    found: list[str] = json.loads(spelled) or []
    return tuple(found)


@lru_cache(maxsize=64)
def _needs(way: str) -> tuple[str, bool]:
    row = codes.table(WAYS).get(way)
    return (row.text("needs") or "", bool(row.flag("reliable"))) if row else ("", False)


class _Judge:
    """What counts as reached; the two kinds of it are below."""

    def of(self, door: Door) -> Judged:
        """Judge one household: the first way that counts, else the reason why none does."""
        ways = _ways(door.ways)
        if not ways:
            return Judged(door, reason="unknown")
        reasons = []
        for way in ways:
            needs, reliable = _needs(way)
            why = self.why_not(door, needs) if reliable else "unreliable"
            if not why:
                return Judged(door, way=way)
            reasons.append(why)
        return Judged(door, reason=min(reasons, key=list(REASONS).index))

    def why_not(self, door: Door, needs: str) -> str:
        """Tell why a way that needs this does not count; "" when it does."""
        raise NotImplementedError


class _Day(_Judge):
    """On a quiet day a way counts when it could be taken."""

    def __init__(self, rows: "QuerySet[Household]") -> None:
        self._held = _held(rows)
        self._manned = _manned()

    def why_not(self, door: Door, needs: str) -> str:
        """Tell why a way could not be taken."""
        if needs == "number":
            return "" if door.has_number else "no-number"
        if needs == "helper":
            return "" if any(post in self._held for post in door.posts) else "vacant"
        if any(post in self._held for post in door.posts):
            return ""
        return "" if door.region[: scope.PADDED] in self._manned else "nobody"


class _Night(_Judge):
    """In an alert a way counts when those responsible have said so."""

    def __init__(self, rows: "QuerySet[Household]", root: str) -> None:
        self._held = _held(rows)
        calls = calls_of(root)
        # Who asks for help takes back nothing of what they did.
        said = last_said(calls, but=("need-help",))
        self._called: set[str] = set()
        self._answered: set[str] = set()
        #: Posts that said that they are on post, or more.
        self._on_post: set[str] = set()
        #: Posts, and villages and grid cells, of which somebody said that they acted.
        self._acted: set[str] = set()
        for pk, post, region, at in calls.values_list("pk", "debtor", "region", "answered_at"):
            self._called.add(post)
            if at is not None:
                self._answered.add(post)
            reply = said.get(pk, ("", False))[0]
            if reply in ("on-post", "acted"):
                self._on_post.add(post)
            if reply == "acted":
                self._acted.add(post)
                if scope.level_of(region) >= Level.VILLAGE:
                    self._acted.add(region)

    def why_not(self, door: Door, needs: str) -> str:
        """Tell why a way was not taken yet."""
        if self._is_told(door, needs):
            return ""
        if needs == "number":
            return "not-told" if door.has_number else "no-number"
        if not door.posts:
            return "vacant" if needs == "helper" else "not-told"
        if any(post in self._answered for post in door.posts):
            return "told"
        if any(post in self._called for post in door.posts):
            return "silent"
        return "not-told" if any(post in self._held for post in door.posts) else "vacant"

    def _is_told(self, door: Door, needs: str) -> bool:
        if needs == "helper" and any(post in self._on_post for post in door.posts):
            return True
        places = (*door.posts, door.region, door.region[: scope.PADDED])
        return any(place in self._acted for place in places)


def _held(rows: "QuerySet[Household]") -> set[str]:
    """List the posts responsible for households that somebody holds."""
    named = Post.objects.filter(
        Q(pk__in=rows.exclude(helper=None).values("helper"))
        | Q(pk__in=rows.exclude(transfer_lead=None).values("transfer_lead")),
        retired_at=None,
    )
    every = set(named.values_list("pk", flat=True))
    return every - set(people.gaps(named).values_list("pk", flat=True))


def _manned() -> set[str]:
    """List the villages where somebody serves who is called at all."""
    roles = {
        row.text("role")
        for row in codes.table(RULES)
        if {"village", "grid"} & set(row.several("at"))
    }
    posts = Post.objects.filter(role__in=roles, retired_at=None)
    vacant = set(people.gaps(posts).values_list("pk", flat=True))
    return {
        region[: scope.PADDED]
        for pk, region in posts.values_list("pk", "region_id")
        if pk not in vacant and scope.level_of(region) >= Level.VILLAGE
    }


def _unregistered(
    actor: Actor, region: str, within: Collection[str], found: Collection[Judged]
) -> tuple[int, int]:
    """Count villages that have more households than the register, and how many more."""
    here = visible(
        Region.objects.filter(level=Level.VILLAGE, valid_to=None), actor, ACTION, "code",
        within=region,
    )  # fmt: skip
    if within:
        here = here.filter(scope.within(within, "code"))
    known = Counter(one.door.region[: scope.PADDED] for one in found)
    villages = missing = 0
    for code, households in here.values_list("code", "households"):
        if households and households > known[code]:
            villages += 1
            missing += households - known[code]
    return villages, missing


def by_village(found: Iterable[Judged]) -> dict[str, Tally]:
    """Count by village, grid cells with theirs."""
    tallies: dict[str, Tally] = {}
    for one in found:
        tallies.setdefault(one.door.region[: scope.PADDED], Tally()).add(one)
    return tallies
