"""A county of crooked villages with their posts, and our own reading of whom a warning calls.

The county is made for the product; the reckoning is another's: convex villages are cut with
Sutherland and Hodgman's method, the table of rules is read as the text it is, codes are compared
digit by digit. Nothing of it asks the product.
"""

import csv
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import shapely

from anlan.base.people.models import Holding, Person, Phone, Post, Unit
from anlan.base.regions.models import Boundary, Region
from anlan.base.vault import services as vault
from anlan.kernel.ids import new_id

Point = tuple[float, float]
Ring = Sequence[Point]

CITY, COUNTY, NEIGHBOUR = "339900000000", "339901000000", "339902000000"
#: Townships of so many villages each.
ROWS, COLUMNS = 5, 7
WEST, SOUTH, STEP = 121.0, 28.0, 0.04
RULES = Path(__file__).parents[2] / "anlan" / "codes" / "tables" / "call-rules.csv"

#: Roles at each level, and the hazards their posts name.
POSTS: dict[int, list[tuple[str, list[str]]]] = {
    4: [("commander", [])],
    6: [("commander", []), ("bureau-head", []), ("department-liaison", ["flood"]),
        ("department-liaison", ["rainstorm", "flood"]), ("expert", [])],
    9: [("township-head", []), ("township-emergency-officer", []), ("duty-officer", []),
        ("waterworks-patroller", []), ("forest-guard", [])],
    12: [("village-head", []), ("transfer-responsible", ["rainstorm", "geological"]),
         ("warning-keeper", ["flood"]), ("flash-flood-warner", []), ("geohazard-watcher", [])],
    15: [("grid-worker", []), ("helper", []), ("village-head", [])],
}  # fmt: skip


def town_code(row: int) -> str:
    """Number a township."""
    return f"339901{101 + row}000"


def village_code(row: int, column: int) -> str:
    """Number a village."""
    return f"339901{101 + row}{201 + column}"


def villages(seed: int = 7) -> dict[str, list[Point]]:
    """Draw the villages: a net whose knots are pulled about, so that no border is straight."""
    chance = random.Random(seed)
    knots = {
        (row, column): (
            round(WEST + STEP * (column + chance.uniform(-0.2, 0.2)), 6),
            round(SOUTH + STEP * (row + chance.uniform(-0.2, 0.2)), 6),
        )
        for row in range(ROWS + 1)
        for column in range(COLUMNS + 1)
    }
    return {
        village_code(row, column): [
            knots[row, column], knots[row, column + 1], knots[row + 1, column + 1],
            knots[row + 1, column],
        ]
        for row in range(ROWS)
        for column in range(COLUMNS)
    }  # fmt: skip


def make() -> None:
    """Make the county, its posts, and a neighbour who must hear nothing."""
    drawn = villages()
    outlines = {code: shapely.Polygon(ring) for code, ring in drawn.items()}
    towns = {
        town_code(row): shapely.union_all(
            [outlines[village_code(row, column)] for column in range(COLUMNS)]
        )
        for row in range(ROWS)
    }
    county = shapely.union_all(list(towns.values()))
    beside = shapely.box(WEST + STEP * (COLUMNS + 1), SOUTH, WEST + STEP * (COLUMNS + 4), 28.2)
    places: list[tuple[str, str, int, str | None, Any]] = [
        ("330000000000", "某省", 1, None, None),
        (CITY, "某市", 2, "330000000000", shapely.union_all([county, beside])),
        (COUNTY, "云屿县", 3, CITY, county),
        (NEIGHBOUR, "邻县", 3, CITY, beside),
        *((code, f"乡{code[6:9]}", 4, COUNTY, shape) for code, shape in towns.items()),
        *((code, f"村{code[6:]}", 5, f"{code[:9]}000", shape) for code, shape in outlines.items()),
        *((f"{code}001", f"网格{code[6:]}", 6, code, None) for code in outlines),
    ]
    for code, name, level, parent, shape in places:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)
        if shape is not None:
            west, south, east, north = shape.bounds
            Boundary.objects.create(
                region_id=code, wkb=shapely.to_wkb(shape), west=west, south=south, east=east,
                north=north, datum="wgs84",
            )  # fmt: skip
    _make_posts([code for code, *_ in places])


def _kept() -> dict[str, Any]:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return {"created_at": now, "changed_at": now, "changed_by": "system:test"}


def _make_posts(codes: Iterable[str]) -> None:
    kept = _kept()
    unit = Unit.objects.create(
        code="U1", name="应急局", kind="emergency-bureau", region_id=COUNTY, **kept
    )
    posts = []
    for code in codes:
        for number, (role, hazards) in enumerate(POSTS.get(len(digits_of(code)), [])):
            posts.append(
                Post(
                    code=f"{code}-{number}", title=f"{role}{code}", unit=unit, role=role,
                    region_id=code, hazards=hazards, **kept,
                )
            )  # fmt: skip
    Post.objects.bulk_create(posts)


