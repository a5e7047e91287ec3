"""The register of small basins filled from a map of heights."""

import pytest

from anlan.engines.geo.tests.test_catchments import CELL, CORNER, place, valley
from anlan.engines.grids import Raster, write_geotiff
from anlan.forecast.models import Basin
from anlan.forecast.services.cutting import cut_basins, read_outlets
from anlan.forecast.tests.conftest import LOWER, OFFICER, UPPER, World
from anlan.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

HEIGHTS = write_geotiff(Raster(valley(), *CORNER, *CELL))


def table(*rows: tuple[str, str, str, int, int]) -> str:
    lines = ["code,name,region,lon,lat"]
    for code, name, region, row, column in rows:
        lon, lat = place(row, column)
        lines.append(f"{code},{name},{region},{lon:.6f},{lat:.6f}")
    return "\n".join(lines) + "\n"


TWO = table(("XLY-11", "上谷", UPPER, 25, 10), ("XLY-12", "下谷", LOWER, 5, 11))


@pytest.mark.usefixtures("world")
def test_basins_go_into_the_register_with_outline_area_and_the_one_below() -> None:
    found = cut_basins(heights=HEIGHTS, outlets=read_outlets(TWO), by=OFFICER, source="试")
    upper, lower = (Basin.objects.get(code=code) for code in ("XLY-11", "XLY-12"))
    assert (upper.downstream_id, lower.downstream_id) == (lower.pk, None)
    assert upper.area == pytest.approx(found.found[0][1].area / 1e6, abs=0.01)
    assert lower.length == pytest.approx(20 * 111.2, rel=0.2)
    assert lower.slope == pytest.approx(2 / 111.2, rel=0.05)
    assert upper.length is None
    assert lower.outline is not None
    assert lower.outline["type"] in ("Polygon", "MultiPolygon")
    assert lower.region_id == LOWER
    assert any(note.startswith("下谷的出口移了") for note in found.notes)
    assert any("伸到了地形图的边上" in note for note in found.notes)


def test_what_people_wrote_in_the_register_stays(world: World) -> None:
    mine = world.basins[0]
    text = table((mine.code, "另一个名字", LOWER, 5, 10))
    found = cut_basins(heights=HEIGHTS, outlets=read_outlets(text), by=OFFICER, source="试")
    assert found.kept == [mine.code]
    assert Basin.objects.get(code=mine.code).name == mine.name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code,name,region,lon,lat\n", "没有出口"),
        ("code,name,lon\nA,b,1\n", "第 2 行应是"),
        (TWO + "XLY-11,再来,339901,121,28\n", "第 4 行的编码 XLY-11 前面已有"),
        (TWO + "XLY-13,甲,339901,east,28\n", "第 4 行应是"),
    ],
)
def test_a_table_of_outlets_that_cannot_be_read_names_its_line(text: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_outlets(text)


@pytest.mark.usefixtures("world")
def test_a_dry_run_finds_the_same_and_writes_nothing() -> None:
    found = cut_basins(
        heights=HEIGHTS, outlets=read_outlets(TWO), by=OFFICER, source="试", write=False
    )
    assert [shape.down for _, shape in found.found] == [1, -1]
    assert not Basin.objects.filter(code__startswith="XLY-1").exclude(code="XLY-1").exists()


@pytest.mark.usefixtures("world")
def test_a_region_nobody_knows_is_refused_and_nothing_is_written() -> None:
    text = table(("XLY-11", "上谷", "999999999999", 25, 10))
    with pytest.raises(Invalid, match="小流域 XLY-11"):
        cut_basins(heights=HEIGHTS, outlets=read_outlets(text), by=OFFICER, source="试")
    assert not Basin.objects.filter(code="XLY-11").exists()
