"""A storm's path to wind, pressure and rain at places, and to how likely they are."""

import numpy as np

from anlan.codes import lookup
from anlan.codes.scales import band
from anlan.engines import typhoon
from anlan.engines.registry.declaration import ENGINES, Engine, Item
from anlan.engines.registry.given import Floats, Given
from anlan.engines.registry.result import Result, Value
from anlan.engines.runs.storms import TRACK, track_in
from anlan.engines.typhoon import Errors, Track

_ERRORS = "typhoon-track-errors"
_FORCES = (17.2, 24.5, 32.7)


def run(given: Given) -> Result:
    """Tell the storm at the times asked for, its field at the places, and members if wanted."""
    track, times = track_in(given), given.times["times"]
    lon, lat = given.numbers["lon"], given.numbers["lat"]
    wide = given.text("profile", "1980") == "2010"
    radius = given.number("radius", np.nan) / 1000.0
    vortex = typhoon.vortex_of(
        track, times, radius_km=None if np.isnan(radius) else radius, wide=wide
    )
    at = track.at(times)
    grades = [band("typhoon", None if np.isnan(one) else float(one)) for one in at.wind]
    fields = [typhoon.field(vortex, moment, lon, lat) for moment in range(len(times))]
    east, north, pressure = (np.stack([one[n] for one in fields], axis=1) for n in range(3))
    speed = np.hypot(east, north)
    values: dict[str, Value] = {
        "time": times,
        "centre_lon": at.lon,
        "centre_lat": at.lat,
        "centre_wind": at.wind,
        "centre_pressure": vortex.around - vortex.deficit,
        "grade": [one.name if one else "不明" for one in grades],
        "radius": vortex.radius,
        "wind_east": east,
        "wind_north": north,
        "pressure": pressure,
        "greatest_wind": speed.max(axis=1),
    }
    notes = [*track.mended, *vortex.assumed]
    if len(times) > 1 and np.isfinite(at.wind).all():
        values["rain"] = typhoon.rain_of(track, times, lon, lat)
    if "members" in given.numbers:
        values.update(_likely(given, track, lon, lat, wide=wide))
        notes.append("超越概率按开阔海面的风计，陆上偏大")
    return Result(values, tuple(notes))


def _likely(
    given: Given, track: Track, lon: Floats, lat: Floats, *, wide: bool
) -> dict[str, Value]:
    winds = given.numbers.get("winds", np.array(_FORCES))
    members, seed = int(given.number("members")), int(given.number("seed", 0.0))
    storms = typhoon.ensemble_of(
        track, given.times["times"], _errors(), members=members, seed=seed, wide=wide
    )
    regions, names = None, list[str]()
    if "region" in given.texts:
        names = list(dict.fromkeys(given.texts["region"]))
        regions = np.array([names.index(name) for name in given.texts["region"]])
    found = typhoon.exceedance(storms, lon, lat, winds, regions=regions)
    values: dict[str, Value] = {"winds": winds, "probability": found.probability}
    if names:
        values["regions"], values["anywhere"] = names, found.anywhere
    return values


def _errors() -> Errors:
    rows = [row.extra for row in lookup.table(_ERRORS).rows]
    hours, distance, wind = (
        np.array([row[column] for row in rows], dtype=np.float64)
        for column in ("hours", "distance", "wind")
    )
    return Errors(hours, distance, wind)


_T, _C, _CT = ("time",), ("place",), ("place", "time")

