import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.basemap.layers import EVERYTHING, View
from anlan.base.basemap.points import numbers, seen
from anlan.base.basemap.things import Thing, Things
from anlan.base.regions import scope
from anlan.engines.geo.tiles import Tile, project
from anlan.protocols import mvt

WORLD, HERE = Tile(0, 0, 0), Tile(14, *(int(part * 2**14) for part in project(121.6, 28.4)))

places = st.tuples(st.floats(121, 122), st.floats(28, 29))
things = st.builds(
    lambda number, place, region, kind, version: Thing(
        f"id{number:03d}", region, place[0], place[1], version, (f"名{number}", kind)
    ),
    st.integers(0, 60),
    places,
    st.sampled_from(["339901000000", "339901101000", "339901101201", "339901102000"]),
    st.sampled_from(["a", "b", None]),
    st.integers(1, 9),
)


def make(rows: list[Thing]) -> Things:
    made = Things("sites", ("name", "kind"))
    made.replace(rows)
    return made


def drawn(things: Things, tile: Tile = WORLD, view: View = EVERYTHING) -> list[mvt.Feature]:
    layers = mvt.decode(things.draw(tile, view))
    return layers["sites"].features if layers else []


def total(features: list[mvt.Feature]) -> int:
    return sum(feature.properties.get("count", 1) for feature in features)


@given(st.lists(things, max_size=60, unique_by=lambda thing: thing.id), st.integers(0, 16))
def test_heaps_lose_nothing_at_any_zoom(rows: list[Thing], zoom: int) -> None:
    made = make(rows)
    seen_in = 0
    for x, y in {tuple(int(part * 2**zoom) for part in project(row.lon, row.lat)) for row in rows}:
        seen_in += total(drawn(made, Tile(zoom, x, y)))
    assert seen_in == len(rows)


@given(st.lists(things, max_size=40, unique_by=lambda thing: thing.id),
       st.lists(st.lists(things, max_size=10, unique_by=lambda thing: thing.id), max_size=3),
       st.lists(st.integers(0, 60).map("id{:03d}".format), max_size=10))  # fmt: skip
def test_changing_things_one_by_one_is_the_same_as_reading_them_anew(
    rows: list[Thing], changes: list[list[Thing]], gone: list[str]
) -> None:
    made = make(rows)
    now = {row.id: row for row in rows}
    for change in changes:
        made.change([row.id for row in change], change)
        now.update({row.id: row for row in change})
    made.change(gone, [])
    anew = make([row for key, row in now.items() if key not in gone])
    assert len(made) == len(anew)
    assert made.stamp == anew.stamp
    for tile in (WORLD, HERE):
        one, other = drawn(made, tile), drawn(anew, tile)
        assert total(one) == total(other)
        assert sorted(f.properties["id"] for f in one if "count" not in f.properties) == sorted(
            f.properties["id"] for f in other if "count" not in f.properties
        )


@given(st.lists(things, max_size=40, unique_by=lambda thing: thing.id),
       st.sets(st.sampled_from(["33", "339901101", "339901102", "339901101201", "44"])),
       st.sets(st.sampled_from(["339901000000", "339901101000"])))  # fmt: skip
def test_a_view_shows_exactly_its_regions(
    rows: list[Thing], prefixes: set[str], shared: set[str]
) -> None:
    view = View(tuple(sorted(prefixes)), tuple(sorted(shared)))
    expected = [
        row for row in rows
        if row.region in shared or any(scope.covers(one, row.region) for one in prefixes)
    ]  # fmt: skip
    assert total(drawn(make(rows), WORLD, view)) == len(expected)


def test_no_region_at_all_shows_nothing() -> None:
    marked = seen(numbers(["339901101000"]), View((), ()))
    assert marked is not None
    assert not marked.any()
    assert seen(numbers(["339901101000"]), EVERYTHING) is None


def test_a_heap_tells_what_its_points_have_in_common_and_no_name() -> None:
    rows = [Thing(f"{n}", "339901101000", 121.6, 28.4, 1, (f"名{n}", "a")) for n in range(3)]
    (heap,) = drawn(make(rows))
    assert heap.properties == {"count": 3, "kind": "a"}
    (heap,) = drawn(make([*rows[:2], rows[2]._replace(values=("名", "b"))]))
    assert heap.properties == {"count": 3}


def test_a_single_point_tells_all_it_has() -> None:
    (single,) = drawn(make([Thing("1", "339901101000", 121.6, 28.4, 1, ("石门小学", None))]))
    assert single.properties == {"id": "1", "name": "石门小学"}


def test_near_points_come_apart_when_one_looks_closer() -> None:
    rows = [Thing(f"{n}", "339901101000", 121.6 + n * 1e-5, 28.4, 1, ("", None)) for n in range(5)]
    assert len(drawn(make(rows), HERE)) == 5


def test_areas_are_drawn_when_one_looks_closer_and_follow_their_view() -> None:
    zone = Thing(
        "1", "339901101000", 121.6, 28.4, 1, ("屋后", "a"), shapely.box(121.5, 28.3, 121.7, 28.5)
    )
    made = make([zone])
    assert [one.type for one in drawn(made)] == [mvt.POINT]
    assert [one.type for one in drawn(made, HERE)] == [mvt.POINT, mvt.POLYGON]
    assert drawn(made, HERE)[1].properties == {"id": "1", "name": "屋后", "kind": "a"}
    assert drawn(made, HERE, View(("339901102",))) == []
    made.change(["1"], [zone._replace(shape=None, version=2)])
    assert [one.type for one in drawn(made, HERE)] == [mvt.POINT]


def test_the_stamp_tells_a_thing_from_another_that_took_its_place() -> None:
    old, new = (Thing(key, "339901101000", 121.6, 28.4, 1, ("", None)) for key in ("1", "2"))
    made = make([old])
    before = made.stamp
    made.change(["1", "2"], [new])
    assert made.stamp != before
    made.change(["1", "2"], [old])
    assert made.stamp == before


def test_many_changes_are_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlan.base.basemap.things.FRESH", 3)
    made = make([])
    rows = [Thing(f"{n}", "339901101000", 121.6, 28.4, 1, ("", None)) for n in range(10)]
    for row in rows:
        made.change([row.id], [row])
    assert total(drawn(made)) == 10
    assert len(made) == 10
