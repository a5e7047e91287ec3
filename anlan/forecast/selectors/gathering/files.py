"""Grids and tables that operators put into the workspace: bathymetry, terrain, walls, tides."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from anlan.engines.tide.constituents import known
from anlan.forecast.adapters.shapes import SideTide
from anlan.forecast.selectors.gathering.asking import Asking, Gathered
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid

FOLDER = Path("forecast") / "grids"
#: Columns of the tide at the sides of a sea; no tide rises by so many metres.
LEVEL = ("amplitude", "lag")
FLOW = ("east", "east_lag", "north", "north_lag")
HIGHEST = 20.0


def grid_file(asking: Asking) -> Gathered | None:
    """Take the file of the declaration's ``file`` option from ``DIR/forecast/grids``."""
    path = _path(asking)
    return Gathered(path, file=path.name) if path.is_file() else None


def side_tide(asking: Asking) -> Gathered | None:
    """Read the tide at the open sides of a sea: lon, lat, constituent, amplitude m, lag degrees.

    Speeds (east, east_lag, north, north_lag; m/s and degrees) may stand beside them. `Invalid`
    names the line that cannot be; waves that nobody knows are left out and said.
    """
    path = _path(asking)
    if not path.is_file():
        return None
    places: dict[tuple[float, float], list[dict[str, str]]] = {}
    strange: set[str] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                _check(row)
            except (KeyError, TypeError, ValueError) as error:
                raise Invalid(
                    f"{path.name} 第 {line} 行应是 lon,lat,constituent,amplitude,lag"
                ) from error
            if known(row["constituent"].strip()):
                at = float(row["lon"]), float(row["lat"])
                places.setdefault(at, []).append(row)
            else:
                strange.add(row["constituent"].strip())
    found = tuple(_side(at, rows) for at, rows in places.items())
    notes = (f"{path.name} 里不认识的分潮没有用：{'、'.join(sorted(strange)[:3])}",)
    return Gathered(found, notes=notes if strange else ()) if found else None


def _check(row: dict[str, str]) -> None:
    told = [float(row[name]) for name in ("lon", "lat", *LEVEL)]
    told += [float(row[name]) for name in FLOW if row.get(name)]
    if not all(map(math.isfinite, told)) or not 0 <= float(row["amplitude"]) < HIGHEST:
        raise ValueError(row)


def _side(at: tuple[float, float], rows: list[dict[str, str]]) -> SideTide:
    return SideTide(
        lon=at[0], lat=at[1],
        waves=tuple((one["constituent"].strip(), *_numbers(one, LEVEL)) for one in rows),  # type: ignore[misc]
        flows=tuple(
            (one["constituent"].strip(), *_numbers(one, FLOW))  # type: ignore[misc]
            for one in rows
            if all(one.get(name) for name in FLOW)
        ),
    )  # fmt: skip


def _numbers(row: dict[str, str], names: Sequence[str]) -> tuple[float, ...]:
    return tuple(float(row[name]) for name in names)


def _path(asking: Asking) -> Path:
    name = str(asking.input.options.get("file", ""))
    if not name or Path(name).name != name:
        raise Invalid(f"输入「{asking.input.title}」的 file 应是 forecast/grids 里的文件名")
    return workspace.directory() / FOLDER / name
