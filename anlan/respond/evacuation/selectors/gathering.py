"""Who must leave: the prepared lists of danger zones first, then what a signed forecast adds.

Read in a fixed number of queries, whatever the number of villages; nothing is written here.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from anlan import codes
from anlan.base.db.among import among
from anlan.base.households.models import Household, Resident, Threat
from anlan.base.people.models import Post
from anlan.base.places.models import DangerZone
from anlan.base.regions import scope
from anlan.base.regions.models import Level
from anlan.forecast.models import VillageOutlook
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.deadlines import latest_for

VILLAGE_DIGITS = scope.LENGTHS[Level.VILLAGE - 1]
TOWN_DIGITS = scope.LENGTHS[Level.TOWN - 1]
ROLES = "evacuation-roles"
#: Danger zones that are of no more danger.
SAFE = ("treated", "removed")


class Listed(NamedTuple):
    """Somebody who must leave; `once` tells who, so that nobody is on a list twice."""

    once: str
    village: str
    origin: str
    seal: str
    people: int | None
    household: str | None = None
    resident: str | None = None
    zone: str | None = None
    urgency: int = ORDINARY
    first: int = ORDINARY
    lead: str | None = None
    stay: str = ""


@dataclass(frozen=True)
class Village:
    """One village of the batch."""

    code: str
    lead: str | None
    expected_at: datetime | None
    latest_at: datetime | None
    rule: str
    flooded: bool
    surface: float | None


@dataclass
class Found:
    """The whole list, and how many were left out because another batch moves them already."""

    villages: list[Village] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    elsewhere: int = 0


class _Foretold(NamedTuple):
    """What a run says of a village."""

    at: datetime | None
    flooded: bool
    surface: float | None


class _House(NamedTuple):
    """A household as the register holds it."""

    pk: str
    region: str
    seal: str
    size: int | None
    stay: str
    lead: str | None


HOUSE = ("pk", "region_id", "seal", "size", "stay", "transfer_lead_id")


def village_of(region: str) -> str:
    """Tell the village a grid cell lies in, as a code; of what lies above, itself."""
    return scope.pad(scope.prefix(region)[:VILLAGE_DIGITS])


def town_of(region: str) -> str:
    """Tell the township of a village."""
    return scope.pad(scope.prefix(region)[:TOWN_DIGITS])


def gather(batch: Evacuation) -> Found:
    """Find everybody a batch asks for who is on no other batch under way."""
    foretold = _foretold(batch)
    zones = _zones(batch, foretold)
    houses, threatened = _houses(zones, [code for code, one in foretold.items() if one.flooded])
    residents = _residents(houses)
    found = Found()
    taken = _taken(batch)
    moved_elsewhere = set()
    for one in _listed(zones, houses, threatened, residents):
        if one.once in taken:
            found.elsewhere += 1
            moved_elsewhere.add(one.village)
        else:
            found.listed.append(one)
    named = {one.village for one in found.listed}
    villages = named | (set(foretold) - moved_elsewhere)
    found.villages = _villages(batch, villages, foretold)
    # A village that is told to leave and has no list stands on it as a number nobody knows.
    found.listed += [
        Listed(once=f"v:{code}", village=code, origin="forecast", seal="", people=None)
        for code in sorted(villages - named)
        if f"v:{code}" not in taken
    ]
    return found


def _foretold(batch: Evacuation) -> dict[str, _Foretold]:
    if not batch.run:
        return {}
    rows = VillageOutlook.objects.filter(Q(stage="move") | Q(depth__gt=0), run=batch.run)
    rows = scope.below(rows, batch.region_id)
    if where := batch.asked.get("regions"):
        rows = rows.filter(scope.within([scope.prefix(code) for code in where]))
    columns = ("region_id", "first_at", "arrives_at", "depth", "ground")
    return {
        region: _Foretold(
            min((at for at in (first_at, arrives_at) if at), default=None),
            bool(depth),
            ground + depth if ground is not None and depth else None,
        )
        for region, first_at, arrives_at, depth, ground in rows.values_list(*columns)
    }


class _Zone(NamedTuple):
    pk: str
    region: str
    people: int | None
    lead: str | None


def _zones(batch: Evacuation, foretold: Mapping[str, _Foretold]) -> dict[str, _Zone]:
    """Choose danger zones: those named by hand, else by hazard where the batch or the run says."""
    rows = DangerZone.objects.filter(retired_at=None).exclude(status__in=SAFE)
    rows = scope.below(rows, batch.region_id)
    by_hand: Sequence[str] = batch.asked.get("zones") or ()
    where: Sequence[str] = batch.asked.get("regions") or ()
    if by_hand:
        rows = rows.filter(pk__in=by_hand)
    elif where:
        rows = rows.filter(scope.within([scope.prefix(code) for code in where]))
    elif foretold:
        rows = rows.filter(scope.within([scope.prefix(code) for code in foretold]))
    wanted = set(batch.hazards)
    columns = ("pk", "region_id", "people", "transfer_lead_id", "hazards")
    return {
        pk: _Zone(pk, region, people, lead)
        for pk, region, people, lead, hazards in rows.order_by("pk").values_list(*columns)
        if by_hand or wanted.intersection(hazards)
    }


def _houses(
    zones: Collection[str], flooded: Sequence[str]
) -> tuple[dict[str, _House], dict[str, list[str]]]:
    """Read the households that zones threaten or water reaches, and which zones threaten whom."""
    rows = Threat.objects.filter(among("zone_id", zones), retired_at=None)
    rows = rows.filter(household__retired_at=None).order_by("household_id", "zone_id")
    columns = [f"household__{name}" for name in HOUSE]
    houses: dict[str, _House] = {}
    threatened: dict[str, list[str]] = defaultdict(list)
    for zone, *values in rows.values_list("zone_id", *columns):
        house = _House(*values)
        houses[house.pk] = house
        threatened[house.pk].append(zone)
    if flooded:
        reached = Household.objects.filter(
            scope.within([scope.prefix(code) for code in flooded]), retired_at=None
        )
        for values in reached.order_by("pk").values_list(*HOUSE):
            houses.setdefault(values[0], _House(*values))
    return houses, threatened


def _residents(houses: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """Read who lives there and is not away: (id, rank of the most urgent group) by household."""
    rows = Resident.objects.filter(among("household_id", houses), retired_at=None, away=False)
    # The list of groups is read as text: few differ, so few have to be parsed.
    rows = rows.annotate(text=Cast("groups", TextField())).order_by("household_id", "code")
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for pk, household, text in rows.values_list("pk", "household_id", "text"):
        found[household].append((pk, _urgency(text)))
    return found


@lru_cache(maxsize=1024)
def _urgency(groups: str) -> int:
    table = codes.table("special-groups")
    rows = [table.get(key) for key in json.loads(groups)]
    ranks = [row.whole("rank") for row in rows if row is not None and row.flag("carry")]
    return min((rank for rank in ranks if rank is not None), default=ORDINARY)


def _taken(batch: Evacuation) -> set[str]:
    """Tell who is on another batch that is under way."""
    others = Entry.objects.filter(evacuation__state="ordered", once__isnull=False)
    others = others.filter(part__lifted_at=None).exclude(evacuation=batch).exclude(state="struck")
    return {once for once in others.values_list("once", flat=True) if once}


def _listed(
    zones: Mapping[str, _Zone],
    houses: Mapping[str, _House],
    threatened: Mapping[str, Sequence[str]],
    residents: Mapping[str, Sequence[tuple[str, int]]],
) -> Iterator[Listed]:
    in_zone: dict[str, int] = defaultdict(int)
    for house in houses.values():
        own = threatened.get(house.pk, ())
        present = residents.get(house.pk, ())
        number = house.size if house.size is not None else len(present) or None
        for zone in own:
            in_zone[zone] += max(number or 0, len(present))
        shared: dict[str, Any] = {
            "village": village_of(house.region), "origin": "list" if own else "forecast",
            "seal": house.seal, "household": house.pk, "zone": own[0] if own else None,
            "first": min((rank for _, rank in present), default=ORDINARY), "stay": house.stay,
            "lead": house.lead or (zones[own[0]].lead if own else None),
        }  # fmt: skip
        for pk, rank in present:
            yield Listed(once=f"r:{pk}", people=1, resident=pk, urgency=rank, **shared)
        if not present or (house.size or 0) > len(present):
            rest = None if house.size is None else house.size - len(present)
            yield Listed(once=f"h:{house.pk}", people=rest, **shared)
    for place in zones.values():
        known = in_zone.get(place.pk)
        if known is not None and (place.people is None or place.people <= known):
            continue
        rest = None if place.people is None else place.people - (known or 0)
        if rest != 0:
            yield Listed(
                once=f"z:{place.pk}", village=village_of(place.region), origin="list", seal="",
                people=rest, zone=place.pk, lead=place.lead,
            )  # fmt: skip


def _villages(
    batch: Evacuation, wanted: Collection[str], foretold: Mapping[str, _Foretold]
) -> list[Village]:
    leads = leads_of(wanted)
    nothing = _Foretold(None, flooded=False, surface=None)
    found = []
    for code in sorted(wanted):
        told = foretold.get(code, nothing)
        expected = told.at or batch.expected_at
        latest = latest_for(batch.hazards, expected)
        at, rule = (latest.at, latest.rule) if latest else (None, "")
        if batch.latest_at is not None and (at is None or batch.latest_at < at):
            at, rule = batch.latest_at, ""
        found.append(Village(code, leads.get(code), expected, at, rule, told.flooded, told.surface))
    return found


def leads_of(villages: Collection[str], level: str = "village") -> dict[str, str]:
    """Tell which post answers for each village: its own, else its township's; none is a gap."""
    order = {row.code: place for place, row in enumerate(codes.table(ROLES))}
    towns = {town_of(code) for code in villages}
    wanted = towns if level == "township" else {*villages, *towns}
    posts = Post.objects.filter(among("region_id", wanted), role__in=order, retired_at=None)
    best: dict[str, tuple[int, int, str]] = {}
    for pk, region, role, rank in posts.values_list("pk", "region_id", "role", "rank"):
        offer = (order[role], rank, pk)
        best[region] = min(best.get(region, offer), offer)
    found = {}
    for code in villages:
        own = best.get(code) if level == "village" else None
        answering = own or best.get(town_of(code))
        if answering is not None:
            found[code] = answering[2]
    return found
