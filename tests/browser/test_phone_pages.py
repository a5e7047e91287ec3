"""One thumb, one weak phone: tasks, reports that wait for a signal, the nearest shelter."""

import random
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, ViewportSize, expect

from tests.browser import axe
from tests.browser.conftest import Platform, shoot
from tests.browser.offices import Office, open_office

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)
#: So little a page weighs on the wire, with everything that it asks for (bytes).
LIGHT = 25_000
#: What a picture may weigh when it leaves the phone.
LIGHT_PHOTO = 200_000


@pytest.fixture(scope="module")
def chief(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the commander, beside the phones."""
    made = open_office(chromium, platform, "zhihui")
    yield made
    made.asked.dispose()


@pytest.fixture(scope="module")
def task(chief: Office) -> Mapping[str, Any]:
    """Give what a village owes in the demo's evacuation and has not answered."""
    owed = chief.get("/obligations?scope=all&kind=evacuate&state=issued,reached&size=200")["items"]
    found: Mapping[str, Any] = owed[-1]
    return found


@pytest.fixture(scope="module")
def door(platform: Platform, chief: Office, task: Mapping[str, Any]) -> str:
    """Give the address of the link that village was sent."""
    told = chief.post(f"/obligations/{task['id']}/link")["links"][0]["url"]
    return f"{platform.url}/m/{told.rpartition('/')[2]}"


@pytest.fixture(scope="module")
def seat(chief: Office, task: Mapping[str, Any]) -> Geolocation:
    """Give the place of that village."""
    region = chief.get(f"/regions/{task['region']}")
    return {"longitude": region["lon"], "latitude": region["lat"]}


@pytest.fixture
def pocket(chromium: Browser, seat: Geolocation) -> Iterator[BrowserContext]:
    """Give a phone that says where it is."""
    made = chromium.new_context(
        viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True,
        permissions=["geolocation", "microphone"], geolocation=seat,
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def phone(pocket: BrowserContext) -> Iterator[Page]:
    """Give its page, which fails its test for any error of the script."""
    wrong: list[str] = []
    made = pocket.new_page()
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    assert wrong == []


def noise(width: int = 1400, height: int = 1000) -> bytes:
    """Make a picture nothing packs: some four megabytes of PNG."""
    draw = random.Random(4)
    rows = b"".join(b"\0" + draw.randbytes(width * 3) for _ in range(height))

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0))
        + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize("page", ["", "/tasks", "/report", "/shelters", "/roll"])
def test_a_page_with_all_that_it_asks_for_is_light_and_its_type_is_large(
    phone: Page, door: str, page: str
) -> None:
    wire = phone.context.new_cdp_session(phone)
    told: list[int] = []
    wire.on("Network.loadingFinished", lambda one: told.append(int(one["encodedDataLength"])))
    wire.send("Network.enable")
    phone.goto(f"{door}{page}", wait_until="networkidle")
    assert len(told) >= 2
    assert sum(told) < LIGHT
    size = phone.evaluate("getComputedStyle(document.body).fontSize")
    assert float(size.removesuffix("px")) >= 20
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert axe.both(phone, f"phone{page}") == []
    shoot(phone, f"phone{page.replace('/', '-')}")


def _tell_three(phone: Page) -> None:
    """Report a picture, a place and a voice, one after the other, without a signal."""
    out = phone.locator("#out")

    phone.get_by_label("出了什么事").fill("桥头的路塌了一半")
    phone.locator("#photo").set_input_files(
        {"name": "IMG.png", "mimeType": "image/png", "buffer": noise()}
    )
    expect(phone.locator(".chosen")).to_have_text("已选 1 个")
    phone.get_by_role("button", name="上报").tap()
    expect(out).to_contain_text("1 条待发送")
    expect(phone.get_by_label("出了什么事")).to_have_value("")

    phone.get_by_role("button", name="用我现在的位置").tap()
    expect(phone.locator(".placed")).to_contain_text("已定位")
    phone.get_by_label("出了什么事").fill("溪水漫过堤了")
    phone.get_by_role("button", name="上报").tap()
    expect(out).to_contain_text("2 条待发送")

    record = phone.locator("#rec")
    record.tap()
    expect(record).to_contain_text("说完了 1")
    record.tap()
    expect(record).to_contain_text("重新说")
    phone.get_by_role("button", name="上报").tap()
    expect(out).to_contain_text("3 条待发送")


