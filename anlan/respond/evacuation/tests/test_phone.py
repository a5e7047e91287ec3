"""The roll behind the link of a short message: one village, big buttons, each tick once."""

import gzip
import re
from typing import Any

import orjson
import pytest
from django.test import Client

from anlan.base.journal.models import Entry as JournalEntry
from anlan.base.obligations.services.phone import make_links
from anlan.base.people.tests import village as v
from anlan.respond.evacuation import services
from anlan.respond.evacuation.kinds import KIND
from anlan.respond.evacuation.models import Entry, Evacuation, Tick
from anlan.respond.evacuation.phone_script import SCRIPT
from anlan.respond.evacuation.selectors import pages
from anlan.respond.evacuation.tests.conftest import (
    COMMANDER,
    OFFICER,
    home_of,
    ordered,
    owed,
    shelter_of,
    zone,
)

pytestmark = pytest.mark.usefixtures("world")
#: What a first answer may weigh on a weak signal, with three hundred people on the list.
LIGHT = 25_000


def link(batch: Evacuation) -> str:
    (one,) = [one for one in owed(KIND) if one.region_id == v.NEAR]
    assert one.case == batch.case
    (key,) = make_links(obligation=one.pk, by=COMMANDER).values()
    return f"/m/{key}"


def sums(batch: Evacuation) -> dict[str, int]:
    told = pages.one(OFFICER, batch.pk)["sums"]
    return {key: told[key]["people"] for key in ("due", "shelter", "relatives", "pending")}


def send(client: Client, page: str, *ticks: dict[str, Any]) -> Any:
    body = orjson.dumps({"device": "phone-1", "ticks": ticks})
    response = client.post(f"{page}/roll", body, content_type="application/json")
    return orjson.loads(response.content)


def test_the_page_of_the_short_message_leads_to_the_roll(client: Client) -> None:
    page = link(ordered())
    text = client.get(page).content.decode()
    assert f'href="{page}/roll"' in text
    assert "Open the roll" in client.get(page, headers={"accept-language": "en"}).content.decode()


def test_the_roll_names_people_in_clear_special_groups_first_and_the_reading_is_journalled(
    client: Client,
) -> None:
    text = client.get(f"{link(ordered())}/roll").content.decode()
    assert text.index("户主某") < text.index("Z1山洪危险区")
    assert 'data-tel="10000000011"' in text
    assert "08-09 09:00 前转移完" in text
    assert "<b>17</b>" in text
    (read,) = JournalEntry.objects.filter(deed="evacuations.roll-read")
    assert read.by.startswith("link:")


def test_ticks_that_waited_in_the_phone_are_written_once_with_the_phone_they_came_from(
    client: Client,
) -> None:
    batch = ordered()
    page, home = link(batch), home_of(batch, "H2")
    tick = {"household": home, "key": home, "state": "relatives", "client": "abc",
            "said_at": "2020-08-09T03:00:00.000Z"}  # fmt: skip
    assert [one["outcome"] for one in send(client, page, tick)["items"]] == ["done"]
    assert [one["outcome"] for one in send(client, page, tick)["items"]] == ["again"]
    one = Tick.objects.get(client="abc")
    assert (one.device, one.by[:5]) == ("phone-1", "link:")
    assert sums(batch) == {"due": 17, "shelter": 0, "relatives": 3, "pending": 14}


def test_a_link_ticks_its_own_village_and_no_other(client: Client) -> None:
    zone("ZF", region=v.FAR, people=5)
    batch = ordered()
    far = Entry.objects.get(zone__code="ZF").pk
    (told,) = send(client, link(batch), {"entry": far, "state": "told", "client": "x"})["items"]
    assert told["outcome"] == "wrong"
    assert Tick.objects.count() == 0
    assert "ZF" not in client.get(f"{link(batch)}/roll").content.decode()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ticks": 3}', b'{"ticks": [{"state": 1}]}'])
def test_what_is_no_list_of_ticks_is_refused(client: Client, body: bytes) -> None:
    page = link(ordered())
    response = client.post(f"{page}/roll", body, content_type="application/json")
    assert response.status_code == 422
    assert Tick.objects.count() == 0


def test_without_a_script_a_household_is_a_page_of_plain_buttons(client: Client) -> None:
    batch = ordered()
    page, home = link(batch), home_of(batch, "H1")
    text = client.get(f"{page}/roll?h={home}").content.decode()
    assert "陈老太" in text
    assert "老年人" in text
    once = re.findall(r"name=client value=(\w+)", text)[0]
    posted = {"household": home, "state": "refused", "reason-refused": "keeps-house",
              "client": once}  # fmt: skip
    for _ in range(2):  # a page that is sent again
        assert client.post(f"{page}/roll", posted).status_code == 302
    assert Tick.objects.filter(client=once).count() == 2
    assert {one.reason for one in Entry.objects.filter(household=home)} == {"keeps-house"}
    answered = client.post(f"{page}/roll", {"household": home, "state": "lost"})
    assert (answered.status_code, "要选一条原因" in answered.content.decode()) == (422, True)


def test_somebody_on_no_list_is_written_down_at_the_door(client: Client) -> None:
    batch = ordered()
    page = link(batch)
    text = client.get(f"{page}/roll?add=1").content.decode()
    once = re.findall(r"name=client value=(\w+)", text)[0]
    posted = {"add": "1", "name": "借住的人", "people": "2", "state": "sheltered",
              "shelter": shelter_of("S2").pk, "client": once, "urgent": "on"}  # fmt: skip
    for _ in range(2):
        assert client.post(f"{page}/roll", posted).status_code == 302
    assert sums(batch) == {"due": 19, "shelter": 2, "relatives": 0, "pending": 17}
    assert "借住的人" in client.get(f"{page}/roll").content.decode()


def test_a_link_that_is_not_for_an_evacuation_opens_no_roll(client: Client) -> None:
    assert client.get("/m/nonsense/roll").status_code == 404


def test_the_page_is_light_and_only_its_own_script_runs(client: Client) -> None:
    for number in range(150):
        zone(f"G{number}", people=3)
    page = link(ordered())
    response = client.get(f"{page}/roll")
    later = client.get(f"{page}/roll?page=2").content.decode()
    cards = [text.count("data-kind=") for text in (response.content.decode(), later)]
    assert cards == [120, 33]
    assert "script-src 'sha256-" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    assert len(gzip.compress(response.content)) < LIGHT
    assert len(SCRIPT) < 5_000


def test_the_roll_says_when_people_may_return(client: Client) -> None:
    batch = ordered()
    page = link(batch)
    services.lift_danger(evacuation=batch.pk, by=COMMANDER)
    assert "险情已解除" in client.get(f"{page}/roll").content.decode()