def hold() -> dict[str, str]:
    """Let a person of its own with one telephone hold every post; tells the number of each."""
    kept, numbers = _kept(), {}
    persons, holdings, phones = [], [], []
    for place, post in enumerate(Post.objects.order_by("code"), start=1):
        key, line, number = new_id(), new_id(), f"139{place:08d}"
        here = {"region_id": post.region_id, **kept}
        persons.append(
            Person(id=key, code=f"H{place}", name=vault.seal(key, f"人{place}"),
                   unit_id=post.unit_id, **here)
        )  # fmt: skip
        holdings.append(Holding(post=post, person_id=key, rank="A", since=date(2020, 1, 1), **here))
        phones.append(
            Phone(id=line, person_id=key, rank=1, kind="mobile",
                  number=vault.seal(line, number), **here)
        )  # fmt: skip
        numbers[post.code] = number
    Person.objects.bulk_create(persons)
    Holding.objects.bulk_create(holdings)
    Phone.objects.bulk_create(phones)
    return numbers


# The reckoning.


def digits_of(code: str) -> str:
    """Cut a code to the digits that mean something."""
    for length in (2, 4, 6, 9):
        if len(code) == 12 and not code[length:].strip("0"):
            return code[:length]
    return code


def area_of(ring: Ring) -> float:
    """Compute the area of a ring, in degrees squared."""
    turned = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turned)) / 2


def cut(subject: Ring, convex: Ring) -> list[Point]:
    """Cut a ring to what lies in a convex one that goes round to the left."""
    kept = list(subject)
    for (ax, ay), (bx, by) in zip(convex, [*convex[1:], convex[0]], strict=True):

        def side(point: Point, ax: float = ax, ay: float = ay, dx: float = bx - ax,
                 dy: float = by - ay) -> float:  # fmt: skip
            return dx * (point[1] - ay) - dy * (point[0] - ax)

        given, kept = kept, []
        for here, there in zip(given, [*given[1:], *given[:1]], strict=True):
            inside, next_inside = side(here) >= 0, side(there) >= 0
            if inside:
                kept.append(here)
            if inside != next_inside:
                share = side(here) / (side(here) - side(there))
                kept.append(
                    (here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1]))
                )
    return kept


def covered(area: Ring) -> set[str]:
    """List the villages that an outline holds a part of.

    Two borders drawn by different hands do not count: less than 0.05 % of the village, unless that
    is 1 % of the area itself.
    """
    whole = area_of(area)
    found = set()
    for code, ring in villages().items():
        shared = area_of(kept) if len(kept := cut(area, ring)) > 2 else 0.0
        if shared >= 0.0005 * area_of(ring) or (shared and shared >= 0.01 * whole):
            found.add(code)
    return found


def circle(lon: float, lat: float, radius_km: float, corners: int = 1440) -> list[Point]:
    """Draw a circle on the sphere."""
    found = []
    angle = radius_km / 6371.0088
    for n in range(corners):
        bearing = 2 * math.pi * n / corners
        phi = math.asin(
            math.sin(math.radians(lat)) * math.cos(angle)
            + math.cos(math.radians(lat)) * math.sin(angle) * math.cos(bearing)
        )
        turn = math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(math.radians(lat)),
            math.cos(angle) - math.sin(math.radians(lat)) * math.sin(phi),
        )
        found.append((lon + math.degrees(turn), math.degrees(phi)))
    return found


@dataclass(frozen=True)
class Rule:
    """One row of the table for red."""

    role: str
    at: tuple[str, ...]
    hazards: tuple[str, ...]


def red_rules() -> list[Rule]:
    """Read the rows for red."""
    lines = [line for line in RULES.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [
        Rule(
            row["role"], tuple(row["at:list"].split(";")),
            tuple(filter(None, row["hazards:list"].split(";"))),
        )
        for row in csv.DictReader(lines)
        if row["level"] == "1"
    ]  # fmt: skip


LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village", 15: "grid"}


def expected(places: Iterable[str], hazard: str = "rainstorm") -> set[str]:
    """List the posts a red warning for these villages calls, counted post by post."""
    here = {digits_of(code) for code in places}
    rules = red_rules()
    found = set()
    for code, role, region, hazards in Post.objects.values_list(
        "code", "role", "region_id", "hazards"
    ):
        own = digits_of(region)
        below = any(own.startswith(one) for one in here)
        above = own.startswith("339901") and any(one.startswith(own) for one in here)
        named = not hazards or hazard in hazards
        asked = any(
            rule.role == role
            and LEVELS[len(own)] in rule.at
            and (not rule.hazards or hazard in rule.hazards)
            for rule in rules
        )
        if (below or above) and named and asked:
            found.add(code)
    return found
