"""What stands beside a storm night: call sheet, pasted texts, doubtful words, every screen."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import Platform, log_in, shoot, visit
from tests.browser.offices import Office, called, compose, open_office, waiting

pytestmark = pytest.mark.browser

#: As wide as the narrowest phone that is still sold.
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="module")
def duty(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the officer on duty, beside the pages."""
    made = open_office(chromium, platform, "duty")
    yield made
    made.asked.dispose()


def test_the_call_sheet_takes_one_key_a_call(page: Page, platform: Platform, duty: Office) -> None:
    alert = called(duty)["id"]
    for _ in range(100):
        lines = duty.get(f"/comms/sheet?alert={alert}&size=2000")["items"]
        if any(line["phones"] for line in lines):
            break
        page.wait_for_timeout(300)
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/sheet?alert={alert}")
    expect(page.locator(".now blockquote")).to_contain_text("预警叫应")
    who = page.locator(".row[aria-current]").inner_text()
    compose(page, "1")
    page.wait_for_timeout(300)
    assert page.locator(".row[aria-current]").inner_text() == who
    page.keyboard.press("1")
    expect(page.get_by_text("已打 1 个")).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_text("已打 2 个")).to_be_visible()
    shoot(page, "call-sheet")
    # Somebody else takes the line at hand: nobody else slips under the finger.
    held = page.locator(".now h2").inner_text()
    lines = duty.get(f"/comms/sheet?alert={alert}&size=2000")["items"]
    line = next(one for one in lines if f"{one['post_title']} {one['person_name']}" == held)
    answer = {"result": "connected", "phone": "", "reply": "received"}
    duty.post(f"/comms/messages/{line['message']}/note", answer)
    expect(page.get_by_text("这一条不用再打了", exact=False)).to_be_visible()
    assert page.locator(".now h2").inner_text() == held
    page.keyboard.press("ArrowDown")
    expect(page.locator(".now h2")).not_to_have_text(held)
    page.emulate_media(media="print")
    expect(page.locator(".paper table")).to_be_visible()
    expect(page.locator("header.bar")).to_be_hidden()


def test_a_pasted_text_is_recognised_confirmed_and_kept_as_it_is(
    page: Page, platform: Platform, duty: Office
) -> None:
    text = "云屿县气象台发布雷电橙色预警信号：预计未来2小时枫汀镇雷电活动频繁，请注意防范。"
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/paste")
    page.get_by_label("预警原文").fill(text)
    take = page.get_by_role("button", name="录入", exact=False).last
    expect(page.get_by_text("项要确认", exact=False)).to_be_visible()
    expect(take).to_be_disabled()
    while (confirm := page.get_by_role("button", name="没错")).count():
        confirm.first.click()
    sent = page.get_by_label("发布时间")
    if not sent.input_value():
        sent.fill(_now(page))
        page.keyboard.press("Enter")
    expect(take).to_be_enabled()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/warn/inbox"))
    kept = waiting(duty, "lightning")
    assert kept["text"] == text
    assert [one["name"] for one in kept["regions"]] == ["枫汀镇"]


def _now(page: Page) -> str:
    told: str = page.evaluate(
        "new Date(Date.now() + 8 * 36e5).toISOString().slice(0, 16).replace('T', ' ')"
    )
    return told


#: Of a saved picture: of the points on the drawing's strokes, how many bear ink.
INKED = """async ([png, glyph]) => {
  const shown = new Image()
  shown.src = png
  await shown.decode()
  const sheet = document.createElement('canvas')
  sheet.width = shown.width; sheet.height = shown.height
  const brush = sheet.getContext('2d')
  brush.drawImage(shown, 0, 0)
  const at = (x, y) => [...brush.getImageData(x, y, 1, 1).data].join()
  const ground = at(60, 60), path = new Path2D(glyph)
  brush.lineWidth = 1
  let points = 0, inked = 0
  for (let x = 0; x < 100; x++) for (let y = 0; y < 100; y++)
    if (brush.isPointInStroke(path, x, y)) {
      points++
      inked += at(195 + x * 3.3, 50 + y * 3.3) !== ground
    }
  return [points, inked]
}"""


def test_the_picture_of_a_warning_bears_the_drawing_of_its_hazard(
    page: Page, platform: Platform, duty: Office
) -> None:
    alert = called(duty)["id"]
    glyph = duty.get(f"/alerts/{alert}")["glyph"]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/alerts/{alert}")
    with page.expect_download() as saved:
        page.get_by_role("button", name="存图标").click()
    png = base64.b64encode(saved.value.path().read_bytes()).decode()
    points, inked = page.evaluate(INKED, [f"data:image/png;base64,{png}", glyph])
    assert points > 50
    assert inked == points


