"""Small basins from a map of heights: what drains to each outlet goes into the register."""

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

import shapely
from django.db import transaction

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import Change, save_rows
from anlan.base.register.validation import check_rows
from anlan.engines.geo.catchments import Catchment, catchments
from anlan.engines.grids import read_grid
from anlan.forecast.models import Basin
from anlan.kernel.errors import Invalid

RUN: Final = "forecasts.run"
KEY: Final = "basins"
COLUMNS: Final = ("code", "name", "region", "lon", "lat")


@dataclass(frozen=True)
class Outlet:
    """Where a small basin ends: usually the village, the bridge or the gauge at its mouth."""

    code: str
    name: str
    region: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Cut:
    """What was found: the outlets with their basins, and those the register has already."""

    found: Sequence[tuple[Outlet, Catchment]]
    kept: Sequence[str]
    notes: Sequence[str]


def read_outlets(text: str) -> list[Outlet]:
    """Read a table of outlets (code, name, region, lon, lat); `Invalid` names the line."""
    found: list[Outlet] = []
    for line, row in enumerate(csv.DictReader(StringIO(text.lstrip("\ufeff"))), start=2):
        try:
            told = [(row[name] or "").strip() for name in COLUMNS]
            lon, lat = float(told[3]), float(told[4])
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(f"出口表第 {line} 行应是 {','.join(COLUMNS)}") from error
        if not all(told[:3]) or not (math.isfinite(lon) and math.isfinite(lat)):
            raise Invalid(f"出口表第 {line} 行应是 {','.join(COLUMNS)}")
        if told[0] in {one.code for one in found}:
            raise Invalid(f"出口表第 {line} 行的编码 {told[0]} 前面已有")
        found.append(Outlet(told[0], told[1], scope.pad(told[2]), lon, lat))
    if not found:
        raise Invalid("出口表里没有出口")
    return found


def cut_basins(
    *, heights: bytes, outlets: Sequence[Outlet], by: Actor, source: str, write: bool = True
) -> Cut:
    """Cut the basins of `outlets` out of a map in degrees; new ones go into the register.

    A basin that the register has already keeps what people wrote there. source: what the rows say
    of where they come from.
    """
    permit(by, RUN)
    ground = read_grid(heights)
    if not ground.geographic or ground.values.ndim != 2:
        raise Invalid("地形应是经纬度上的一张图，请先转换为 EPSG:4326 或 EPSG:4490")
    corner, cell = (ground.west, ground.south), (ground.dx, ground.dy)
    shapes = catchments(ground.values, corner, cell, [(one.lon, one.lat) for one in outlets])
    known = set(
        Basin.objects.filter(code__in=[one.code for one in outlets]).values_list("code", flat=True)
    )
    if write:
        with transaction.atomic():
            for rows in _downwards(outlets, shapes, known, source):
                _write(rows, by)
    found = list(zip(outlets, shapes, strict=True))
    return Cut(found, sorted(known), (*ground.mended, *_said(found)))


def _said(found: Sequence[tuple[Outlet, Catchment]]) -> list[str]:
    told = [
        f"{one.name}伸到了地形图的边上，面积偏小，请用更大的图" for one, shape in found if shape.cut
    ]
    told += [
        f"{one.name}的出口移了 {shape.moved:.0f} 米，到最近的大水流上"
        for one, shape in found
        if shape.moved > 0.0
    ]
    return told


def _downwards(
    outlets: Sequence[Outlet], shapes: Sequence[Catchment], known: set[str], source: str
) -> Iterator[list[dict[str, Any]]]:
    """Give rows for the register, those below before those that drain into them."""
    depth = []
    for shape in shapes:
        steps, down = 0, shape.down
        while down >= 0:
            steps, down = steps + 1, shapes[down].down
        depth.append(steps)
    for level in range(max(depth) + 1):
        rows = [
            _row(outlet, shape, outlets, source)
            for outlet, shape, steps in zip(outlets, shapes, depth, strict=True)
            if steps == level and outlet.code not in known
        ]
        if rows:
            yield rows


def _row(
    outlet: Outlet, shape: Catchment, outlets: Sequence[Outlet], source: str
) -> dict[str, Any]:
    reach: dict[str, Any] = {}
    if shape.length > 0.0:
        reach = {
            "length": round(shape.length), "slope": round(max(shape.fall / shape.length, 1e-5), 5),
        }  # fmt: skip
    return {
        "code": outlet.code, "name": outlet.name, "region": outlet.region,
        "area": round(shape.area / 1e6, 2), "lon": round(shape.outlet[0], 6),
        "lat": round(shape.outlet[1], 6), "source": source,
        "outline": json.loads(shapely.to_geojson(shape.shape)),
        "downstream": None if shape.down < 0 else outlets[shape.down].code, **reach,
    }  # fmt: skip


def _write(rows: list[dict[str, Any]], by: Actor) -> None:
    entry = REGISTERS[KEY]
    checked = check_rows(entry, rows)
    for row, result in zip(rows, checked, strict=True):
        if result.errors:
            why = "；".join(f"{name} {told}" for name, told in result.errors.items())
            raise Invalid(f"小流域 {row['code']}：{why}")
    save_rows(entry=entry, changes=[Change(one.values) for one in checked], by=by)
