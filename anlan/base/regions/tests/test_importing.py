import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anlan.base.journal.models import Detail, Entry
from anlan.base.regions.models import Boundary, Edition, Region
from anlan.base.regions.services import (
    ImportReport,
    ListOptions,
    import_regions,
    read_successors,
)
from anlan.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

COUNTY = (
    "33,浙江省\n3399,云上市\n339901,云屿县\n339901102,石门镇\n339901103,沙埕乡\n"
    "339901102201,前村\n339901102202,后村\n339901102201001,前村一网格\n"
)

Run = Callable[..., ImportReport]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def import_text(text: str, *, header: str = "code,name", **options: Any) -> ImportReport:
        path = tmp_path / "名录.csv"
        path.write_text(f"{header}\n{text}", encoding="utf-8")
        outlines = options.pop("outlines", None)
        if outlines is not None:
            options["boundaries"] = tmp_path / "边界.geojson"
            options["boundaries"].write_text(json.dumps(outlines), encoding="utf-8")
        return import_regions(path, by="system:test", **options)

    return import_text


def square(code: str, west: float, south: float, **more: Any) -> dict[str, Any]:
    ring = [
        (west, south),
        (west + 1, south),
        (west + 1, south + 1),
        (west, south + 1),
        (west, south),
    ]
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        **more,
    }


def collection(*features: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def parents() -> dict[str, str | None]:
    return dict(Region.objects.values_list("code", "parent_id"))


def test_levels_parents_and_initials_follow_from_codes_and_names(run: Run) -> None:
    report = run(COUNTY)
    assert (report.rows, report.added, report.changed, report.unchanged) == (8, 8, 0, 0)
    assert parents()["339901102201001"] == "339901102201"
    assert parents()["339901102201"] == "339901102000"
    assert parents()["330000000000"] is None
    village = Region.objects.get(code="339901102201")
    assert (village.level, village.initials) == (5, "qc")
    assert not report.missing_parents


def test_importing_the_same_list_again_writes_nothing(run: Run) -> None:
    run(COUNTY)
    before = (Entry.objects.count(), Edition.objects.get().stamp)
    report = run(COUNTY)
    assert (report.added, report.changed, report.unchanged, report.wrote) == (0, 0, 8, False)
    assert (Entry.objects.count(), Edition.objects.get().stamp) == before


def test_one_import_is_one_entry_of_the_journal(run: Run) -> None:
    run(COUNTY)
    run(COUNTY.replace("前村\n", "前门村\n"))
    first, second = Entry.objects.order_by("id")
    assert (first.deed, first.by) == ("regions.imported", "system:test")
    assert first.subject != second.subject
    facts = json.loads(Detail.objects.get(entry=second).body)["facts"]
    assert facts["changes"] == [{"code": "339901102201", "name": ["前村", "前门村"]}]


def test_a_renamed_region_is_found_by_its_new_initials(run: Run) -> None:
    run(COUNTY)
    report = run("339901102201,大门村\n")
    assert (report.changed, report.unchanged) == (1, 0)
    assert Region.objects.get(code="339901102201").initials == "dmc"


def test_an_empty_cell_does_not_unsay_what_is_known(run: Run) -> None:
    header = "code,name,lon,lat,population"
    run("339901,云屿县,121.6,28.4,620000\n", header=header)
    report = run("339901,云屿县,,,630000\n", header=header)
    county = Region.objects.get()
    assert (county.lon, county.lat, county.population) == (121.6, 28.4, 630000)
    assert county.households is None
    assert report.changed == 1


def test_missing_parents_are_reported_and_not_invented(run: Run) -> None:
    report = run("33,浙江省\n339901102201,前村\n339901102202,后村\n")
    assert [(gap.code, gap.example, gap.count) for gap in report.missing_parents] == [
        ("339901102000", "339901102201", 2)
    ]
    assert parents()["339901102201"] == "330000000000"
    assert Region.objects.count() == 3


def test_a_parent_that_comes_later_adopts_its_children(run: Run) -> None:
    run("33,浙江省\n339901102201,前村\n")
    report = run("339901102,石门镇\n")
    assert parents()["339901102201"] == "339901102000"
    assert (report.added, report.changed) == (1, 1)


def test_a_city_without_counties_is_the_parent_of_its_towns(run: Run) -> None:
    report = run("44,广东省\n4419,东莞市\n441900003,东城街道\n441900003001,某社区\n")
    assert parents()["441900003000"] == "441900000000"
    assert not report.missing_parents


def test_vanished_regions_stay_unless_closing_is_asked_for(run: Run) -> None:
    run(COUNTY)
    shorter = COUNTY.replace("339901102202,后村\n", "")
    assert run(shorter).closed == []
    report = run(shorter, options=ListOptions(close_missing=True, day=date(2026, 7, 1)))
    assert report.closed == ["339901102202"]
    assert Region.objects.get(code="339901102202").valid_to == date(2026, 7, 1)
    assert run(shorter, options=ListOptions(close_missing=True)).changed == 0


def test_a_list_closes_only_under_its_own_tops_and_its_own_levels(run: Run) -> None:
    run(COUNTY + "339902,别的县\n339902100,别的镇\n")
    report = run(
        "339901,云屿县\n339901102,石门镇\n339901102201,前村\n",
        options=ListOptions(close_missing=True),
    )
    assert report.closed == ["339901102202", "339901103000"]


def test_a_closed_region_names_its_successor(run: Run, tmp_path: Path) -> None:
    run(COUNTY)
    table = tmp_path / "撤并.csv"
    table.write_text("旧代码,新代码\n339901102202,339901102201\n", encoding="gb18030")
    options = ListOptions(day=date(2026, 7, 1), successors=read_successors(table))
    run("339901102201,前村\n", options=options)
    closed = Region.objects.get(code="339901102202")
    assert (closed.successor, closed.valid_to) == ("339901102201", date(2026, 7, 1))


def test_a_successor_nobody_knows_is_refused(run: Run) -> None:
    run(COUNTY)
    with pytest.raises(Invalid, match="339901999000"):
        run(COUNTY, options=ListOptions(successors={"339901103000": "339901999000"}))
    assert not Region.objects.exclude(successor="").exists()


def test_a_region_that_is_listed_again_is_reopened(run: Run) -> None:
    run(COUNTY)
    run(COUNTY.replace("339901102202,后村\n", ""), options=ListOptions(close_missing=True))
    report = run(COUNTY)
    assert report.reopened == ["339901102202"]
    assert Region.objects.get(code="339901102202").valid_to is None


def test_boundaries_of_unknown_datum_are_refused_before_anything_is_written(run: Run) -> None:
    with pytest.raises(Invalid, match="坐标系"):
        run(COUNTY, outlines=collection(square("339901", 121, 28)))
    assert not Region.objects.exists()


def test_the_datum_of_boundaries_is_converted_and_recorded(run: Run) -> None:
    report = run(COUNTY, outlines=collection(square("339901", 121, 28)), datum="gcj02")
    boundary = Boundary.objects.get()
    assert (report.boundaries, boundary.datum) == (1, "gcj02")
    assert 0.002 < abs(boundary.west - 121) < 0.007


@pytest.mark.parametrize(
    "crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"]
)
def test_a_datum_the_file_states_needs_no_question(run: Run, crs: str) -> None:
    stated = {"crs": {"type": "name", "properties": {"name": crs}}}
    run(COUNTY, outlines=collection(square("339901", 121, 28), **stated))
    assert (Boundary.objects.get().datum, Boundary.objects.get().west) == ("wgs84", 121.0)
    with pytest.raises(Invalid, match="不符"):
        run(COUNTY, outlines=collection(square("339901", 121, 28), **stated), datum="bd09")


