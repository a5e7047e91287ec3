"""Registers on the map, as several people see them over HTTP."""

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.base.basemap.layers import LAYERS
from anlan.base.permissions import system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Region
from anlan.base.register import layers
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import Change, retire_row, save_row, save_rows
from anlan.engines.geo.tiles import Tile, project
from anlan.kernel import clock
from anlan.kernel.ids import new_id
from anlan.protocols import mvt

pytestmark = pytest.mark.django_db

BY = system("test")
COUNTY, TOWN, OTHER = "339901000000", "339901101000", "339901102000"
PLACE = {TOWN: (121.70, 28.40), OTHER: (121.85, 28.40)}

Get = Callable[..., Any]


@pytest.fixture(autouse=True)
def county() -> Iterator[None]:
    Region.objects.create(code=COUNTY, name="云屿县", level=3)
    for code, name in ((TOWN, "石门镇"), (OTHER, "沙埕乡")):
        Region.objects.create(code=code, name=name, level=4, parent_id=COUNTY)
    forget()
    yield
    forget()


def forget() -> None:
    """Begin with empty memory, as a new process does."""
    layers.CHANGES.__init__()  # type: ignore[misc]
    for key in ("shelters", "households", "danger-zones"):
        source = LAYERS[key].source
        assert isinstance(source, layers.RegisterSource)
        source.__init__(REGISTERS[key], layers.CHANGES)  # type: ignore[misc]


@pytest.fixture
def get() -> Get:
    """Ask for a tile around a place as a role over a region; no role is a stranger."""

    def ask(key: str, role: str = "duty-officer", prefix: str = "339901", **headers: str) -> Any:
        layers.CHANGES.look_now()
        user = User.objects.create(username=new_id(), name="陈建国", region=COUNTY)
        if role:
            Grant.objects.create(user=user, role=role, prefix=prefix, by="test", at=clock.now())
        text, _ = create_token(user=user, name="test", expires=None, by=BY)
        client = Client(headers={"authorization": f"Bearer {text}", **headers})
        return client.get(f"/api/v1/tiles/{key}/{'/'.join(map(str, at(10)))}.mvt")

    return ask


def at(zoom: int) -> tuple[int, int, int]:
    x, y = project(121.7, 28.4)
    return zoom, int(float(x) * 2**zoom), int(float(y) * 2**zoom)


def features(answer: Any, key: str) -> list[dict[str, Any]]:
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.content
    return [one.properties for one in mvt.decode(answer.content)[key].features]


def shelter(region: str = TOWN, **values: Any) -> str:
    lon, lat = PLACE[region]
    whole = {
        **REGISTERS["shelters"].demo,
        "code": new_id(),
        "region": region,
        "lon": lon,
        "lat": lat,
    }
    whole.pop("keeper")
    return save_row(entry=REGISTERS["shelters"], values={**whole, **values}, by=BY).id


def test_a_row_stands_on_the_map_with_its_name_status_and_kind(get: Get) -> None:
    row = shelter(name="演示小学避灾点", level="township")
    assert features(get("shelters"), "shelters") == [
        {"id": row, "name": "演示小学避灾点", "status": "idle", "kind": "township"}
    ]


def test_everybody_sees_only_their_regions(get: Get) -> None:
    here, there = shelter(TOWN), shelter(OTHER)
    ids = [one["id"] for one in features(get("shelters", "township", "339901101"), "shelters")]
    assert ids == [here]
    ids = [one["id"] for one in features(get("shelters"), "shelters")]
    assert sorted(ids) == sorted([here, there])


def test_a_stranger_gets_no_tile(get: Get) -> None:
    shelter()
    assert get("shelters", role="").status_code == 403
    assert Client().get("/api/v1/tiles/shelters/0/0/0.mvt").status_code == 401


def test_changes_are_seen_without_reading_everything_again(get: Get) -> None:
    row, other = shelter(TOWN), shelter(OTHER)
    get("shelters")
    save_row(entry=REGISTERS["shelters"], values={"name": "改了名"}, by=BY, row_id=row)
    retire_row(entry=REGISTERS["shelters"], row_id=other, by=BY)
    with CaptureQueriesContext(connection) as queries:
        found = features(get("shelters"), "shelters")
    assert [(one["id"], one["name"]) for one in found] == [(row, "改了名")]
    read = [one["sql"] for one in queries if 'FROM "places_shelter"' in one["sql"]]
    assert len(read) == 1
    assert row in read[0]


