"""A village's cadre reports from a phone: it is on the desks at once, whole, and once."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import shapely
from django.db import transaction
from django.test import Client

from anlan.base.files.models import File
from anlan.base.files.selectors import files_of
from anlan.base.journal.models import Entry
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.people.services import erase_person
from anlan.base.people.tests import village
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Boundary, Region
from anlan.engines.geo.datum import wgs84_to_gcj02
from anlan.kernel.errors import Missing
from anlan.respond.duty.models import Entry as Log
from anlan.respond.incidents import services
from anlan.respond.incidents.models import Incident
from anlan.respond.incidents.selectors import describing
from anlan.respond.incidents.services import telling
from anlan.respond.incidents.services.looking import KIND
from anlan.respond.incidents.tests.conftest import (
    CHARLIE,
    COUNTY,
    FAR,
    HERE,
    NOON,
    OFFICER,
    THERE,
    TOWN,
    TOWNSHIP,
    Wall,
)

pytestmark = pytest.mark.usefixtures("world")

JPEG = b"\xff\xd8\xff\xe0" + bytes(300)
OGG = b"OggS" + bytes(100)


@pytest.fixture
def door(world: Wall) -> str:  # noqa: ARG001 - the county
    """Give the link that the head of a village was sent for something else."""
    village.person("R9", "某村长", HERE, "10000000019")
    village.post("P-HEAD", "village-head", HERE, "R9")
    owed = obligations.owe(
        debt=obligations.Debt(
            kind="notice", title="防台风会议", debtor=village.post_of("P-HEAD"), region=HERE
        ),
        by=system("test"),
    )
    keys = obligations.make_links(obligation=owed, by=system("test"))
    return f"/m/{keys[village.person_of('R9')]}/report"


def bound(code: str, lon: float, lat: float) -> None:
    """Draw a village's boundary around a point."""
    box = shapely.box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)
    Boundary.objects.create(
        region_id=code, wkb=shapely.to_wkb(box), datum="wgs84",
        west=lon - 0.01, south=lat - 0.01, east=lon + 0.01, north=lat + 0.01,
    )  # fmt: skip


def file(name: str, content: bytes) -> BytesIO:
    made = BytesIO(content)
    made.name = name
    return made


def send(phone: Client, door: str, **fields: Any) -> Any:
    """Send as the phone's own script does."""
    given = {"client": "p0001", "village": HERE, "what": "屋后山在响，往下掉石头", **fields}
    return phone.post(door, given, headers={"accept": "application/json"})


def test_a_picture_a_voice_and_a_place_are_on_both_desks_at_once(client: Client, door: str) -> None:
    told = send(
        client, door, photo=[file("1.jpg", JPEG), file("2.jpg", JPEG + b"2")],
        voice=file("voice", OGG), kind="landslide", trapped="2", place="小学后山",
    )  # fmt: skip
    assert told.status_code == 200
    row = Incident.objects.get()
    assert told.json() == {"told": f"已报到云岭乡值班室，编号 {row.pk}"}
    assert (row.state, row.office, row.home) == ("draft", TOWN, HERE)
    assert (row.received_at, row.source, row.figures) == (NOON, "village", {"trapped": 2})
    for desk in (TOWNSHIP, OFFICER):
        (item,) = describing.page(desk, "drafts")["items"]
        assert item["id"] == row.pk
    one = describing.one(TOWNSHIP, row.pk)
    assert one["what"] == "屋后山在响，往下掉石头"
    assert sorted(each["mime"] for each in one["files"]) == [
        "audio/ogg",
        "image/jpeg",
        "image/jpeg",
    ]
    assert one["title"] == "小学后山滑坡、崩塌、泥石流"
    with pytest.raises(Missing):
        describing.one(CHARLIE, row.pk)


def test_what_a_phone_sends_twice_is_one_report(client: Client, door: str) -> None:
    first = send(client, door, photo=file("1.jpg", JPEG)).json()
    assert send(client, door, photo=file("1.jpg", JPEG)).json() == first
    assert send(client, door, client="p0002").json() != first
    assert Incident.objects.count() == 2
    assert File.objects.count() == 1