def test_doubtful_words_wait_for_a_person(page: Page, platform: Platform, duty: Office) -> None:
    waiting = duty.get("/comms/replies?open=1")["items"]
    assert waiting
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/replies")
    expect(page.get_by_text(waiting[0]["text"], exact=False)).to_be_visible()
    shoot(page, "replies")
    page.locator("li", has_text=waiting[-1]["text"]).get_by_role("button", name="不是答复").click()
    expect(page.get_by_text("已记为不是答复")).to_be_visible()
    assert len(duty.get("/comms/replies?open=1")["items"]) == len(waiting) - 1


def _pages(duty: Office) -> list[str]:
    alert = called(duty)["id"]
    return [
        "/warn/inbox", "/warn/paste", "/warn/refused", "/warn/new", "/warn/queue", "/warn/alerts",
        f"/warn/alerts/{alert}", "/warn/board", f"/warn/board/{alert}",
        f"/warn/board/{alert}?wall=1", "/warn/sheet", "/warn/messages", "/warn/replies",
        "/warn/gaps", "/warn/channels", "/warn/readiness", "/warn/coverage",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(360, 740), (3840, 2160)])
def test_the_pages_of_warnings_fit_a_phone_and_a_wall(
    page: Page, platform: Platform, duty: Office, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, platform, "duty")
    for path in _pages(duty):
        visit(page, platform, path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide at {width}"
        name = re.sub(r"\W+", "-", path.replace(called(duty)["id"], "one")).strip("-")
        shoot(page, f"{width}-{name}")


def test_every_figure_of_the_wall_can_be_read_from_eight_metres(
    page: Page, platform: Platform, duty: Office
) -> None:
    page.set_viewport_size({"width": 3840, "height": 2160})
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/board/{called(duty)['id']}?wall=1")
    expect(page.locator(".wall .tile strong").first).to_be_visible()
    # On a wall three metres wide 40 px are 31 mm: legible at eight metres, as signs are made.
    sizes = json.loads(
        page.evaluate(
            "JSON.stringify([...document.querySelectorAll('.wall .tile strong, .wall .tile b,"
            " .wall .great b, .wall aside strong')].map(e => parseFloat("
            "getComputedStyle(e).fontSize)))"
        )
    )
    assert sizes
    assert min(sizes) >= 56
    # And nothing is left to scroll to.
    assert page.evaluate("document.querySelector('.wall').scrollHeight <= innerHeight + 1")


def test_a_failed_message_is_sent_again_once_its_cause_is_mended(
    page: Page, platform: Platform, duty: Office, chromium: Browser
) -> None:
    failed = duty.get("/comms/messages?state=failed&reason=no-number&channel=sms")["items"][0]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/messages?state=failed")
    page.locator("tbody tr", has_text=failed["post_title"]).first.click()
    pane = page.get_by_role("complementary", name="详情")
    expect(pane).to_contain_text("没有可用的号码")
    # Nothing is mended yet: what is sent again fails again, and says why.
    pane.get_by_role("button", name="重发").click()
    expect(page.get_by_text("条已放回队列", exact=False)).to_be_visible()
    assert _settled(page, duty, failed["id"])["reason"] == "no-number"

    section = open_office(chromium, platform, "keshi")
    for phone in section.get(f"/registers/phones?person={failed['person']}")["items"]:
        told = section.asked.patch(
            f"{section.url}/api/v1/registers/phones/{phone['id']}",
            data={"dead": False, "version": phone["version"]},
            headers=section.head,
        )
        assert told.ok, told.text()
    section.asked.dispose()
    page.reload()
    page.locator("tbody tr", has_text=failed["post_title"]).first.click()
    pane.get_by_role("button", name="重发").click()
    expect(page.get_by_text("条已放回队列", exact=False)).to_be_visible()
    sent = _settled(page, duty, failed["id"])
    assert (sent["state"], sent["tries"]) == ("sent", 1)


def _settled(page: Page, duty: Office, message: str) -> Mapping[str, Any]:
    """Wait until a message is no longer on its way."""
    for _ in range(100):
        told: Mapping[str, Any] = duty.get(f"/comms/messages/{message}")
        if told["state"] not in ("queued", "sending"):
            return told
        page.wait_for_timeout(200)
    pytest.fail("the message stayed on its way for 20 s")
