"""What one link opens on a phone: its person's tasks, each answered once, and nobody else's."""

import re
import zlib
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from anlan.base.files.models import File
from anlan.base.obligations import services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.phone_queue import NAME, SCRIPT
from anlan.base.obligations.selectors.pocket import SIZE
from anlan.base.obligations.services import pocket
from anlan.base.obligations.services.pocket import LARGEST_PHOTO, MOST_PHOTOS
from anlan.base.obligations.tests.conftest import NEXT_VILLAGE, County, Turn
from anlan.base.people.services import erase_person
from anlan.base.permissions.models import Link
from anlan.kernel import clock

STEP = Kind(
    key="test-step", title="步骤", title_en="Step", ladder="notice",
    states=("issued", "reached", "answered", "reported", "closed"),
    report_form=(Ask("people", "人数", "People", "int"),), noted=True, voice=True, photo=True,
)  # fmt: skip
JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


@pytest.fixture(autouse=True)
def _step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS._entries, STEP.key, STEP)


def link(county: County, owed: str, who: str = "head") -> str:
    keys = services.make_links(obligation=owed, by=county.actors["officer"])
    return f"/m/{keys[county.actors[who].person]}"


def picture(content: bytes = JPEG) -> BytesIO:
    file = BytesIO(content)
    file.name = "IMG_0001.jpg"
    return file


def verbs() -> list[str]:
    return list(Step.objects.order_by("id").values_list("verb", flat=True))


def test_one_link_lists_everything_its_person_owes_the_newest_first_late_ones_marked(
    county: County, client: Client, turn: Turn
) -> None:
    old = county.owe(title="先下达的", kind="test-step")
    turn.forward(hours=5)
    services.lapse_due()
    new = county.owe(title="后下达的<b>", body="今夜八点前，把渔排上的人全部接上岸" * 4)
    county.owe("neighbour-head", title="别村的事", region=NEXT_VILLAGE)
    page = client.get(f"{link(county, old)}/tasks").content.decode()
    assert page.index("后下达的&lt;b&gt;") < page.index("先下达的")
    assert "别村的事" not in page
    assert "2 件没有办完" in page
    assert "1 件逾期" in page
    assert page.count("class=mark>逾期") == 1
    assert f"/task/{new}" in page
    assert "请在 08-03 16:00 前答复" in page
    assert "…" in page


def test_a_task_of_the_list_is_answered_by_its_own_page_in_one_tap_more(
    county: County, client: Client
) -> None:
    first, second = county.owe(title="第一件"), county.owe(title="第二件", body="带好雨具")
    door = link(county, first)
    page = client.get(f"{door}/task/{second}").content.decode()
    assert "带好雨具" in page
    assert client.post(f"{door}/task/{second}", {"seen": "1"}).status_code == 204
    assert client.post(f"{door}/task/{second}", {"verb": "answer", "text": ""}).status_code == 200
    states = dict(Obligation.objects.values_list("pk", "state"))
    assert states == {first: "issued", second: "closed"}
    assert "没有要办的事" not in client.get(f"{door}/tasks").content.decode()
    client.post(door)
    assert "没有要办的事" in client.get(f"{door}/tasks").content.decode()


def test_a_link_opens_no_task_of_anybody_else(county: County, client: Client) -> None:
    door = link(county, county.owe())
    other = county.owe("neighbour-head", region=NEXT_VILLAGE, title="别村的事")
    for address in (f"{door}/task/{other}", f"{door}/task/{'0' * 26}", f"{door}/task/x"):
        refused = client.get(address)
        assert refused.status_code == 404
        assert "别村的事" not in refused.content.decode()
        assert client.post(address, {"verb": "answer"}).status_code == 404
    assert Obligation.objects.get(pk=other).state == "issued"


def test_more_tasks_than_a_weak_signal_carries_stand_on_a_further_page(
    county: County, client: Client, turn: Turn
) -> None:
    owed = []
    for number in range(SIZE + 1):
        turn.forward(minutes=1)
        owed.append(county.owe(title=f"第{number}件。"))
    door = link(county, owed[0])
    first, second = (client.get(f"{door}/tasks?page={n}").content.decode() for n in (1, 2))
    assert first.count('class="task') == SIZE
    assert "第0件。" not in first
    assert "第0件。" in second
    for page in ("0", "-1", "x", "9" * 5000, "²"):
        assert client.get(f"{door}/tasks", {"page": page}).status_code == 200


def test_the_same_press_that_comes_twice_is_one_deed_and_never_the_next_one(
    county: County, client: Client
) -> None:
    door = link(county, county.owe(kind="test-step"))
    pressed = {"verb": "answer", "text": "马上去"}
    for _ in range(2):  # a phone that heard no answer sends again
        told = client.post(door, pressed, headers={"accept": "application/json"})
        assert (told.status_code, told.json()) == (200, {"told": "已签收，谢谢。"})
    assert verbs() == ["answer"]
    done = {"verb": "report", "people": "3", "text": ""}
    for _ in range(2):
        assert client.post(door, done).status_code == 200
    assert verbs() == ["answer", "report"]
    assert Obligation.objects.get().state == "closed"


def test_more_than_anybody_has_to_say_in_an_hour_waits(
    county: County, client: Client, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pocket, "MOST_AN_HOUR", 3)
    door = link(county, county.owe(kind="test-step"))
    said = [client.post(door, {"verb": "note", "text": f"第{n}句"}).status_code for n in range(4)]
    assert said == [200, 200, 200, 503]
    turn.forward(minutes=61)
    assert client.post(door, {"verb": "note", "text": "还有一句"}).status_code == 200


