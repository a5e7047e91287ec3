import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.regions import scope, selectors
from anlan.base.regions.models import Boundary, Edition, Level, Region
from anlan.base.regions.pinyin import initials
from anlan.base.regions.services.reading import level_of_stored
from anlan.engines.geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from anlan.kernel import clock
from anlan.kernel.errors import Invalid, Missing
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db

NAMES = {
    "330000000000": "浙江省",
    "339901000000": "云屿县",
    "339901102000": "石门镇",
    "339901103000": "沙埕乡",
    "339901102201": "云屿村",
    "339901102202": "大云屿村",
    "339901103201": "石门村",
    "339901102201001": "云屿村一网格",
}
BOXES = {
    "339901000000": (121.0, 28.0, 122.0, 29.0),
    "339901102000": (121.0, 28.0, 121.5, 29.0),
    "339901103000": (121.5, 28.0, 122.0, 29.0),
    "339901102201": (121.0, 28.0, 121.2, 28.2),
    "339901102201001": (121.0, 28.0, 121.1, 28.1),
}


@pytest.fixture(autouse=True)
def county() -> None:
    for code, name in NAMES.items():
        above = [one for one in scope.ancestors(code) if one in NAMES]
        Region.objects.create(
            code=code, name=name, level=level_of_stored(code), initials=initials(name),
            parent_id=above[-1] if above else None,
        )  # fmt: skip
    for code, (west, south, east, north) in BOXES.items():
        Boundary.objects.create(
            region_id=code, wkb=shapely.to_wkb(shapely.box(west, south, east, north)),
            west=west, south=south, east=east, north=north, datum="wgs84",
        )  # fmt: skip
    renew()


def renew() -> None:
    Edition.objects.update_or_create(pk=1, defaults={"stamp": new_id(), "changed_at": clock.now()})


def found(q: str, *within: str) -> list[str]:
    return [region.name for region in selectors.search(q, within or ("",))]


def test_a_place_is_in_the_deepest_region_that_holds_it() -> None:
    places = {(121.05, 28.05): "云屿村一网格", (121.15, 28.15): "云屿村", (121.3, 28.5): "石门镇"}
    for place, name in places.items():
        region = selectors.at(*place)
        assert region is not None
        assert region.name == name


def test_a_place_outside_every_boundary_is_nowhere() -> None:
    assert selectors.at(120.5, 28.5) is None
    assert selectors.codes_at([120.5], [28.5]) == [None]


