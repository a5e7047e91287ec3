"""`anlan basins cut`: a map of heights and a table of outlets become rows of the register."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anlan.base.regions.models import Region
from anlan.engines.geo.tests.test_catchments import CELL, CORNER, place, valley
from anlan.engines.grids import Raster, write_geotiff
from anlan.forecast.models import Basin
from anlan.project.cli.basins import app

pytestmark = pytest.mark.django_db

VILLAGE = "339901101201"


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Lay the map and the table down; give the command that takes them."""
    Region.objects.create(code=VILLAGE, name="前坑村", level=5)
    (tmp_path / "dem.tif").write_bytes(write_geotiff(Raster(valley(), *CORNER, *CELL)))
    lon, lat = place(25, 10)
    text = f"code,name,region,lon,lat\nXLY-11,上谷,{VILLAGE},{lon:.6f},{lat:.6f}\n"
    (tmp_path / "outlets.csv").write_text(text, encoding="utf-8")
    return ["cut", str(tmp_path / "dem.tif"), str(tmp_path / "outlets.csv")]


def test_a_dry_run_tells_areas_and_writes_nothing(words: list[str]) -> None:
    told = CliRunner().invoke(app, [*words, "--dry-run"])
    assert told.exit_code == 0, told.output
    assert "km²  上谷" in told.output
    assert "没有写入" in told.output
    assert not Basin.objects.exists()


def test_what_is_cut_lies_in_the_register_and_is_left_alone_the_second_time(
    words: list[str],
) -> None:
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output
    assert Basin.objects.get(code="XLY-11").source == "由地形图 dem.tif 划分"
    again = CliRunner().invoke(app, [*words, "--json"])
    assert json.loads(again.output)["basins"][0]["kept"] is True
    assert Basin.objects.count() == 1