def test_three_reports_wait_for_a_signal_in_a_closed_page_and_each_arrives_once(
    pocket: BrowserContext, phone: Page, door: str, chief: Office, seat: Geolocation
) -> None:
    before = {one["id"] for one in chief.get("/incidents?which=drafts")["items"]}
    phone.goto(f"{door}/report")
    pocket.set_offline(True)
    _tell_three(phone)
    shoot(phone, "phone-waiting")
    assert {one["id"] for one in chief.get("/incidents?which=drafts")["items"]} == before
    phone.close()

    # The phone was put away; a day later its owner opens another page of the link.
    pocket.set_offline(False)
    later = pocket.new_page()
    later.goto(f"{door}/tasks")
    expect(later.locator("#out")).to_contain_text("已报到")
    expect(later.locator("#out .wait")).to_have_count(0)
    later.evaluate("dispatchEvent(new Event('online'))")
    later.reload(wait_until="networkidle")
    expect(later.locator("#out")).to_be_hidden()

    rows = [
        chief.get(f"/incidents/{one['id']}")
        for one in chief.get("/incidents?which=drafts")["items"] if one["id"] not in before
    ]  # fmt: skip
    assert len(rows) == 3
    said = {row["what"].partition("\n")[0]: row for row in rows}
    photo = said["桥头的路塌了一半"]["files"][0]
    assert photo["mime"] == "image/jpeg"
    assert photo["size"] <= LIGHT_PHOTO
    assert said["溪水漫过堤了"]["lon"] == pytest.approx(seat["longitude"], abs=1e-5)
    voices = [one["mime"] for row in rows for one in row["files"] if row is not photo]
    assert any(mime.startswith(("audio/", "video/")) for mime in voices)


def test_a_village_finds_the_nearest_shelter_from_where_it_is_or_by_its_name(
    phone: Page, pocket: BrowserContext, door: str
) -> None:
    phone.goto(f"{door}/shelters")
    by_village = phone.locator(".task b").all_inner_texts()
    assert by_village
    expect(phone.locator(".task").first).to_contain_text("还能住")
    phone.get_by_role("button", name="用我现在的位置").tap()
    expect(phone.get_by_text("按现在的位置")).to_be_visible()
    shoot(phone, "phone-shelters-here")
    pocket.clear_permissions()
    phone.goto(f"{door}/shelters")
    phone.get_by_role("button", name="用我现在的位置").tap()
    expect(phone.locator(".placed")).to_have_text("没有取得定位，请选择所在的村")
    # Where the phone may not tell, the villages are there to choose from.
    expect(phone.get_by_label("在哪个村")).to_be_focused()
    phone.get_by_label("在哪个村").select_option(index=1)
    phone.get_by_role("button", name="查找").tap()
    expect(phone.locator("h1")).to_have_text("最近的避灾安置场所")


def test_an_answer_given_without_a_signal_is_sent_when_there_is_one(
    phone: Page, pocket: BrowserContext, door: str, chief: Office, task: Mapping[str, Any]
) -> None:
    phone.goto(f"{door}/tasks")
    # The first tap opens the task, the second one answers it.
    phone.get_by_role("link", name=task["title"]).first.tap()
    button = phone.get_by_role("button", name="已收到，开始转移")
    expect(button).to_be_in_viewport()
    pocket.set_offline(True)
    button.tap()
    expect(phone.locator("#out")).to_contain_text("1 条待发送")
    assert chief.get(f"/obligations/{task['id']}")["answered_at"] is None
    pocket.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator(".done")).to_contain_text("已经签收")
    steps = chief.get(f"/obligations/{task['id']}")["steps"]
    assert [one["verb"] for one in steps].count("answer") == 1
