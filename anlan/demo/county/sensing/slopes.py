"""Monitors on geological hazard points."""

from __future__ import annotations

from typing import Final

from .bench import Bench, Kind, Meter, Spot, rounded

SLOPE: Final = Kind(
    "geological", "DZ", "zg", "地灾监测", "ndjson", "township", "县自然资源和规划局普适型监测网"
)
MONITORED: Final = 60
EVERY_S: Final = 900
#: Four levels of what each instrument shows.
CRACK_MM: Final = {"blue": 10.0, "yellow": 20.0, "orange": 35.0, "red": 50.0}
TILT_DEG: Final = {"blue": 1.0, "yellow": 2.0, "orange": 4.0, "red": 8.0}
SHIFT_MM: Final = {"blue": 30.0, "yellow": 60.0, "orange": 120.0, "red": 200.0}


def put_up(bench: Bench) -> None:
    """Equip the zones with most people below; what is measured depends on the slope."""
    slopes = [zone for zone in bench.county.danger_zones if zone.kind == "geohazard"]
    slopes.sort(key=lambda zone: (-zone.people, zone.code))
    crack = Meter(
        "LF", "crack", "mm", EVERY_S, (0.0, 500.0), rounded(CRACK_MM), position="后缘裂缝"
    )
    tilt = Meter(
        "QJ", "tilt", "deg", EVERY_S, (-45.0, 45.0), rounded(TILT_DEG), position="坡体中部"
    )
    shift = Meter(
        "WY",
        "displacement",
        "mm",
        EVERY_S,
        (-1000.0, 5000.0),
        rounded(SHIFT_MM),
        position="坡体前缘",
    )
    soil = Meter(
        "TR", "soil-moisture", "%", EVERY_S, (0.0, 100.0), position="坡体中部", depth_m=0.6
    )
    sets = ((crack, soil), (tilt, soil), (crack, tilt), (shift, soil), (crack, shift))
    for number, zone in enumerate(slopes[:MONITORED]):
        spot = Spot(zone.lon, zone.lat, zone.code, zone.watcher)
        bench.put(SLOPE, f"{zone.name}监测点", spot, sets[number % len(sets)])