def test_the_desk_owes_a_look_at_it_until_somebody_took_it_in(client: Client, door: str) -> None:
    send(client, door)
    row = Incident.objects.get()
    owed = Obligation.objects.get(kind=KIND)
    assert owed.debtor_id == village.post_of("P-TOWN")
    assert Log.objects.filter(region=TOWN, link=row.pk).count() == 1
    assert Entry.objects.filter(deed="incidents.told", subject=row.pk).count() == 1
    services.take_in(incident=row.pk, by=TOWNSHIP)
    owed.refresh_from_db()
    assert (owed.state, Incident.objects.get().state) == ("closed", "received")


@pytest.mark.parametrize("how", ["join", "drop"])
def test_a_report_that_is_joined_or_is_not_so_is_owed_no_longer(
    client: Client, door: str, how: str
) -> None:
    send(client, door)
    row = Incident.objects.get()
    if how == "drop":
        services.drop_incident(incident=row.pk, why="", by=TOWNSHIP)
    else:
        told = services.Told(what="同一处", region=HERE)
        known = services.begin_incident(told=told, by=OFFICER)
        services.take_in(incident=known.pk, apart=True, by=OFFICER)
        services.join_incident(incident=row.pk, into=known.pk, by=OFFICER)
    assert Obligation.objects.get(kind=KIND).state == "closed"


def test_a_point_of_a_web_map_is_brought_into_our_own_datum(client: Client, door: str) -> None:
    lon, lat = wgs84_to_gcj02(121.5, 28.4)
    send(client, door, lon=f"{float(lon):.7f}", lat=f"{float(lat):.7f}", datum="gcj02")
    row = Incident.objects.get()
    assert row.lon == pytest.approx(121.5, abs=1e-5)
    assert row.lat == pytest.approx(28.4, abs=1e-5)


def test_the_place_of_the_phone_tells_the_village_within_the_county(
    client: Client, door: str
) -> None:
    Region.objects.create(code="339902000000", name="邻县", level=3)
    Region.objects.create(code="339902101201", name="外村", level=5)
    bound(THERE, 121.53, 28.41)
    bound("339902101201", 118.0, 30.0)
    send(client, door, client="a", lon="121.53", lat="28.41", accuracy="12")
    send(client, door, client="b", lon="118.0", lat="30.0")
    inside, outside = Incident.objects.order_by("id")
    assert (inside.home, outside.home) == (THERE, HERE)
    assert describing.one(OFFICER, inside.pk)["what"].endswith("（手机定位，误差约 12 米）")
    assert (outside.lon, outside.lat) == (118.0, 30.0)


def test_where_the_place_is_refused_a_village_of_the_own_county_is_chosen(
    client: Client, door: str
) -> None:
    page = client.get(door).content.decode()
    assert "后坑村" in page
    assert "渔山村" not in page
    send(client, door, client="a", village=THERE)
    send(client, door, client="b", village="")
    assert list(Incident.objects.order_by("id").values_list("home", flat=True)) == [THERE, HERE]
    assert send(client, door, client="c", village="339901199999").status_code == 422
    assert send(client, door, client="d", village="x").status_code == 422


def test_a_report_that_waited_for_a_signal_says_when_it_was_told(
    client: Client, door: str, world: Wall
) -> None:
    world.go(minutes=50)
    send(client, door, said_at=NOON.isoformat())
    one = describing.one(OFFICER, Incident.objects.get().pk)
    assert "（手机上记于 07-14 12:00，当时没有信号，现在送到）" in one["what"]
    assert one["received_at"] == NOON + timedelta(minutes=50)


def test_who_told_it_is_looked_up_masked_and_gone_when_they_are_erased(
    client: Client, door: str
) -> None:
    send(client, door, voice=file("voice", OGG), photo=file("1.jpg", JPEG))
    row = Incident.objects.get()
    one = describing.one(TOWNSHIP, row.pk)
    caller = one["caller"]
    assert (one["by_phone"], caller["masked"]) == (True, True)
    assert "10000000019" not in str(caller)
    read = services.read_caller(incident=row.pk, reason="回拨核实", by=OFFICER)
    assert (read.name, read.phone) == ("某村长", "10000000019")
    with transaction.atomic():
        erase_person(person=village.person_of("R9"), by=system("test"))
    after = services.read_caller(incident=row.pk, reason="回拨核实", by=OFFICER)
    assert "某村长" not in after.name
    assert after.phone == ""
    # The voice was theirs; the picture shows the slide.
    assert [one["mime"] for one in files_of("incident", row.pk)] == ["image/jpeg"]
    assert client.get(door).status_code == 404