def test_boundaries_are_replaced_only_when_they_changed(run: Run) -> None:
    run(COUNTY, outlines=collection(square("339901", 121, 28)), datum="wgs84")
    again = run(COUNTY, outlines=collection(square("339901", 121, 28)), datum="wgs84")
    assert (again.boundaries, again.boundaries_unchanged, again.wrote) == (0, 1, False)
    moved = run(COUNTY, outlines=collection(square("339901", 122, 28)), datum="wgs84")
    assert (moved.boundaries, Boundary.objects.get().west) == (1, 122.0)


def test_boundaries_nobody_can_use_are_named(run: Run) -> None:
    outlines = collection(
        square("339999", 121, 28),
        square("不是代码", 121, 28),
        {**square("339901", 0, 0), "geometry": {"type": "Point", "coordinates": [121, 28]}},
        square("339901", 500_000, 28),
    )
    report = run(COUNTY, outlines=outlines, datum="wgs84")
    assert report.boundaries == 0
    assert report.boundaries_unknown == ["339999000000"]
    assert [code for _, code, _ in report.boundary_errors] == ["不是代码", "339901", "339901"]


def test_a_folder_of_bare_geometries_is_read_by_file_names(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "边界"
    folder.mkdir()
    for code, west in (("339901", 121), ("339901102", 121)):
        bare = square(code, west, 28)["geometry"]
        (folder / f"{code}.geojson").write_text(json.dumps(bare), encoding="utf-8")
    assert run(COUNTY, boundaries=folder, datum="wgs84").boundaries == 2


def test_progress_is_told(run: Run) -> None:
    told: list[Sequence[Any]] = []
    run(COUNTY, progress=lambda *step: told.append(step))
    assert told[-1] == ("写入", 8, 8)
