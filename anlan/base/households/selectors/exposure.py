"""What an area exposes: regions, households, people, special groups, sites, zones, shelters.

Registered households are counted where their front doors stand. Villages of which only the numbers
are known are estimated by the share of their grid cells (or of the village itself) inside the area,
as if people lived spread over it. What is estimated and what is not known is said.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast
from shapely.geometry.base import BaseGeometry

from anlan import codes
from anlan.base.households.models import Household, Resident
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, prefixes, visible
from anlan.base.places.models import DangerZone, KeySite, Shelter
from anlan.base.places.selectors import rooms
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level, Region
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

ACTION = "exposure.view"
#: Shares below this are two borders drawn by different hands.
TOUCH = 0.0005
#: A village counts as registered in full when the register holds this share of its households.
FULL = 0.9
#: Degrees (about 3 km) by which a danger zone may reach beyond its own point.
REACH = 0.03
#: Rows of one kind in an answer; more than these nobody reads, and the answer says so.
MOST = 500
EDGES = {"west": -180.0, "south": -90.0, "east": 180.0, "north": 90.0}


@dataclass(frozen=True)
class Place:
    """Where: a shape, or a region by its code when nobody gave its boundary."""

    shape: BaseGeometry | None
    code: str = ""

    def box(self) -> tuple[float, float, float, float]:
        """Tell west, south, east, north."""
        return tuple(self.shape.bounds) if self.shape is not None else tuple(EDGES.values())  # type: ignore[return-value]


@dataclass
class Tally:
    """Households and people, and what is not known of them."""

    households: int = 0
    people: int = 0
    estimated_households: float = 0.0
    estimated_people: float = 0.0
    unknown: list[str] = field(default_factory=list)


def exposed_within(place: Place, actor: Actor) -> dict[str, Any]:
    """Tell what lies within a place, as far as the actor may see it (JSON-ready).

    Raises `Forbidden` for an actor who may nowhere ask, `Invalid` for an empty shape.
    """
    permit(actor, ACTION)
    if place.shape is None and not place.code:
        raise Invalid("请画出范围，或选择地区", errors={"area": ["没有范围"]})
    shares = _shares(place, actor)
    doors = _Doors(place, actor)
    tally = _count(shares, doors)
    shown = {code: share for code, share in shares.items() if scope.level_of(code) <= Level.VILLAGE}
    names = regions.names(shown)
    shelters = _shelters(place, actor)
    zones = _zones(place, actor)
    sites = _sites(place, actor)
    tally.unknown += [
        f"{title}只列出前 {MOST} 个" for title, rows in
        (("重点场所", sites), ("危险区", zones), ("避灾安置场所", shelters)) if len(rows) == MOST
    ]  # fmt: skip
    registered = tally.people
    estimated = round(tally.estimated_people)
    return {
        "regions": [
            {"code": code, "name": names.get(code, code), "share": round(share, 4),
             "level": scope.level_of(code)}
            for code, share in shown.items()
        ],
        "households": tally.households + round(tally.estimated_households),
        "households_registered": tally.households,
        "people": {
            "registered": registered, "estimated": estimated, "total": registered + estimated
        },
        "special": doors.special(),
        "key_sites": sites,
        "danger_zones": zones,
        "shelters": shelters,
        "unknown": tally.unknown,
        "as_of": clock.now(),
    }  # fmt: skip


def _shares(place: Place, actor: Actor) -> dict[str, float]:
    """Tell which regions the place meets and how much of each, within the actor's scope."""
    if place.shape is not None:
        met = dict(regions.shares(place.shape))
    else:
        below = scope.below(Region.objects.filter(valid_to=None), place.code, "code")
        met = dict.fromkeys(below.order_by("code").values_list("code", flat=True), 1.0)
    mine = prefixes(actor, ACTION)
    return {
        code: share
        for code, share in met.items()
        if share >= TOUCH and any(scope.covers(prefix, code) for prefix in mine)
    }


