"""Boundaries from GeoJSON, brought to WGS-84 at the door; their datum must be known."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import shapely
from django.db import transaction

from anlan.base.regions.models import Boundary, Region
from anlan.base.regions.services.reading import Wrong, read_code
from anlan.engines.geo import datum as datums
from anlan.engines.geo import shapes
from anlan.kernel.errors import Invalid

#: Properties that may hold a feature's region code.
CODES = ("code", "区划代码", "adcode", "行政区划代码", "代码", "region")

#: Words by which files name a datum; `crs` names of RFC-less GeoJSON are searched for them.
_NAMED = {
    "crs84": datums.WGS84, "4326": datums.WGS84, "4490": datums.WGS84, "wgs84": datums.WGS84,
    "wgs-84": datums.WGS84, "cgcs2000": datums.WGS84, "gcj02": datums.GCJ02,
    "gcj-02": datums.GCJ02, "bd09": datums.BD09, "bd-09": datums.BD09,
}  # fmt: skip

UNKNOWN_DATUM = (
    "不知道边界数据的坐标系，偏差可达数百米。"
    "请用 --datum 说明：wgs84（含 CGCS2000、天地图）、gcj02（高德、腾讯）或 bd09（百度）"
)

CHUNK = 500


@dataclass(frozen=True)
class Outline:
    """One boundary: its code, WGS-84 geometry and the datum it came in."""

    code: str
    shape: Any
    datum: str


@dataclass
class Outlines:
    """What a file of boundaries held; `errors` are (number, code, reason)."""

    outlines: list[Outline] = field(default_factory=list)
    errors: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Drawn:
    """What an import would write of the boundaries."""

    fresh: list[Boundary] = field(default_factory=list)
    unchanged: int = 0
    unknown: list[str] = field(default_factory=list)


def stated_datum(path: Path) -> str | None:
    """Tell the datum that the files themselves state, None when they do not."""
    return next((named for raw in map(_load, _files(path)) if (named := _datum_of(raw))), None)


def read_boundaries(path: Path, *, datum: str | None) -> Outlines:
    """Read a GeoJSON file, or every ``CODE.geojson`` of a folder, into WGS-84 polygons.

    The datum that a file states wins over none, and must not differ from the given one; a file
    that states none needs `datum`. `Invalid` otherwise.
    """
    read = Outlines()
    for file in _files(path):
        raw = _load(file)
        stated = _datum_of(raw)
        if stated and datum and stated != datum:
            raise Invalid(f"{file.name} 自称坐标系为 {stated}，与给定的 {datum} 不符，请核实")
        if not (stated or datum):
            raise Invalid(UNKNOWN_DATUM, errors={"datum": [UNKNOWN_DATUM]})
        for number, (code, feature) in enumerate(_features(raw, file), start=1):
            _take(read, number, code, feature, stated or datum or "")
    return read


def compare_boundaries(outlines: list[Outline], *, listed: Collection[str]) -> Drawn:
    """Sort boundaries into new or changed ones, kept ones, and those of no region.

    `listed` are codes about to become regions, besides those that are.
    """
    wanted = {outline.code: outline for outline in outlines}
    known = {code for code in wanted if code in listed} | _regions_among(wanted)
    kept = dict(_kept(wanted))
    fresh = [
        _row(outline)
        for code, outline in sorted(wanted.items())
        if code in known and kept.get(code) != (shapely.to_wkb(outline.shape), outline.datum)
    ]
    return Drawn(fresh, len(known) - len(fresh), sorted(set(wanted) - known))


def write_boundaries(rows: list[Boundary], *, done: Callable[[int], None]) -> None:
    """Store boundaries, replacing those of the same regions."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        with transaction.atomic():
            Boundary.objects.bulk_create(
                chunk,
                update_conflicts=True,
                unique_fields=["region"],
                update_fields=["wkb", "west", "south", "east", "north", "datum"],
            )
        done(len(chunk))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted((*path.glob("*.geojson"), *path.glob("*.json")))
        if not files:
            raise Invalid(f"文件夹 {path} 里没有 .geojson 文件")
        return files
    return [path]


def _load(file: Path) -> Mapping[str, Any]:
    try:
        raw = orjson.loads(file.read_bytes())
    except OSError as error:
        raise Invalid(f"读不到文件 {file}：{error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{file.name} 不是 GeoJSON：{error}") from error
    if not isinstance(raw, dict):
        raise Invalid(f"{file.name} 不是 GeoJSON：最外层应为对象")
    return raw


def _datum_of(raw: Mapping[str, Any]) -> str | None:
    crs = raw.get("crs")
    named = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) else ""
    text = f"{raw.get('datum', '')} {named}".lower()
    return next((datum for word, datum in _NAMED.items() if word in text), None)


def _features(raw: Mapping[str, Any], file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    kind = raw.get("type")
    if kind == "FeatureCollection":
        for feature in raw.get("features") or ():
            yield _code_of(feature) or "", feature
    else:
        yield _code_of(raw) or file.name.partition(".")[0], raw


def _code_of(feature: Any) -> str | None:
    if not isinstance(feature, dict):
        return None
    properties = feature.get("properties") or {}
    candidates: Iterable[Any] = (*(properties.get(name) for name in CODES), feature.get("id"))
    return next((str(value) for value in candidates if value not in (None, "")), None)


def _take(read: Outlines, number: int, code: str, feature: Mapping[str, Any], datum: str) -> None:
    try:
        outline = Outline(read_code(code), shapes.from_geojson(feature, datum=datum), datum)
    except Wrong as wrong:
        read.errors.append((number, code, wrong.reason))
        return
    except shapes.BadShape as bad:
        read.errors.append((number, code, str(bad)))
        return
    if shapely.get_dimensions(outline.shape) == 2:
        read.outlines.append(outline)
    else:
        read.errors.append((number, code, "边界应为面"))


def _regions_among(codes: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts(codes):
        found.update(Region.objects.filter(code__in=part).values_list("code", flat=True))
    return found


def _kept(codes: Iterable[str]) -> Iterator[tuple[str, tuple[bytes, str]]]:
    for part in _parts(codes):
        rows = Boundary.objects.filter(region_id__in=part)
        for code, wkb, datum in rows.values_list("region_id", "wkb", "datum"):
            yield code, (bytes(wkb), datum)


def _parts(codes: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(codes)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def _row(outline: Outline) -> Boundary:
    west, south, east, north = shapely.bounds(outline.shape).tolist()
    return Boundary(
        region_id=outline.code, wkb=shapely.to_wkb(outline.shape), datum=outline.datum,
        west=west, south=south, east=east, north=north,
    )  # fmt: skip
