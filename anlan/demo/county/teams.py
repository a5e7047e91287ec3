"""Rescue teams: fire stations, professional teams, social forces, village teams."""

from __future__ import annotations

from typing import Final

import numpy as np

from . import frame, names
from .model import Team
from .spots import Spots
from .zones import stem

#: Kind, how many, members, name, skills that take turns.
PLAN: Final = (
    ("fire-station", 3, (26, 48), "{seat}消防救援站", ("fire hazchem urban-search",)),
    ("forest-brigade", 1, (40, 52), "云屿县森林消防大队", ("forest-fire mountain",)),
    ("township-fire", 14, (12, 22), "{town}专职消防队", ("fire flood",)),
    (
        "professional",
        12,
        (15, 45),
        "云屿县{skill}应急救援队",
        (
            "flood drainage", "hazchem", "water-rescue diving", "power", "telecom", "medical",
            "road-clearing", "earthquake urban-search", "drone", "oil-gas", "logistics",
            "tunnel mine",
        ),
    ),
    (
        "social",
        8,
        (18, 60),
        "云屿{brand}应急救援协会",
        (
            "water-rescue", "mountain rope", "urban-search", "medical", "water-rescue diving",
            "drone", "evacuation logistics", "rope",
        ),
    ),
    ("enterprise", 8, (8, 25), "{firm}应急救援队", ("hazchem", "fire", "oil-gas", "power")),
    ("military", 4, (30, 80), "{town}民兵应急连", ("flood evacuation", "forest-fire evacuation")),
    ("aviation", 1, (6, 9), "云屿县无人机应急航空队", ("drone",)),
    ("micro-fire", 20, (6, 10), "{village}微型消防站", ("fire",)),
    ("first-responder", 9, (5, 12), "{village}第一响应人小组", ("medical evacuation",)),
    ("village-team", 40, (10, 24), "{village}村级救援队", ("evacuation flood", "evacuation")),
)  # fmt: skip
_SKILL_NAMES: Final = {
    "flood": "防汛抢险", "hazchem": "危化品", "water-rescue": "水域", "power": "电力抢修",
    "telecom": "通信保障", "medical": "医疗卫生", "road-clearing": "道路抢通",
    "earthquake": "地震", "drone": "测绘无人机", "oil-gas": "油气", "logistics": "后勤保障",
    "tunnel": "隧道矿山",
}  # fmt: skip
_BRANDS: Final = ("蓝鲸", "海鹰", "风帆", "石莲", "白鹭", "鲲鹏", "灯塔", "云雀")
_EQUIPMENT: Final[dict[str, tuple[tuple[str, int, int], ...]]] = {
    "fire": (("水罐消防车", 1, 3), ("空气呼吸器", 6, 20), ("液压破拆工具组", 1, 2)),
    "hazchem": (("重型防化服", 4, 12), ("有毒气体检测仪", 2, 6), ("堵漏器材组", 1, 3)),
    "forest-fire": (("风力灭火机", 10, 30), ("高压水泵", 2, 6), ("二号工具", 20, 60)),
    "flood": (("编织袋", 500, 5000), ("冲锋舟", 1, 4), ("抢险照明车", 1, 2)),
    "drainage": (("大流量排涝泵车", 1, 3), ("潜水泵", 4, 12)),
    "water-rescue": (("冲锋舟", 2, 5), ("橡皮艇", 2, 6), ("救生衣", 30, 120)),
    "medical": (("救护车", 1, 4), ("AED", 2, 6), ("担架", 4, 12)),
    "power": (("应急发电车", 1, 4), ("移动照明灯塔", 2, 8)),
    "telecom": (("应急通信车", 1, 2), ("卫星电话", 4, 12), ("370MHz对讲机", 10, 30)),
    "road-clearing": (("挖掘机", 2, 6), ("装载机", 2, 5), ("自卸车", 3, 10)),
    "drone": (("多旋翼无人机", 2, 8), ("热成像吊舱", 1, 3)),
    "evacuation": (("手摇警报器", 2, 6), ("喊话器", 4, 12), ("应急车辆", 1, 4)),
    "mountain": (("绳索救援装备", 4, 16), ("担架", 2, 6)),
}
_COMMON: Final = (("手持对讲机", 4, 20), ("强光手电", 10, 40))