def test_erasing_a_case_destroys_what_hangs_on_its_incidents(client: Client, door: str) -> None:
    send(client, door, photo=file("1.jpg", JPEG))
    row = Incident.objects.get()
    with transaction.atomic():
        assert telling.destroy_told(cases=["", row.case]) == 1
    assert files_of("incident", row.pk) == []


def test_more_reports_than_a_person_makes_in_an_hour_wait(
    client: Client, door: str, world: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_AN_HOUR", 2)
    told = [send(client, door, client=f"p{n}").status_code for n in range(3)]
    assert told == [200, 200, 503]
    world.go(minutes=61)
    assert send(client, door, client="p3").status_code == 200


def test_without_a_script_the_form_is_sent_and_sent_again_as_one(client: Client, door: str) -> None:
    given = {"client": "01ABC", "village": HERE, "what": "桥面裂了"}
    for _ in range(2):
        page = client.post(door, given)
        assert "已报到云岭乡值班室" in page.content.decode()
    assert Incident.objects.count() == 1
    # Back on the page that was sent, something else is written into it.
    client.post(door, given | {"what": "桥面塌了"})
    assert Incident.objects.count() == 2


def test_the_page_speaks_english_to_who_asks_for_it(client: Client, door: str) -> None:
    page = client.get(door, headers={"accept-language": "en"}).content.decode()
    assert "What happened" in page
    told = send(client, door)
    assert told.status_code == 200
    english = client.post(
        door, {"client": "en", "what": "x"},
        headers={"accept": "application/json", "accept-language": "en"},
    )  # fmt: skip
    assert english.json()["told"].startswith("It is with the duty room of")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"what": "", "kind": ""}, 422),
        ({"client": ""}, 422),
        ({"client": "x" * 500}, 422),
        ({"client": "a\0"}, 200),
        ({"client": "甲"}, 422),
        ({"what": "路\0断", "place": "\0桥头"}, 200),
        ({"kind": "no such kind"}, 422),
        ({"what": "长" * 5000}, 422),
        ({"place": "长" * 500}, 422),
        ({"lon": "nan", "lat": "28"}, 422),
        ({"lon": "1e999", "lat": "28"}, 422),
        ({"lon": "121.5", "lat": "91"}, 422),
        ({"lon": "121.5", "lat": "28.4", "datum": "moon"}, 422),
        ({"lon": "121.5", "lat": ""}, 200),
        ({"trapped": "9" * 4000}, 200),
        ({"trapped": "-1"}, 200),
        ({"said_at": "yesterday"}, 200),
        ({"said_at": "9999-12-31T23:59:59+00:00"}, 200),
        ({"said_at": "2026-07-14T04:00:00"}, 200),
        ({"photo": "no file"}, 200),
        ({"voice": file("voice", b"%PDF-1.7")}, 422),
        ({"photo": file("a.jpg", b"<html>")}, 422),
        ({"photo": [file(f"{n}.jpg", JPEG + bytes([n])) for n in range(9)]}, 422),
        ({"what": "\x01\u202e<script>alert(1)</script>"}, 200),
    ],
)
def test_nonsense_is_refused_or_taken_and_never_an_error_of_the_server(
    client: Client, door: str, fields: dict[str, Any], status: int
) -> None:
    told = send(client, door, **fields)
    assert told.status_code == status, told.content
    assert Incident.objects.count() == int(status == 200)
    assert File.objects.count() == 0


def test_a_link_over_reports_nothing(client: Client, door: str) -> None:
    assert client.get("/m/unknown/report").status_code == 404
    assert send(client, "/m/unknown/report").status_code == 404
    assert client.put(door).status_code == 405
    assert not Incident.objects.exists()


def test_whoever_serves_the_county_chooses_a_township(client: Client, world: Wall) -> None:  # noqa: ARG001
    owed = obligations.owe(
        debt=obligations.Debt(
            kind="notice", title="会", debtor=village.post_of("P-CHIEF"), region=COUNTY
        ),
        by=system("test"),
    )
    keys = obligations.make_links(obligation=owed, by=system("test"))
    door = f"/m/{keys[village.person_of('R2')]}/report"
    page = client.get(door).content.decode()
    assert "云岭乡" in page
    assert "前坑村" not in page
    send(client, door, village=FAR)
    assert Incident.objects.get().home == FAR
