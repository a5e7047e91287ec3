"""Hazardous-chemical enterprises with tanks and gas detectors; tailings ponds."""

from __future__ import annotations

from typing import Final

from anlan.demo.county.model import KeySite

from .bench import Bench, Kind, Meter, Spot, rounded

PLANT: Final = Kind(
    "hazchem", "WH", "yj", "危化品企业", "mqtt", "station", "危险化学品重大危险源监测预警系统"
)
POND: Final = Kind(
    "tailings", "WK", "yj", "尾矿库", "mqtt", "station", "尾矿库安全风险监测预警系统"
)

ENTERPRISES: Final = 8
TANKS: Final = 4
COMBUSTIBLE: Final = 6
TOXIC: Final = 2
GAS_EVERY_S: Final = 60
TANK_EVERY_S: Final = 60
POND_EVERY_S: Final = 900
#: Per cent of the lower explosive limit, per cent of a tank's safe height, ppm of hydrogen sulfide.
GAS_LEL: Final = {"H": 25.0, "HH": 50.0}
TANK_LEVEL: Final = {"LL": 5.0, "L": 10.0, "H": 85.0, "HH": 92.0}
H2S_PPM: Final = {"H": 6.6, "HH": 13.2}
#: Minimum depth of the phreatic line for a dam of 45 m (GB 50863), and its four levels.
PHREATIC_RED_M: Final = 3.0
PHREATIC: Final = {"blue": 1.4, "yellow": 1.2, "orange": 1.1, "red": 1.0}
BEACH_M: Final = {"blue": 80.0, "yellow": 65.0, "orange": 55.0, "red": 50.0}
SHIFT_MM: Final = {"blue": 40.0, "yellow": 60.0, "orange": 80.0, "red": 100.0}


def put_up(bench: Bench) -> None:
    """Equip the first enterprises of the county and its ponds."""
    sites = bench.county.key_sites
    for site in [site for site in sites if site.kind == "hazchem"][:ENTERPRISES]:
        _plant(bench, site)
    for number, site in enumerate(site for site in sites if site.kind == "tailings"):
        _pond(bench, site, number)


def _plant(bench: Bench, site: KeySite) -> None:
    meters = []
    for tank in range(1, TANKS + 1):
        name = f"{tank}号储罐"
        meters += [
            Meter(f"T{tank}L", "tank-level", "%", TANK_EVERY_S, (0.0, 100.0),
                  rounded(TANK_LEVEL), f"{name}液位", position=name),
            Meter(f"T{tank}T", "tank-temperature", "degC", TANK_EVERY_S, (-40.0, 200.0),
                  rounded({"H": 45.0, "HH": 55.0}), f"{name}温度", position=name),
            Meter(f"T{tank}P", "tank-pressure", "kPa", TANK_EVERY_S, (-0.1, 2.5),
                  rounded({"H": 0.8, "HH": 1.0}), f"{name}压力", position=name),
        ]  # fmt: skip
    for number in range(1, COMBUSTIBLE + 1):
        where = f"罐区{(number - 1) // 2 + 1}号防火堤" if number <= 4 else "装卸区"
        meters.append(
            Meter(f"G{number}", "combustible-gas", "%LEL", GAS_EVERY_S, (0.0, 100.0),
                  rounded(GAS_LEL), f"可燃气体探测器{number}", position=where)
        )  # fmt: skip
    for number in range(1, TOXIC + 1):
        meters.append(
            Meter(f"H{number}", "toxic-gas", "ppm", GAS_EVERY_S, (0.0, 100.0),
                  rounded(H2S_PPM, 1), f"硫化氢探测器{number}", position="污水处理区")
        )  # fmt: skip
    bench.put(PLANT, site.name, Spot(site.lon, site.lat, site.code), tuple(meters))


def _pond(bench: Bench, site: KeySite, number: int) -> None:
    phreatic = rounded({k: PHREATIC_RED_M * share for k, share in PHREATIC.items()})
    every = POND_EVERY_S
    meters = [
        Meter(f"JR{k}", "phreatic-depth", "m", every, (0.0, 40.0), phreatic, f"浸润线{k}号孔",
              position=f"{'初期坝' if k <= 2 else '堆积坝'}{k}号孔")
        for k in range(1, 7)
    ]  # fmt: skip
    meters += [
        Meter(f"WY{k}", "displacement", "mm", every, (-500.0, 2000.0), rounded(SHIFT_MM),
              f"坝体位移{k}号点", position=f"第{k}级马道")
        for k in range(1, 6)
    ]  # fmt: skip
    meters += [
        Meter(f"GT{k}", "dry-beach", "m", every, (0.0, 1000.0), rounded(BEACH_M), f"干滩{k}号断面")
        for k in range(1, 3)
    ]
    meters += [
        Meter("HP1", "displacement", "mm", every, (-500.0, 2000.0), rounded(SHIFT_MM),
              "库区滑坡体1号", position="左岸滑坡体", item="landslide"),
        Meter("HP2", "displacement", "mm", every, (-500.0, 2000.0), rounded(SHIFT_MM),
              "库区滑坡体2号", position="右岸滑坡体", item="landslide"),
        Meter("AC", "freeboard", "m", every, (0.0, 20.0),
              rounded({"blue": 1.2, "yellow": 0.9, "orange": 0.7, "red": 0.5}), "安全超高"),
        Meter("P", "rain", "mm", 300, (0.0, 60.0), name="库区雨量"),
    ]  # fmt: skip
    if number == 0:
        meters.append(Meter("KY", "pore-pressure", "kPa", every, (-10.0, 500.0), name="孔隙水压力"))
    bench.put(POND, f"{site.name}监测站", Spot(site.lon, site.lat, site.code), tuple(meters))