class _Doors:
    """The registered households inside, and their residents who need help."""

    def __init__(self, place: Place, actor: Actor) -> None:
        self._place, self._actor = place, actor
        rows = list(
            self._boxed(visible(Household.objects.filter(retired_at=None), actor, ACTION), "")
            .order_by()
            .values_list("pk", "region_id", "size", "lon", "lat")
        )
        self.rows = self._inside(rows)
        self.ids = {row[0] for row in self.rows}

    def _boxed(self, rows: "QuerySet[Any]", path: str) -> "QuerySet[Any]":
        if self._place.shape is None:
            return scope.below(rows, self._place.code)
        west, south, east, north = self._place.box()
        return rows.filter(
            **{f"{path}lat__range": (south, north), f"{path}lon__range": (west, east)}
        )

    def _inside(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if self._place.shape is None or not rows:
            return list(rows)
        points = np.array([row[3:5] for row in rows], dtype=float)
        shapely.prepare(self._place.shape)
        held = shapely.intersects_xy(self._place.shape, points[:, 0], points[:, 1])
        return [row for row, inside in zip(rows, held.tolist(), strict=True) if inside]

    def by_village(self) -> dict[str, tuple[int, int, int]]:
        """Count households, people, and households of unknown size, by trimmed village code."""
        found: dict[str, list[int]] = {}
        for _, region, size, _, _ in self.rows:
            counts = found.setdefault(_village(region), [0, 0, 0])
            counts[0] += 1
            counts[1] += size or 0
            counts[2] += size is None
        return {code: (a, b, c) for code, (a, b, c) in found.items()}

    def special(self) -> list[dict[str, Any]]:
        """Count residents present by special group, the table's order; one person may be in two."""
        rows = Resident.objects.filter(retired_at=None, away=False).exclude(groups=[])
        rows = self._boxed(visible(rows, self._actor, ACTION), "household__").order_by()
        # The list of groups is read as text: few differ, so few have to be parsed.
        rows = rows.annotate(text=Cast("groups", TextField()))
        texts: Counter[str] = Counter()
        if self._place.shape is None:
            texts.update(dict(rows.values_list("text").annotate(n=Count("pk"))))
        else:
            pairs = rows.values_list("household_id", "text")
            texts.update(text for household, text in pairs if household in self.ids)
        found: Counter[str] = Counter()
        for text, n in texts.items():
            found.update(dict.fromkeys(json.loads(text), n))
        return [
            {"group": code.code, "label": code.name, "label_en": code.name_en, "count": n}
            for code in codes.table("special-groups")
            if (n := found[code.code])
        ]


@lru_cache(maxsize=65536)
def _village(code: str) -> str:
    return scope.prefix(code)[: scope.PADDED]


def _count(shares: dict[str, float], doors: _Doors) -> Tally:
    """Add up what is registered, and estimate the villages that are not registered in full."""
    tally = Tally()
    inside = doors.by_village()
    tally.households = sum(counts[0] for counts in inside.values())
    tally.people = sum(counts[1] for counts in inside.values())
    if sizeless := sum(counts[2] for counts in inside.values()):
        tally.unknown.append(f"{sizeless} 户未登记人数")
    leaves = _leaves(shares)
    figures = {
        code: (people, households)
        for code, people, households in Region.objects.filter(
            code__in=[*leaves, *{scope.pad(_village(code)) for code in leaves}]
        ).values_list("code", "population", "households")
    }
    registered, unplaced = _registered({_village(code) for code in leaves})
    guessed, nameless = _estimate(tally, leaves, shares, figures, registered, inside)
    if guessed:
        tally.unknown.append(
            f"{guessed} 个村（社区）没有逐户登记，按人口数和面积占比估算；其中的特殊群体未掌握"
        )
    if nameless:
        tally.unknown.append(f"{nameless} 个地区没有人口数，未计入")
    if unplaced:
        tally.unknown.append(f"有关村（社区）另有 {unplaced} 户没有坐标，是否在范围内未知")
    return tally


def _leaves(shares: dict[str, float]) -> list[str]:
    """Keep the deepest regions: grid cells, and whatever has no part among them."""
    trimmed = {code: scope.prefix(code) for code in shares}
    holders = {
        prefix[:length]
        for prefix in trimmed.values()
        for length in scope.LENGTHS
        if length < len(prefix)
    }
    return [code for code, prefix in trimmed.items() if prefix not in holders]


def _registered(villages: set[str]) -> tuple[dict[str, int], int]:
    """Count the households in the register by village, wherever in it, and those without a point.

    One stretch of the index from the first village to the last; two hundred ranges take longer to
    write than to read.
    """
    if not villages:
        return {}, 0
    stretch = {"region__gte": min(villages), "region__lt": scope.next_prefix(max(villages))}
    rows = Household.objects.filter(retired_at=None, **stretch).values_list("region_id")
    found: Counter[str] = Counter()
    unplaced = 0
    for region, n, placed in rows.annotate(Count("pk"), Count("lat")).order_by():
        if _village(region) in villages:
            found[_village(region)] += n
            unplaced += n - placed
    return found, unplaced


def _estimate(
    tally: Tally,
    leaves: Sequence[str],
    shares: dict[str, float],
    figures: dict[str, tuple[int | None, int | None]],
    registered: dict[str, int],
    inside: dict[str, tuple[int, int, int]],
) -> tuple[int, int]:
    """Add estimates to the tally; return how many villages were guessed, how many had no figure."""
    people: Counter[str] = Counter()
    households: Counter[str] = Counter()
    nameless = 0
    for code in leaves:
        count, homes = figures.get(code, (None, None))
        if count is None:
            nameless += 1
            continue
        people[_village(code)] += count * shares[code]  # type: ignore[assignment]
        households[_village(code)] += (homes or 0) * shares[code]  # type: ignore[assignment]
    guessed = 0
    for village, expected in people.items():
        whole = figures.get(scope.pad(village), (None, None))[1]
        if whole is not None and registered.get(village, 0) >= FULL * whole:
            continue
        known = inside.get(village, (0, 0, 0))
        tally.estimated_people += max(0.0, expected - known[1])
        tally.estimated_households += max(0.0, households[village] - known[0])
        guessed += expected > known[1]
    return guessed, nameless


def _points(rows: "QuerySet[Any]", place: Place, *names: str) -> list[dict[str, Any]]:
    """Read located rows inside the place; at most `MOST`."""
    if place.shape is None:
        below = scope.below(rows, place.code).order_by("region_id", "pk")
        found = list(below.values(*names)[:MOST])
    else:
        west, south, east, north = place.box()
        boxed = rows.filter(lat__range=(south, north), lon__range=(west, east)).order_by("pk")
        found = list(boxed.values(*names))
        if found:
            lon, lat = (np.array([row[name] for row in found]) for name in ("lon", "lat"))
            held = shapely.intersects_xy(place.shape, lon, lat).tolist()
            found = [row for row, inside in zip(found, held, strict=True) if inside][:MOST]
    return found


def _labels(name: str, code: str, table: codes.Table) -> dict[str, str]:
    return {f"{name}_label": table.name(code), f"{name}_label_en": table.name(code, "en")}


def _sites(place: Place, actor: Actor) -> list[dict[str, Any]]:
    rows = visible(KeySite.objects.filter(retired_at=None), actor, "key-sites.view")
    table = codes.table("key-site-kinds")
    return [
        {**row, **_labels("kind", row["kind"], table)}
        for row in _points(rows, place, "id", "name", "kind", "people", "lon", "lat")
    ]


def _shelters(place: Place, actor: Actor) -> list[dict[str, Any]]:
    rows = visible(Shelter.objects.filter(retired_at=None), actor, "shelters.view")
    found = _points(
        rows, place, "id", "name", "level", "capacity", "occupied", "status", "lon", "lat"
    )
    left = rooms([row["id"] for row in found])
    table = codes.table("shelter-status")
    return [
        {**row, "room": left.get(row["id"]), **_labels("status", row["status"], table)}
        for row in found
    ]


def _zones(place: Place, actor: Actor) -> list[dict[str, Any]]:
    rows = visible(DangerZone.objects.filter(retired_at=None), actor, "danger-zones.view")
    if place.shape is None:
        rows = scope.below(rows, place.code)
    else:
        west, south, east, north = place.box()
        rows = rows.filter(
            lat__range=(south - REACH, north + REACH), lon__range=(west - REACH, east + REACH)
        )
    names = ("id", "name", "kind", "level", "households", "people", "lon", "lat")
    found = list(
        rows.annotate(drawn=Cast("outline", TextField())).order_by("pk").values(*names, "drawn")
    )
    held = _meets(place, found)
    kinds, levels = codes.table("danger-zone-kinds"), codes.table("danger-zone-levels")
    return [
        {
            **{name: row[name] for name in names},
            **_labels("kind", row["kind"], kinds),
            **_labels("level", row["level"], levels),
        }
        for row, inside in zip(found, held, strict=True)
        if inside
    ][:MOST]


def _meets(place: Place, rows: Sequence[dict[str, Any]]) -> list[bool]:
    """Tell which zones touch the place: by their outline, without one by their point."""
    if place.shape is None or not rows:
        return [True] * len(rows)
    points = shapely.points([row["lon"] for row in rows], [row["lat"] for row in rows])
    drawn = shapely.from_geojson([row["drawn"] for row in rows], on_invalid="ignore")
    shapes = np.where(shapely.is_missing(drawn), points, drawn)
    return list(shapely.intersects(place.shape, shapes).tolist())
