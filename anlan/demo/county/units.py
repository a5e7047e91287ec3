"""Offices of the county, its townships and villages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import shapely

from . import frame, names
from .model import Region, Unit
from .regions import RegionMap
from .zones import stem

#: Short code, kind, field, name, short title, hazards its people answer for (empty: all).
OFFICES: Final = (
    ("gov", "government", "", "云屿县人民政府", "县政府", ""),
    ("fzb", "flood-hq", "flood", "云屿县防汛防台抗旱指挥部办公室", "防指办",
     "typhoon rainstorm flood"),
    ("yj", "emergency-bureau", "emergency", "云屿县应急管理局", "应急管理局", ""),
    ("sl", "department", "water", "云屿县水利局", "水利局",
     "flood flash-flood dam-danger dyke-danger"),
    ("zg", "department", "land", "云屿县自然资源和规划局", "自然资源和规划局",
     "geological forest-fire"),
    ("qx", "weather-station", "weather", "云屿县气象局", "气象局", ""),
    ("hy", "department", "ocean", "云屿县海洋与渔业局", "海洋与渔业局",
     "storm-surge sea-wave sea-gale tsunami red-tide typhoon"),
    ("zj", "department", "housing", "云屿县住房和城乡建设局", "住房和城乡建设局",
     "waterlogging gale construction typhoon"),
    ("jt", "department", "transport", "云屿县交通运输局", "交通运输局",
     "road-traffic water-traffic typhoon"),
    ("ga", "department", "police", "云屿县公安局", "公安局", ""),
    ("wj", "department", "health", "云屿县卫生健康局", "卫生健康局", "epidemic poisoning heat"),
    ("jy", "department", "education", "云屿县教育局", "教育局", "typhoon rainstorm heat"),
    ("xf", "fire-rescue", "fire", "云屿县消防救援大队", "消防救援大队", "fire hazchem flood"),
    ("mz", "department", "civil", "云屿县民政局", "民政局", ""),
    ("ny", "department", "agriculture", "云屿县农业农村局", "农业农村局", "drought pest typhoon"),
    ("wl", "department", "tourism", "云屿县文化和旅游局", "文化和旅游局", "typhoon flash-flood"),
    ("dl", "utility", "power", "云屿县供电公司", "供电公司", "power-outage typhoon lightning"),
    ("tx", "utility", "telecom", "云屿县通信保障中心", "通信保障中心", "typhoon earthquake"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitBook:
    """All units, and the codes by which posts find theirs."""

    units: tuple[Unit, ...]
    offices: dict[str, str]
    governments: dict[str, str]
    stations: dict[str, str]
    committees: dict[str, str]


def found(regions: RegionMap) -> UnitBook:
    """Make every unit; offices stand around the county seat."""
    units: list[Unit] = []
    offices, governments, stations, committees = {}, {}, {}, {}
    for short, kind, field, name, _, _ in OFFICES:
        code = offices[short] = f"{frame.CODE}-{short}"
        parent = None if short == "gov" else f"{frame.CODE}-gov"
        units.append(_unit((code, kind, field, name), regions.county, parent, len(units)))
    for town in regions.townships:
        rural = town.kind != "subdistrict"
        code = governments[town.code] = f"{town.code}-gov"
        title = town.name + ("人民政府" if rural else "办事处")
        units.append(_unit((code, "township", "", title), town, f"{frame.CODE}-gov", len(units)))
        code = stations[town.code] = f"{town.code}-yj"
        title = town.name + "应急消防管理站"
        parent = governments[town.code]
        units.append(
            _unit((code, "township-station", "emergency", title), town, parent, len(units))
        )
    for village in sorted(regions.villages, key=lambda v: v.code):
        code = committees[village.code] = f"{village.code}-cw"
        title = committee_name(village)
        parent = governments[village.parent or ""]
        units.append(_unit((code, "village", "", title), village, parent, len(units)))
    return UnitBook(tuple(units), offices, governments, stations, committees)


def committee_name(village: Region) -> str:
    """Committee of a village or community, with its whole name."""
    if village.kind == "community":
        return f"{stem(village.name)}社区居民委员会"
    return f"{stem(village.name)}村村民委员会"


def _unit(what: tuple[str, str, str, str], region: Region, parent: str | None, number: int) -> Unit:
    code, kind, field, name = what
    # Offices of one seat stand some hundred metres apart, in rows of five.
    row, col = divmod(number % 25, 5)
    offset = (0.0, 0.0) if kind == "village" else ((col - 2) * 0.0008, (row - 2) * 0.0007)
    lon, lat = frame.rounded(region.lon + offset[0], region.lat + offset[1])
    if not shapely.contains_xy(region.area, lon, lat):
        lon, lat = region.lon, region.lat
    street = "县府路" if region.level == "county" else "府前路"
    return Unit(
        code=code,
        name=name,
        kind=kind,
        field=field,
        level=region.level,
        region=region.code,
        parent=parent,
        lon=float(lon),
        lat=float(lat),
        address=f"{region.name}{street}{number % 90 + 1}号",
        duty_phone=None if kind == "village" and number % 3 else names.phone(number, office=True),
    )
