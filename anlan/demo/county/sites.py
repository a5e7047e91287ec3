"""Key sites and cameras: what must be watched, and what watches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from . import frame, names
from .graph import RoadMap
from .model import Camera, DangerZone, Harbour, KeySite, LowSpot, Reservoir, River, Seawall
from .names import Namer
from .spots import Spots
from .zones import stem

#: Kind, how many, settings, people on a working day, name, hazards.
PLAN: Final = (
    ("school", 30, "urban town plain valley coast island hill", (180, 1900), "{v}小学"),
    ("kindergarten", 16, "urban town plain coast", (60, 320), "{v}幼儿园"),
    ("hospital", 18, "town urban island plain", (40, 900), "{v}卫生院"),
    ("care-home", 16, "urban town plain valley coast", (20, 160), "{v}敬老院"),
    ("hazchem", 12, "coast plain", (25, 420), "{firm}化工有限公司"),
    ("gas-station", 14, "plain town coast valley urban", (4, 12), "{v}加油站"),
    ("scenic", 12, "hill coast island valley", (30, 2600), "{scene}景区"),
    ("homestay", 6, "island coast hill", (10, 80), "{scene}民宿"),
    ("construction", 14, "urban coast plain town", (20, 380), "{firm}建设项目工地"),
    ("mall", 8, "urban town", (150, 2800), "{v}商业广场"),
    ("station", 4, "urban town", (80, 900), "{v}客运站"),
    ("mine", 3, "hill valley", (8, 40), "{scene}采石场"),
    ("power", 6, "plain valley coast", (2, 10), "{v}变电站"),
    ("water-supply", 4, "valley hill", (5, 20), "{v}水厂"),
    ("port", 3, "coast", (30, 260), "{v}货运码头"),
)
CAMERAS: Final = 60
PONDS: Final = 2
HAZARDS: Final = {
    "hazchem": ("hazchem", "typhoon", "lightning"),
    "gas-station": ("fire", "lightning"),
    "scenic": ("flash-flood", "geological", "typhoon"),
    "homestay": ("flash-flood", "typhoon"),
    "construction": ("typhoon", "gale", "rainstorm"),
    "mine": ("geological", "mine"),
    "tailings": ("tailings", "rainstorm"),
    "port": ("storm-surge", "typhoon"),
    "fishing-port": ("storm-surge", "typhoon", "sea-wave"),
    "power": ("waterlogging", "typhoon"),
    "bridge": ("geological", "road-traffic"),
}


def key_sites(
    spots: Spots, roads: RoadMap, harbours: tuple[Harbour, ...], namer: Namer, seed: int
) -> tuple[KeySite, ...]:
    """About 180 sites: the plan's, larger harbours, tunnels and long bridges, tailings ponds."""
    rng = frame.stream(seed, "sites")
    setting = np.array(spots.regions.setting)
    rows: list[KeySite] = []
    used: set[str] = set()
    for kind, count, fits, people, title in PLAN:
        options = np.flatnonzero(np.isin(setting, fits.split()))
        for k in range(count):
            row = int(options[int(rng.integers(options.size))])
            name = _title(title, row, spots, namer)
            while name in used:
                row = int(options[int(rng.integers(options.size))])
                name = _title(title, row, spots, namer)
            used.add(name)
            if kind == "hospital" and k < 2:
                name = ("云屿县人民医院", "云屿县中医院")[k]
            lon, lat = spots.pick(row, 1, rng)
            head = int(rng.integers(people[0], people[1] + 1))
            known: int | None = None if rng.random() < 0.03 else head
            at = (float(lon[0]), float(lat[0]))
            rows.append(_site((len(rows), kind, name, row), at, known, (spots, rng)))
    rows += _harbour_sites(harbours, len(rows), (spots, rng))
    rows += _road_sites(roads, len(rows), (spots, rng))
    return tuple(rows + _ponds(len(rows), spots, seed))


def firms(sites: Sequence[KeySite]) -> list[str]:
    """Names of the enterprises among the sites."""
    return [site.name for site in sites if site.kind == "hazchem"]


def _title(title: str, row: int, spots: Spots, namer: Namer) -> str:
    if "{firm}" in title:
        return title.format(firm=namer.brand(("",)))
    if "{scene}" in title:
        return title.format(scene=namer.place(("谷", "湾", "岛", "山")))
    return title.format(v=stem(spots.regions.villages[row].name))


def _site(
    at: tuple[int, str, str, int],
    point: tuple[float, float],
    people: int | None,
    parts: tuple[Spots, np.random.Generator],
) -> KeySite:
    number, kind, name, row = at
    spots, rng = parts
    village = spots.regions.villages[row]
    contact = None if rng.random() < 0.02 else names.one_person(rng)
    return KeySite(
        code=f"{frame.CODE}-S{number + 1:03d}",
        name=name,
        kind=kind,
        village=village.code,
        lon=point[0],
        lat=point[1],
        address=f"{village.name}{name}",
        people=people,
        hazards=HAZARDS.get(kind, ("typhoon", "rainstorm", "fire")),
        contact=contact,
        contact_phone=names.phone(4_000_000 + number) if contact else None,
        note="",
    )


def _harbour_sites(
    harbours: tuple[Harbour, ...], first: int, parts: tuple[Spots, np.random.Generator]
) -> list[KeySite]:
    row_of = {v.code: k for k, v in enumerate(parts[0].regions.villages)}
    chosen = [h for h in harbours if h.grade != "third"]
    return [
        _site(
            (first + k, "fishing-port", h.name, row_of[h.village]), (h.lon, h.lat), h.berths, parts
        )
        for k, h in enumerate(chosen)
    ]