ENGINES.add(
    "typhoon",
    Engine(
        key="typhoon",
        title="台风风场、气压场和雨",
        title_en="Wind, pressure and rain of a typhoon",
        version="1",
        source="Holland 1980、2010；Vickery、Wadhera 2008；Tuleya 等 2007（R-CLIPER）；GB/T 19201",
        valid="北半球热带气旋，10 米高、开阔海面、两分钟平均风；变性以后不适用；雨量不含地形增幅",
        verified=(
            "Holland 风速：气压差 60 百帕、B 1.5、纬度 25 度，20 到 300 公里五处与手算一致",
            "2010 剖面在报文给出的风圈半径处等于该风圈的风速",
            "集合的路径离散与历史误差表一致；超越概率与逐成员风场逐点计数一致",
            "登陆衰减与 Kaplan 与 DeMaria 1995 公式一致",
        ),
        open=(
            "R-CLIPER 系数与另外两处实现一致，未见论文原表",
            "没有用实测风场检验过本地地形的影响",
        ),
        inputs=(
            *TRACK,
            Item("times", "要算的时刻", "Times wanted", "times", axes=_T),
            Item("lon", "地点经度", "Longitude of places", unit="deg", axes=_C),
            Item("lat", "地点纬度", "Latitude of places", unit="deg", axes=_C),
            Item("region", "地点所在区域名", "Region of places", "texts", axes=_C, required=False),
            Item(
                "radius",
                "最大风速半径",
                "Radius of greatest wind",
                "number",
                "m",
                required=False,
                low=0.0,
            ),
            Item(
                "profile", "风速剖面", "Profile", "text", required=False, choices=("1980", "2010")
            ),
            Item("members", "集合成员数", "Members", "number", required=False, low=2.0),
            Item("seed", "随机种子", "Seed", "number", required=False, low=0.0),
            Item(
                "winds",
                "要算概率的风速",
                "Winds for probability",
                unit="m/s",
                axes=("force_asked",),
                required=False,
                low=0.0,
            ),
        ),
        outputs=(
            Item("time", "时刻", "Time", "times", axes=_T),
            Item("centre_lon", "中心经度", "Longitude of centre", unit="deg", axes=_T),
            Item("centre_lat", "中心纬度", "Latitude of centre", unit="deg", axes=_T),
            Item("centre_wind", "最大风速", "Greatest wind", unit="m/s", axes=_T),
            Item("centre_pressure", "中心气压", "Central pressure", unit="Pa", axes=_T),
            Item("grade", "等级（GB/T 19201）", "Grade", "texts", axes=_T),
            Item("radius", "最大风速半径", "Radius of greatest wind", unit="m", axes=_T),
            Item("wind_east", "向东的风", "Wind to the east", unit="m/s", axes=_CT),
            Item("wind_north", "向北的风", "Wind to the north", unit="m/s", axes=_CT),
            Item("pressure", "气压", "Pressure", unit="Pa", axes=_CT),
            Item(
                "greatest_wind", "过程最大风", "Greatest wind of the passage", unit="m/s", axes=_C
            ),
            Item(
                "rain",
                "各时段雨量",
                "Rain of each step",
                unit="mm",
                axes=("place", "step"),
                required=False,
            ),
            Item("winds", "风速", "Winds", unit="m/s", axes=("force_asked",), required=False),
            Item(
                "probability",
                "超越概率",
                "Probability",
                axes=("force_asked", "place"),
                required=False,
            ),
            Item("regions", "区域名", "Regions", "texts", axes=("region",), required=False),
            Item(
                "anywhere",
                "区域内任一处的超越概率",
                "Probability anywhere in the region",
                axes=("force_asked", "region"),
                required=False,
            ),
        ),
        run=run,
        example={
            "track_times": [
                "2019-08-09T06:00:00Z",
                "2019-08-09T12:00:00Z",
                "2019-08-09T18:00:00Z",
                "2019-08-10T00:00:00Z",
            ],
            "track_lon": {"unit": "deg", "values": [122.5, 122.0, 121.4, 120.8]},
            "track_lat": {"unit": "deg", "values": [27.1, 27.5, 28.3, 29.1]},
            "track_wind": {"unit": "kn", "values": [90, 90, 85, 60]},
            "track_pressure": {"unit": "hPa", "values": [940, 940, 950, 970]},
            "times": {
                "from": "2019-08-09T06:00:00Z",
                "to": "2019-08-10T00:00:00Z",
                "every": {"unit": "h", "value": 1},
            },
            "lon": {"unit": "deg", "values": [121.28, 121.6]},
            "lat": {"unit": "deg", "values": [28.09, 28.4]},
            "region": ["玉环", "温岭"],
            "profile": "2010",
            "members": 100,
            "seed": 1,
        },
    ),
)