def test_an_unchanged_tile_costs_no_query_of_its_register(get: Get) -> None:
    shelter()
    get("shelters")
    with CaptureQueriesContext(connection) as queries:
        get("shelters")
    assert not [one for one in queries if "places_shelter" in one["sql"]]


def test_a_tile_held_by_the_browser_is_not_sent_again(get: Get) -> None:
    row = shelter()
    tag = get("shelters")["ETag"]
    assert get("shelters", **{"if-none-match": tag}).status_code == 304
    save_row(entry=REGISTERS["shelters"], values={"name": "改了名"}, by=BY, row_id=row)
    assert get("shelters", **{"if-none-match": tag}).status_code == 200
    other = get("shelters", "township", "339901101")
    assert other["ETag"] != get("shelters")["ETag"]


def test_tiles_are_compressed_for_those_who_understand_it(get: Get) -> None:
    row = shelter()
    answer = get("shelters", **{"accept-encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    tile = mvt.decode(gzip.decompress(answer.content))
    assert tile["shelters"].features[0].properties["id"] == row
    assert "Content-Encoding" not in get("shelters", **{"accept-encoding": "identity"})


def test_households_are_dots_without_a_name(get: Get) -> None:
    entry = REGISTERS["households"]
    lon, lat = PLACE[TOWN]
    values = {
        name: entry.demo[name]
        for name in ("code", "kind", "size", "structure", "stay", "reach")
        if name in entry.demo
    }
    model: Any = entry.model
    model.objects.create(
        **values, region_id=TOWN, lon=lon, lat=lat, created_at=clock.now(), changed_at=clock.now(),
        changed_by="test",
    )  # fmt: skip
    answer = get("households", "township", "339901101")
    (dot,) = features(answer, "households")
    assert set(dot) <= {"id", "kind"}
    assert entry.demo["code"].encode() not in answer.content


def test_no_personal_column_is_ever_shown() -> None:
    for entry in REGISTERS.values():
        shown = set(layers.columns_shown(entry).values())
        assert not shown & set(entry.mask)
        if entry.domain in layers.NAMELESS:
            assert "name" not in layers.columns_shown(entry)


def test_an_area_is_drawn_with_its_row(get: Get) -> None:
    entry = REGISTERS["danger-zones"]
    lon, lat = PLACE[TOWN]
    corners = [[lon - 0.02, lat - 0.02], [lon + 0.02, lat - 0.02], [lon, lat + 0.02]]
    outline = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    values = {name: value for name, value in entry.demo.items() if name != "keeper"}
    checked = {**values, "region": TOWN, "lon": lon, "lat": lat, entry.area: outline}
    row = save_row(entry=entry, values=known(entry, checked), by=BY).id
    found = mvt.decode(get("danger-zones").content)["danger-zones"].features
    assert [one.type for one in found] == [mvt.POINT, mvt.POLYGON]
    assert {one.properties["id"] for one in found} == {row}


def known(entry: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what points at rows that are not there."""
    refs = {field.name for field in entry.model._meta.fields if field.is_relation} - {"region"}
    return {name: value for name, value in values.items() if name not in refs}


def test_many_rows_at_once_are_seen_too(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    row = shelter()
    get("shelters")
    monkeypatch.setattr(layers, "MANY", 0)
    changed = [Change({"name": "全部重读"}, row)]
    save_rows(entry=REGISTERS["shelters"], changes=changed, by=BY)
    assert features(get("shelters"), "shelters")[0]["name"] == "全部重读"


def test_addresses_that_are_no_tiles_are_missing() -> None:
    user = User.objects.create(username="x", name="x", region=COUNTY)
    Grant.objects.create(user=user, role="commander", prefix="339901", by="test", at=clock.now())
    text, _ = create_token(user=user, name="test", expires=None, by=BY)
    client = Client(headers={"authorization": f"Bearer {text}"})
    for address in ("shelters/3/8/0", "shelters/99/0/0", "nonsense/0/0/0"):
        assert client.get(f"/api/v1/tiles/{address}.mvt").status_code == 404
    assert Tile(*at(10)).exists()