def _road_sites(
    roads: RoadMap, first: int, parts: tuple[Spots, np.random.Generator]
) -> list[KeySite]:
    """Take the longest tunnels and bridges that lie in a village, at most seven of each."""
    spots, _ = parts
    rows: list[KeySite] = []
    for tunnel, title in ((True, "隧道"), (False, "大桥")):
        edges = [e for e in roads.edges if (e.tunnel if tunnel else e.bridge)]
        edges = [e for e in edges if e.road_class in {"national", "provincial", "county"}]
        edges.sort(key=lambda e: (-e.length_m, e.id))
        taken: dict[str, int] = {}
        for edge in edges:
            point = edge.line.interpolate(0.5, normalized=True)
            at = (round(point.x, 6), round(point.y, 6))
            row = spots.village_at(*at)
            if row < 0 or sum(taken.values()) == 7:
                continue
            name = stem(spots.regions.villages[row].name) + title
            number = taken[name] = taken.get(name, 0) + 1
            name = name if number == 1 else f"{name}（{number}号）"
            rows.append(_site((first + len(rows), "bridge", name, row), at, None, parts))
    return rows


def _ponds(first: int, spots: Spots, seed: int) -> list[KeySite]:
    """Two tailings ponds in side valleys, from a random stream of their own."""
    rng = frame.stream(seed, "ponds")
    valleys = np.flatnonzero(np.array(spots.regions.setting) == "hill")
    rows: list[KeySite] = []
    for row in rng.permutation(valleys)[:PONDS].tolist():
        lon, lat = spots.pick(row, 1, rng)
        name = f"{stem(spots.regions.villages[row].name)}尾矿库"
        what = (first + len(rows), "tailings", name, row)
        people = int(rng.integers(6, 30))
        rows.append(_site(what, (float(lon[0]), float(lat[0])), people, (spots, rng)))
    return rows


def cameras(
    spots: Spots,
    watched: dict[str, Sequence[Any]],
    seed: int,
) -> tuple[Camera, ...]:
    """60 cameras; ``watched`` gives what each scene looks at, best first.

    Keys: reservoir, harbour, river, seawall, road, geohazard, forest, key-site, and street, which
    fills up to 60 where the others have too few.
    """
    rng = frame.stream(seed, "cameras")
    counts = {
        "reservoir": 12, "harbour": 14, "river": 9, "seawall": 8, "road": 6, "geohazard": 5,
        "forest": 3, "key-site": 3,
    }  # fmt: skip
    rows: list[Camera] = []
    for scene, count in [*counts.items(), ("street", CAMERAS)]:
        taken = 0
        for thing in watched[scene]:
            name, code, at = _view(thing)
            row = spots.village_at(*at)
            if taken == count or row < 0 or len(rows) == CAMERAS:
                continue
            taken += 1
            draw = rng.random()
            rows.append(
                Camera(
                    code=f"{frame.CODE}-C{len(rows) + 1:03d}",
                    name=f"{name}监控",
                    kind="high-point" if scene == "forest" else "dome" if taken % 2 else "bullet",
                    scene=scene,
                    village=spots.regions.villages[row].code,
                    lon=at[0],
                    lat=at[1],
                    bearing_deg=float(int(rng.integers(0, 360))),
                    subject=code,
                    status="offline" if draw < 0.06 else "faulty" if draw < 0.09 else "online",
                )
            )
    return tuple(rows)


def _view(thing: Any) -> tuple[str, str | None, tuple[float, float]]:
    """Name, code and standpoint of something a camera may watch."""
    if isinstance(thing, River | Seawall):
        # The last kilometre of a river and the middle of a wall show most.
        share = 0.85 if isinstance(thing, River) else 0.5
        point = thing.line.interpolate(share, normalized=True)
        return thing.name, thing.code, (round(point.x, 6), round(point.y, 6))
    if isinstance(thing, LowSpot):
        return thing.name, None, (thing.lon, thing.lat)
    if isinstance(thing, Reservoir | Harbour | DangerZone | KeySite):
        return thing.name, thing.code, (thing.lon, thing.lat)
    name, at = thing
    return name, None, at


def lookouts(spots: Spots) -> list[tuple[str, tuple[float, float]]]:
    """Highest blocks of the county, kilometres apart: summits with a view."""
    lie = spots.lie
    order = np.argsort(-np.where(spots.village >= 0, lie.height, -1), kind="stable")[:4000]
    chosen: list[int] = []
    for block in order.tolist():
        gap = [np.hypot(lie.u[c] - lie.u[block], lie.v[c] - lie.v[block]) for c in chosen]
        if len(chosen) < 14 and (not gap or min(gap) > 3.0):
            chosen.append(block)
    points = [frame.rounded(*frame.lonlat(lie.u[b], lie.v[b])) for b in chosen]
    return [(f"{k + 1}号瞭望点", (float(x), float(y))) for k, (x, y) in enumerate(points)]


def by_size(zones: tuple[DangerZone, ...]) -> list[DangerZone]:
    """Geological hazard points, most threatened people first."""
    slopes = [zone for zone in zones if zone.kind == "geohazard"]
    return sorted(slopes, key=lambda zone: (-zone.people, zone.code))