def test_what_a_kept_word_cannot_be_is_told_in_a_line_with_its_reason(
    county: County, client: Client
) -> None:
    door = link(county, county.owe(kind="test-step"))
    client.post(door, {"verb": "answer"})
    wrong = client.post(
        door, {"verb": "report", "people": "many"}, headers={"accept": "application/json"}
    )
    assert wrong.status_code == 409
    assert "detail" in wrong.json()
    gone = client.post("/m/unknown", {}, headers={"accept": "application/json"})
    assert (gone.status_code, gone.json()["detail"][:4]) == (404, "链接无效")


def test_pictures_hang_on_the_answer_where_the_kind_takes_them(
    county: County, client: Client
) -> None:
    door = link(county, county.owe(kind="test-step"))
    assert "name=photo" in client.get(door).content.decode()
    client.post(door, {"verb": "answer"})
    client.post(door, {"verb": "report", "photo": [picture(), picture(JPEG + b"2")]})
    assert set(File.objects.values_list("subject_kind", "mime", "person")) == {
        ("obligation", "image/jpeg", "")
    }
    assert File.objects.count() == 2
    plain = link(county, county.owe())
    assert "name=photo" not in client.get(plain).content.decode()
    refused = client.post(plain, {"photo": picture(JPEG + b"3")})
    assert refused.status_code == 422
    assert File.objects.count() == 2


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        ([b"<svg onload=alert(1)>"], "请上传照片"),
        ([b"%PDF-1.7 no picture"], "请上传照片"),
        ([JPEG + bytes(LARGEST_PHOTO)], "照片超过 8 MB"),
        ([JPEG + bytes([n]) for n in range(MOST_PHOTOS + 1)], "一次最多 6 张照片"),
    ],
)
def test_what_is_no_picture_or_too_much_is_refused_whole(
    county: County, client: Client, contents: list[bytes], why: str
) -> None:
    door = link(county, county.owe(kind="test-step"))
    told = client.post(door, {"verb": "answer", "photo": [picture(one) for one in contents]})
    assert told.status_code == 422
    assert why in told.content.decode()
    assert not File.objects.exists()
    assert Obligation.objects.get().state == "issued"


def test_erasing_a_person_ends_every_link_they_were_sent(county: County, client: Client) -> None:
    doors = [link(county, county.owe(title=title)) for title in ("一", "二")]
    deputy = link(county, county.owe(title="三"), "deputy")
    with transaction.atomic():
        erase_person(person=county.actors["head"].person, by=county.actors["system"])
    for door in doors:
        for address in (door, f"{door}/tasks"):
            assert client.get(address).status_code == 404
    assert client.get(deputy).status_code == 200
    own = Link.objects.filter(person=county.actors["head"].person)
    assert not own.filter(revoked_at=None).exists()


def test_a_link_is_over_when_its_days_are(
    county: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = link(county, county.owe())
    later = clock.real_now() + timedelta(days=4)
    monkeypatch.setattr("anlan.base.permissions.services.links.real_now", lambda: later)
    for address in (door, f"{door}/tasks"):
        assert client.get(address).status_code == 404


def test_whoever_left_their_post_opens_nothing_by_an_old_link(
    county: County, client: Client
) -> None:
    from anlan.base.people.models import Holding

    door = link(county, county.owe())
    Holding.objects.filter(person=county.actors["head"].person).update(until=clock.now().date())
    assert client.get(f"{door}/tasks").status_code == 404


def test_the_script_that_keeps_things_is_a_file_named_by_its_digest(
    county: County, client: Client
) -> None:
    page = client.get(f"{link(county, county.owe())}/tasks")
    assert re.search(rf'src="/m/-/{NAME}"', page.content.decode())
    assert "'self'" in page["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    told = client.get(f"/m/-/{NAME}")
    assert told.content.decode() == SCRIPT
    assert "immutable" in told["Cache-Control"]
    assert client.get("/m/-/queue-0.js").status_code == 404


def test_the_script_holds_nothing_an_old_browser_cannot_read() -> None:
    young = r"=>|\b(let|const|class|async|await|import|export|Promise|fetch)\b|`|\?\.|\?\?|\.\.\."
    assert re.findall(young, SCRIPT) == []
    assert not any(line.startswith("//") for line in SCRIPT.splitlines())


def test_a_page_with_all_that_it_asks_for_is_light(county: County, client: Client) -> None:
    owed = [county.owe(title=f"第{n}件", body="今夜八点前" * 20) for n in range(SIZE)]
    page = client.get(f"{link(county, owed[0])}/tasks").content
    assert len(_packed(page)) + len(_packed(SCRIPT.encode())) < 12_000


def _packed(content: bytes) -> bytes:
    """Pack as the server does."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    "posted",
    [
        {"verb": "x" * 9000},
        {"verb": "answer", "text": "长" * 9000},
        {"verb": "report", "people": "9" * 5000},
        {"verb": "note", "people": "-1"},
        {"verb": "answer", "text": "a\0b"},
        {"verb": "answer", "voice": "no file"},
        {"verb": "answer", "photo": "no file"},
        {"seen": "1", "verb": "\ud800"},
    ],
)
def test_nonsense_is_never_an_error_of_the_server(
    county: County, client: Client, posted: dict[str, Any]
) -> None:
    door = link(county, county.owe(kind="test-step"))
    body = "&".join(
        f"{name}={value.encode('utf-8', 'surrogatepass').hex()}" for name, value in posted.items()
    )
    form = "application/x-www-form-urlencoded"
    assert client.post(door, body, content_type=form).status_code < 500
    safe = {name: value.encode("utf-8", "replace").decode() for name, value in posted.items()}
    assert client.post(door, safe).status_code < 500
    assert client.post(door, safe, headers={"accept": "application/json"}).status_code < 500