def muster(spots: Spots, firms: list[str], seed: int) -> tuple[Team, ...]:
    """120 teams; ``firms`` are enterprises that keep one."""
    rng = frame.stream(seed, "teams")
    people = np.array([v.population for v in spots.regions.villages], dtype=float)
    rows: list[Team] = []
    for kind, count, members, title, skills in PLAN:
        home = _homes(spots, kind, count, (people, rng))
        for k in range(count):
            mine = tuple(skills[k % len(skills)].split())
            name = _name(title, (k, home[k]), (mine[0], firms), spots)
            rows.append(_team((len(rows), kind, name, home[k]), mine, members, (spots, rng)))
    return tuple(rows)


def _homes(
    spots: Spots, kind: str, count: int, draw: tuple[np.ndarray, np.random.Generator]
) -> list[int]:
    """Rows of the villages the teams stand in."""
    people, rng = draw
    seats = _seats(spots)
    if kind in {"fire-station", "township-fire", "military"}:
        return [seats[k % len(seats)] for k in range(count)]
    if kind in {"village-team", "first-responder", "micro-fire"}:
        setting = np.array(spots.regions.setting)
        urban = setting == "urban"
        fits = urban if kind == "micro-fire" else ~urban
        rows = np.flatnonzero(fits)
        return sorted(rng.permutation(rows)[:count].tolist())
    share = people / people.sum()
    return [int(r) for r in rng.choice(people.size, count, p=share)]


def _seats(spots: Spots) -> list[int]:
    rows = []
    for town in spots.regions.townships:
        gap = [
            frame.apart_km((v.lon, v.lat), (town.lon, town.lat)) if v.parent == town.code else 1e9
            for v in spots.regions.villages
        ]
        rows.append(int(np.argmin(gap)))
    return rows


def _name(title: str, at: tuple[int, int], texts: tuple[str, list[str]], spots: Spots) -> str:
    number, row = at
    skill, firms = texts
    village = spots.regions.villages[row]
    towns = {town.code: town.name for town in spots.regions.townships}
    town = towns[village.parent or ""]
    return title.format(
        town=town,
        seat=town.removesuffix("街道"),
        village=village.name,
        skill=_SKILL_NAMES.get(skill, ""),
        brand=_BRANDS[number % len(_BRANDS)],
        firm=firms[number % len(firms)],
    )


def _team(
    at: tuple[int, str, str, int],
    skills: tuple[str, ...],
    members: tuple[int, int],
    parts: tuple[Spots, np.random.Generator],
) -> Team:
    number, kind, name, row = at
    spots, rng = parts
    village = spots.regions.villages[row]
    lon, lat = spots.pick(row, 1, rng)
    size = int(rng.integers(members[0], members[1] + 1))
    code = f"{frame.CODE}-T{number + 1:03d}"
    region = (
        village.code
        if kind in {"village-team", "micro-fire", "first-responder"}
        else (village.parent or frame.CODE)
    )
    if kind in {"professional", "social", "forest-brigade", "aviation", "fire-station"}:
        region = frame.CODE
    listed = [item for skill in skills for item in _EQUIPMENT.get(skill, ())] + list(_COMMON)
    equipment = {name: int(rng.integers(low, high + 1)) for name, low, high in listed}
    volunteer = kind in {"social", "village-team", "first-responder", "micro-fire"}
    return Team(
        code=code,
        name=name,
        kind=kind,
        skills=skills,
        grade=str(int(rng.integers(1, 4))) if kind == "social" and number % 4 else None,
        region=region,
        village=village.code,
        lon=float(lon[0]),
        lat=float(lat[0]),
        address=f"{stem(village.name)}{'村' if village.kind == 'village' else '社区'}应急站点",
        members=size,
        certified=int(size * rng.uniform(0.2, 0.9)) if rng.random() > 0.08 else None,
        equipment=tuple(equipment.items()),
        leader=f"{code}-dz",
        duty_phone=names.phone(50_000 + number, office=True),
        response_min=int(rng.integers(15, 45)) if volunteer else int(rng.integers(1, 12)),
        insured=None if rng.random() < 0.05 else bool(rng.random() < 0.9),
        agreement=None if not volunteer else bool(rng.random() < 0.7),
        status="resting" if rng.random() < 0.04 else "standby",
    )
