"""Gas pipelines, flooded underpasses, fire water, vehicles with dangerous goods."""

from __future__ import annotations

from typing import Final

from .bench import Bench, Kind, Meter, Spot, rounded, spread, stem

GAS: Final = Kind("gas", "RQ", "zj", "燃气管网", "json", "county", "县城市生命线监测平台")
UNDERPASS: Final = Kind(
    "underpass", "JS", "zj", "道路积水", "json", "county", "县城市生命线监测平台"
)
FIRE: Final = Kind("fire", "XF", "xf", "消防水源", "arrow", "county", "县消防物联网平台")
VEHICLE: Final = Kind("vehicle", "CL", "jt", "危货车辆", "json", "county", "县道路运输动态监控平台")

GAS_POINTS: Final = 12
UNDERPASSES: Final = 10
HYDRANTS: Final = 16
VEHICLES: Final = 8


def put_up(bench: Bench) -> None:
    """Put up what a town watches."""
    _gas(bench)
    _underpasses(bench)
    _hydrants(bench)
    _vehicles(bench)


def _town_villages(bench: Bench) -> list[tuple[str, tuple[float, float]]]:
    """Communities of the streets, the busiest first."""
    towns = [village for village in bench.villages if village.kind == "community"]
    towns.sort(key=lambda village: (-village.population, village.code))
    return [(stem(village.name), (village.lon, village.lat)) for village in towns]


def _gas(bench: Bench) -> None:
    meters = (
        Meter("G", "combustible-gas", "%LEL", 300, (0.0, 100.0),
              rounded({"H": 20.0, "HH": 50.0}), position="阀门井"),
        Meter("P", "gas-pressure", "kPa", 300, (0.0, 1.6),
              rounded({"L": 0.15, "H": 0.38})),
    )  # fmt: skip
    for name, (lon, lat) in _town_villages(bench)[:GAS_POINTS]:
        bench.put(GAS, f"{name}燃气阀井", Spot(lon, lat), meters)


def _underpasses(bench: Bench) -> None:
    depth = rounded({"yellow": 0.15, "red": 0.27})
    meter = Meter("S", "ponding-depth", "cm", 300, (0.0, 3.0), depth, position="最低点")
    for low in bench.county.low_spots[:UNDERPASSES]:
        bench.put(UNDERPASS, f"{low.name}积水站", Spot(low.lon, low.lat), (meter,))


def _hydrants(bench: Bench) -> None:
    meter = Meter("Y", "water-pressure", "MPa", 600, (0.0, 1.6), rounded({"LL": 0.07, "L": 0.1}))
    places = _town_villages(bench)
    for row in spread([at for _, at in places], HYDRANTS, []):
        name, (lon, lat) = places[row]
        bench.put(FIRE, f"{name}室外消火栓", Spot(lon + 0.0006, lat + 0.0004), (meter,))


def _vehicles(bench: Bench) -> None:
    plants = [site for site in bench.county.key_sites if site.kind == "hazchem"]
    meters = (
        Meter("V", "vehicle-speed", "km/h", 60, (0.0, 45.0), rounded({"H": 22.2}),
              position="车载终端"),
        Meter("T", "tank-temperature", "degC", 60, (-40.0, 200.0), rounded({"H": 50.0, "HH": 60.0}),
              position="罐体"),
    )  # fmt: skip
    for number in range(VEHICLES if plants else 0):
        home = plants[number % len(plants)]
        name = f"{stem(home.name).removesuffix('化工有限公司')}{number + 1}号危货车"
        bench.put(VEHICLE, name, Spot(home.lon, home.lat, home.code), meters)