def test_the_datum_of_a_place_is_converted_at_the_door() -> None:
    place = (121.1001, 28.05)  # a few metres east of the grid cell's border
    for datum, convert in (("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)):
        region = selectors.at(*(float(part) for part in convert(*place)), datum=datum)
        assert region is not None
        assert region.code == "339901102201"
    with pytest.raises(Invalid):
        selectors.at(*place, datum="beijing54")


def test_many_places_are_answered_at_once() -> None:
    lon, lat = [121.05, 121.15, 121.7, 120.0], [28.05, 28.15, 28.5, 28.0]
    assert selectors.codes_at(lon, lat) == [
        "339901102201001", "339901102201", "339901103000", None
    ]  # fmt: skip
    assert selectors.codes_at(lon, lat, deepest=Level.TOWN)[:2] == ["339901102000"] * 2


def test_memory_follows_a_new_edition() -> None:
    assert selectors.at(121.05, 28.05) is not None
    assert found("沙埕") == ["沙埕乡"]
    Boundary.objects.all().delete()
    Region.objects.filter(code="339901103000").update(name="海口乡", initials="hkx")
    renew()
    assert selectors.at(121.05, 28.05) is None
    assert (found("沙埕"), found("海口"), found("hk")) == ([], ["海口乡"], ["海口乡"])


def test_without_any_edition_nothing_is_kept_in_memory() -> None:
    Edition.objects.all().delete()
    assert found("沙埕") == ["沙埕乡"]
    Region.objects.filter(code="339901103000").update(name="海口乡")
    assert found("海口") == ["海口乡"]


def test_memory_is_read_once_per_edition() -> None:
    selectors.at(121.05, 28.05)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        selectors.at(121.05, 28.05)
    assert len(queries) == 2  # the edition, and the regions found


def test_names_are_found_whole_first_then_by_beginning_then_anywhere() -> None:
    assert found("云屿") == ["云屿县", "云屿村", "云屿村一网格", "大云屿村"]
    assert found("石门") == ["石门镇", "石门村"]
    assert found("云屿村")[0] == "云屿村"
    assert found("天下") == []


def test_initials_and_codes_are_found_too() -> None:
    assert found("yyx") == ["云屿县"]
    assert found("YYC") == ["云屿村", "云屿村一网格", "大云屿村"]
    assert found("339901102") == ["石门镇", "云屿村", "大云屿村", "云屿村一网格"]
    assert found(" 339901102201 ") == ["云屿村", "云屿村一网格"]


def test_a_search_stays_within_the_given_prefixes() -> None:
    assert found("石门", "339901103") == ["石门村"]
    assert found("3399", "339901103") == ["沙埕乡", "石门村"]
    assert found("339901102201001", "339901102") == ["云屿村一网格"]
    assert found("云屿", "339901103", "339901102201") == ["云屿村", "云屿村一网格"]
    assert selectors.search("云屿", ()) == []


def test_closed_regions_are_not_offered() -> None:
    Region.objects.filter(code="339901103000").update(valid_to="2026-01-01")
    renew()
    assert found("沙埕") == []
    assert selectors.at(121.7, 28.5) == selectors.region("339901")
    assert [one.name for one in selectors.children("339901")] == ["石门镇"]
    assert selectors.region("339901103").name == "沙埕乡"


def test_a_search_costs_two_queries_however_much_it_finds() -> None:
    found("云屿")
    with CaptureQueriesContext(connection) as queries:
        found("云屿")
    assert len(queries) == 2


def test_the_tree_is_walked_down_and_up() -> None:
    assert [one.name for one in selectors.children("339901102000")] == ["云屿村", "大云屿村"]
    assert [one.name for one in selectors.children(scope.COUNTRY)] == ["浙江省"]
    above = [one.name for one in selectors.ancestors("339901102201")]
    assert above == ["浙江省", "云屿县", "石门镇"]
    rows = selectors.with_children(selectors.children("339901"))
    assert [getattr(row, "has_children", None) for row in rows] == [True, True]
    with pytest.raises(Missing):
        selectors.region("999999")


def test_the_top_is_the_county_that_everything_lies_in() -> None:
    assert selectors.top() == "339901000000"
    Region.objects.create(code="339902000000", name="别县", level=3, parent_id="330000000000")
    assert selectors.top() == "330000000000"
    Region.objects.create(code="440000000000", name="别省", level=1)
    assert selectors.top() == ""


def test_below_keeps_exactly_the_rows_of_a_region() -> None:
    rows = scope.below(Region.objects.all(), "339901102", column="code")
    assert sorted(row.code for row in rows) == [
        code for code in sorted(NAMES) if code[:9] == "339901102"
    ]
    assert scope.below(Region.objects.all(), scope.COUNTRY, column="code").count() == len(NAMES)
    assert not Region.objects.filter(scope.within((), "code")).exists()
    with pytest.raises(Invalid):
        scope.below(Region.objects.all(), "", column="code")


def test_below_reads_the_index_and_not_the_table() -> None:
    if connection.vendor == "postgresql":  # which reads tiny tables whole unless told not to
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = scope.below(Region.objects.all(), "339901", column="code").explain()
    assert "SEARCH" in plan or "Index" in plan


def test_an_area_meets_regions_with_their_shares() -> None:
    shares = dict(selectors.shares(shapely.box(121.0, 28.0, 121.5, 29.0)))
    assert shares["339901102000"] == pytest.approx(1.0)
    assert shares["339901000000"] == pytest.approx(0.5)
    assert shares["339901103000"] == pytest.approx(0.0)
    assert selectors.shares(shapely.box(0, 0, 1, 1)) == []


def test_outlines_come_as_geojson() -> None:
    drawn = selectors.outlines(["339901102000", "330000000000"])
    assert list(drawn) == ["339901102000"]
    assert drawn["339901102000"]["type"] == "Polygon"
    assert selectors.width(list(BOXES)) == pytest.approx(1.0)
    assert selectors.outline("330000") is None
