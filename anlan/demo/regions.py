"""The demo county's regions, through the importer an operator uses."""

import csv
import json
import tempfile
from pathlib import Path

import shapely

from anlan.base.permissions.actor import Actor
from anlan.base.regions.services import Progress, import_regions
from anlan.demo.county.model import County, Region
from anlan.kernel.errors import Invalid

HEADER = ("code", "name", "lon", "lat", "population", "households")


def write_regions(county: County, *, by: Actor, progress: Progress | None = None) -> int:
    """Import regions with their boundaries; returns how many were added or changed."""
    with tempfile.TemporaryDirectory(prefix="anlan-demo-") as folder:
        names, borders = Path(folder) / "regions.csv", Path(folder) / "borders.geojson"
        with names.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(HEADER)
            sheet.writerows(_row(region) for region in county.regions)
        borders.write_text(_borders(county), encoding="utf-8")
        report = import_regions(names, boundaries=borders, datum="wgs84", by=by, progress=progress)
    wrong = [*report.errors, *report.boundary_errors]
    if wrong:
        raise Invalid(f"演示县的区划有误：{wrong[0]}")
    return report.added + report.changed


def _row(region: Region) -> tuple[str, str, float, float, int, int]:
    return (
        region.code, region.name, region.lon, region.lat, region.population, region.households
    )  # fmt: skip


def _borders(county: County) -> str:
    drawn = shapely.to_geojson([region.area for region in county.regions])
    features = ",".join(
        f'{{"type":"Feature","properties":{{"code":{json.dumps(region.code)}}},"geometry":{shape}}}'
        for region, shape in zip(county.regions, drawn, strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'
