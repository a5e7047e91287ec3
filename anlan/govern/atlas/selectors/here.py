"""What is around a place: the regions it lies in, who answers for it, what stands near."""

from typing import Any, Final

import numpy as np

from anlan import codes
from anlan.base.db.among import among
from anlan.base.people import selectors as people
from anlan.base.people.models import Phone, Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level, Region
from anlan.base.register import selectors as registers
from anlan.base.register.masking import mask
from anlan.base.register.registry import REGISTERS, Register
from anlan.base.vault.services import open_many
from anlan.engines.geo import datum as datums
from anlan.engines.geo.distance import haversine
from anlan.kernel import clock
from anlan.kernel.errors import Invalid

VIEW: Final = "regions.view"
WIDEST: Final = 50_000.0
EARTH: Final = 6_371_008.8
#: Of one register, the nearest; the count says how many there are in all.
NEAREST: Final = 5
#: Rows of one register that are read to find the nearest.
READ: Final = 20_000
#: Whom to ring at each level: more nobody dials.
MOST: Final = 6
#: Homes are counted by the exposure of an area, never listed one by one on a map.
HOMES: Final = frozenset(("households", "residents"))
#: Columns of every register that is on the map.
LOCATED: Final[tuple[str, ...]] = ("lon", "lat")
#: Groups of posts that nobody rings about a place.
BESIDE: Final = frozenset(("enterprise", "inspection"))


def here(actor: Actor, lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    """Tell what is around a WGS-84 place, as far as the actor may see it."""
    permit(actor, VIEW)
    if not (-180 <= lon <= 180 and -89 <= lat <= 89):
        raise Invalid("坐标超出经纬度范围", errors={"lon": ["坐标超出经纬度范围"]})
    if not 0 < radius_m <= WIDEST:
        raise Invalid("半径应在 0 到 50 公里之间", errors={"radius_m": ["半径不对"]})
    chain = sorted(regions.chain_at(lon, lat), key=lambda one: one.level)
    return {
        "lon": lon, "lat": lat, "radius_m": radius_m,
        "datums": {
            name: [round(float(part), 6) for part in turn(lon, lat)]
            for name, turn in (("gcj02", datums.wgs84_to_gcj02), ("bd09", datums.wgs84_to_bd09))
        },
        "regions": [{"code": one.code, "name": one.name, "level": one.level} for one in chain],
        "outside": not chain,
        "responsible": responsible(actor, chain),
        "things": _things(actor, lon, lat, radius_m),
        "as_of": clock.now(),
    }  # fmt: skip


def responsible(actor: Actor, chain: list[Region]) -> list[dict[str, Any]]:
    """List who answers for a place, the village first; numbers are masked.

    A post that nobody holds is listed too: that nobody answers is what one has to know.
    """
    wanted = [one.code for one in chain if one.level >= Level.TOWN]
    table = codes.table("posts")
    order = {row.code: place for place, row in enumerate(table) if row.text("group") not in BESIDE}
    rows = visible(Post.objects.filter(region__in=wanted, retired_at=None), actor, "directory.view")
    posts = sorted(
        rows.filter(role__in=list(order)).values("id", "title", "role", "region_id", "rank"),
        key=lambda row: (
            -scope.level_of(row["region_id"]), order[row["role"]], row["rank"], row["id"],
        ),
    )  # fmt: skip
    shown: list[dict[str, Any]] = []
    taken: dict[str, int] = {}
    for row in posts:
        taken[row["region_id"]] = taken.get(row["region_id"], 0) + 1
        if taken[row["region_id"]] <= MOST:
            shown.append(dict(row))
    held = people.holdings_on([row["id"] for row in shown])
    first = {one.post: one.person for one in reversed(held)}
    names = people.names_of(set(first.values()))
    phones = _phones(set(first.values()))
    called = {one.code: one.name for one in chain}
    return [
        {
            "post": row["id"], "title": row["title"], "role": row["role"],
            "region": row["region_id"], "region_name": called.get(row["region_id"], ""),
            "person": first.get(row["id"]), "name": names.get(first.get(row["id"], ""), ""),
            "phone": phones.get(first.get(row["id"], "")),
            "unmask": may(actor, "phones.unmask", row["region_id"]),
        }
        for row in shown
    ]  # fmt: skip


def _phones(persons: set[str]) -> dict[str, dict[str, Any]]:
    """Tell each person's first number, masked, with its id to ask for it in clear."""
    rows = list(
        Phone.objects.filter(among("person_id", persons), dead=False, retired_at=None)
        .order_by("person_id", "rank")
        .values_list("pk", "person_id", "number")
    )
    opened = open_many([(pk, {"": number}) for pk, _, number in rows]) if rows else []
    found: dict[str, dict[str, Any]] = {}
    for (pk, person, _), texts in zip(rows, opened, strict=True):
        found.setdefault(person, {"id": pk, "number": mask(texts[""])})
    return found


def _things(actor: Actor, lon: float, lat: float, radius_m: float) -> list[dict[str, Any]]:
    found = []
    for entry in REGISTERS.values():
        if not (entry.geometry and entry.located) or entry.key in HOMES:
            continue
        if not may(actor, entry.action("view")):
            continue
        near = _near(entry, actor, (lon, lat), radius_m)
        if near["count"]:
            found.append({
                "key": entry.key, "title": entry.title, "title_en": entry.title_en,
                "icon": entry.icon, "domain": entry.domain, **near,
            })  # fmt: skip
    return found


def _near(
    entry: Register, actor: Actor, place: tuple[float, float], radius_m: float
) -> dict[str, Any]:
    """Count what of a register stands within a radius, and read the nearest."""
    lon, lat = place
    high = float(np.degrees(radius_m / EARTH))
    wide = high / max(float(np.cos(np.radians(lat))), 1e-6)
    box = (lon - wide, lat - high, lon + wide, lat + high)
    rows = registers.rows(entry, actor, registers.Query(bbox=box)).order_by()
    points: list[tuple[str, float, float]] = list(rows.values_list("pk", *LOCATED)[:READ])
    if not points:
        return {"count": 0, "nearest": [], "at_least": False}
    drawn = np.array([row[1:] for row in points], dtype=np.float64)
    away = haversine(lon, lat, drawn[:, 0], drawn[:, 1])
    inside = [int(one) for one in np.argsort(away) if away[one] <= radius_m]
    nearest = {points[one][0]: float(away[one]) for one in inside[:NEAREST]}
    items = _named(entry, actor, list(nearest))
    return {
        "count": len(inside),
        "at_least": len(points) == READ,
        "nearest": [
            {**items[pk], "distance_m": round(metres)}
            for pk, metres in nearest.items()
            if pk in items
        ],
    }


def _named(entry: Register, actor: Actor, ids: list[str]) -> dict[str, dict[str, Any]]:
    rows = registers.rows(entry, actor).filter(pk__in=ids).order_by()
    shown = registers.present(entry, list(rows.values(*registers.list_names(entry))))
    return {
        item["id"]: {
            "id": item["id"], "name": item.get(entry.label) or "", "lon": item["lon"],
            "lat": item["lat"],
        }
        for item in shown
    }  # fmt: skip
