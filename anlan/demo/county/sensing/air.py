"""Automatic weather stations and forest-fire points."""

from __future__ import annotations

from typing import Final

from .bench import Bench, Kind, Meter, Spot, spread, stem

WEATHER: Final = Kind(
    "weather", "QX", "qx", "气象观测", "json", "township", "县气象局区域自动气象站网"
)
FOREST: Final = Kind("forest", "LH", "zg", "林火监测", "csv", "county", "县林火监测系统")

WEATHER_STATIONS: Final = 30
FOREST_POINTS: Final = 20
EVERY_S: Final = 600


def put_up(bench: Bench) -> None:
    """Weather at every township's seat and spread over villages; fire points on the peaks."""
    _weather(bench)
    _forest(bench)


def _weather(bench: Bench) -> None:
    towns = bench.county.level("township")
    places = [(town.name, (town.lon, town.lat)) for town in towns]
    villages = [(stem(village.name), (village.lon, village.lat)) for village in bench.villages]
    rest = spread(
        [at for _, at in villages], WEATHER_STATIONS - len(places), [p for _, p in places]
    )
    places += [villages[row] for row in rest]
    meters = (
        Meter("FS", "wind-speed", "m/s", EVERY_S, (0.0, 75.0), position="10米风杆"),
        Meter("FG", "wind-gust", "m/s", EVERY_S, (0.0, 90.0), position="10米风杆"),
        Meter("FX", "wind-direction", "deg", EVERY_S, (0.0, 360.0), position="10米风杆"),
        Meter("TT", "air-temperature", "degC", EVERY_S, (-30.0, 50.0), position="百叶箱"),
        Meter("RH", "humidity", "%", EVERY_S, (0.0, 100.0), position="百叶箱"),
        Meter("PS", "air-pressure", "hPa", EVERY_S, (850.0, 1060.0)),
        Meter("VV", "visibility", "km", EVERY_S, (0.0, 35_000.0)),
    )
    for name, (lon, lat) in places:
        bench.put(WEATHER, f"{name}自动气象站", Spot(lon, lat), meters)


def _forest(bench: Bench) -> None:
    peaks = [(p.name, (p.lon, p.lat)) for p in bench.county.places if p.kind == "peak"]
    hills = [
        (f"{stem(village.name)}后山", (village.lon, village.lat)) for village in bench.villages
        if village.urban_rural not in ("111", "112") and not village.coastal
    ]  # fmt: skip
    chosen = peaks[:FOREST_POINTS]
    rest = spread([at for _, at in hills], FOREST_POINTS - len(chosen), [at for _, at in chosen])
    chosen += [hills[row] for row in rest]
    meters = (
        Meter("TT", "air-temperature", "degC", EVERY_S, (-30.0, 50.0)),
        Meter("RH", "humidity", "%", EVERY_S, (0.0, 100.0)),
        Meter("FS", "wind-speed", "m/s", EVERY_S, (0.0, 75.0)),
    )
    for name, (lon, lat) in chosen:
        bench.put(FOREST, f"{name}林火监测点", Spot(lon, lat), meters)
