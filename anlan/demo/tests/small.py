"""A county of two villages, small enough to load in a test."""

from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon, box

from anlan.demo.county import County
from anlan.demo.county.model import (
    DangerZone,
    Gateway,
    Households,
    Person,
    Phone,
    Post,
    Region,
    Residents,
    Shelter,
    Station,
    Stream,
    Terrain,
    Unit,
)

TOWN, VILLAGE, OTHER = "339901101", "339901101201", "339901101202"


def _region(code: str, parent: str | None, level: str, name: str, side: float) -> Region:
    return Region(
        code=code, parent=parent, level=level, kind=level, name=name, lon=121.5, lat=28.4,
        area=MultiPolygon([box(121.5 - side, 28.4 - side, 121.5 + side, 28.4 + side)]),
        area_km2=1.0, population=600, households=200, coastal=False, island=False,
        urban_rural=None,
    )  # fmt: skip


def _people() -> tuple[Households, Residents]:
    homes = Households(
        code=["H1", "H2"], kind=["family"] * 2, village=[VILLAGE] * 2, grid=[f"{VILLAGE}001"] * 2,
        head=["陈大", "王大"], address=["前坑村 1 号", "前坑村 2 号"],
        lon=np.array([121.5, 121.501]), lat=np.array([28.4, 28.401]),
        size=np.array([2, 1], dtype=np.int32), structure=["brick-wood"] * 2,
        floors=np.array([2, 3], dtype=np.int32), phone=["10000000001", None],
        helper=["G1", None], transfer_lead=["G1", "G1"], stay=["shelter", "relatives"],
        shelter=["S1", None], relatives=[None, "县城女儿家"], danger_zones=[("Z1",), ()],
        reach=[("phone", "knock"), ("knock",)],
    )  # fmt: skip
    residents = Residents(
        code=["H1-1", "H1-2", "H2-1"], household=["H1", "H1", "H2"], name=["陈大", "陈小", "王大"],
        sex=["1", "2", "1"], birth_year=np.array([1950, 1980, 1961], dtype=np.int32),
        id_number=["339901195013019999", "339901198013019999", "339901196113019999"],
        phone=["10000000001", None, None], relation=["self", "daughter", "self"],
        groups=[("elderly", "alone"), (), ()], away=[False, True, False],
    )  # fmt: skip
    return homes, residents


def _flat() -> Terrain:
    return Terrain(np.full((4, 4), 10.0, dtype=np.float32), 121.4, 28.5, 0.05)


def county() -> County:
    """Make the county."""
    homes, residents = _people()
    none: dict[str, Any] = dict.fromkeys(
        ("coastline", "islands", "seawalls", "rivers", "basins", "reservoirs", "road_nodes",
         "road_edges", "low_spots", "ferries", "places", "teams", "harbours", "vessels",
         "key_sites", "cameras"), ()
    )  # fmt: skip
    return County(
        invented=True, seed=1, scale=1, code="339901", name="云屿县", terrain=_flat(),
        land=MultiPolygon(), **none,
        regions=(
            _region("339901", None, "county", "云屿县", 0.2),
            _region(TOWN, "339901", "township", "云岭乡", 0.1),
            _region(VILLAGE, TOWN, "village", "前坑村", 0.05),
            _region(f"{VILLAGE}001", VILLAGE, "grid", "前坑村一网格", 0.02),
        ),
        units=(
            Unit("U0", "云屿县应急管理局", "emergency-bureau", "", "county", "339901", None,
                 121.5, 28.4, "县府路 1 号", "0000-0000001"),
            Unit("U1", "前坑村村民委员会", "village", "", "village", VILLAGE, "U0",
                 121.5, 28.4, "", None),
        ),
        persons=tuple(
            Person(f"P{n}", name, "1", 1980, "U0" if n < 4 else "U1", "干部",
                   (Phone(f"1000000010{n}", "mobile"),), f"6000{n}")
            for n, name in enumerate(("陈一", "陈二", "陈三", "陈四", "陈五"), start=1)
        ),
        posts=(
            Post("D1", "U0", "339901", "duty-leader", "带班领导", (), 1, None, "P1", "P2"),
            Post("D2", "U0", "339901", "duty-officer", "值班员", (), 1, None, "P2", "P3"),
            Post("D3", "U0", "339901", "duty-officer", "值班员", (), 2, None, "P3", None),
            Post("G1", "U1", VILLAGE, "shelter-keeper", "避灾点管理员", ("typhoon",), 1, "S1",
                 "P4", "P5"),
            Post("G2", "U1", VILLAGE, "village-head", "村主要负责人", (), 1, None, None, None),
        ),
        shelters=(
            Shelter("S1", "前坑村礼堂", "village", "short", "indoor", VILLAGE, VILLAGE, "8 号",
                    121.5, 28.4, 12.0, "文化礼堂", "steel-concrete", None, 300.0, 3.0, 100,
                    ("water", "power", "toilet"), "草席 50", "台风蓝色预警", "idle", None, "G1"),
        ),
        danger_zones=(
            DangerZone("Z1", "前坑后山", "geohazard", ("geological",), "high", "active", VILLAGE,
                       121.5, 28.4, MultiPolygon([box(121.499, 28.399, 121.5005, 28.4005)]), 1e4,
                       1, 2, ((1, 30.0, 40.0),), "敲锣", "向东", (121.502, 28.4), "", None, "S1",
                       "G1", "G1"),
        ),
        full_villages=(VILLAGE,), households=homes, residents=residents,
        gateways=(Gateway("GW1", "云岭乡雨量遥测网关", "U0", "D1", None, TOWN, "云岭乡", "mqtt"),),
        stations=(
            Station("YL1", "前坑雨量站", "rain", "U0", "GW1", VILLAGE, 121.5, 28.4, None, None,
                    None, "", "县水利局"),
            Station("DZ1", "前坑后山监测点", "geological", "U0", "GW1", VILLAGE, 121.5, 28.4, "Z1",
                    "G1", None, "", "县自然资源和规划局"),
        ),
        streams=(
            Stream("YL1-P", "", "YL1", "rain", "mm", None, 300, 0.0, 60.0,
                   (("prepare-1h", 30.0), ("move-1h", 40.0)), "", None),
            Stream("DZ1-LF", "裂缝", "DZ1", "crack", "mm", None, 900, 0.0, 500.0, (), "后缘", 0.5),
        ),
    )  # fmt: skip
