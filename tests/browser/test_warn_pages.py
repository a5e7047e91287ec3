"""A storm night as officers live it: relay, refusals, the board, an answer from a village."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Locator, Page, ViewportSize, expect

from anlan.demo.users import PASSWORD
from tests.browser.conftest import Platform, log_in, shoot

pytestmark = pytest.mark.browser

#: As wide as the narrowest phone that is still sold.
PHONE = ViewportSize(width=360, height=740)


@dataclass(frozen=True)
class Office:
    """Somebody who asks the platform without a page."""

    asked: APIRequestContext
    url: str
    head: dict[str, str]

    def get(self, path: str) -> Any:
        """Ask; whatever is not answered fails the test."""
        told = self.asked.get(f"{self.url}/api/v1{path}")
        assert told.ok, told.text()
        return told.json()

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do a deed."""
        told = self.asked.post(f"{self.url}/api/v1{path}", data=dict(body or {}), headers=self.head)
        assert told.ok, told.text()
        return told.json() if told.text() else None


def _office(browser: Browser, platform: Platform, username: str) -> Office:
    asked = browser.new_context().request
    csrf = asked.get(f"{platform.url}/api/v1/session").json()["csrf"]
    told = asked.post(
        f"{platform.url}/api/v1/session",
        data={"username": username, "password": PASSWORD},
        headers={"X-CSRF-Token": csrf},
    )
    assert told.ok, told.text()
    return Office(asked, platform.url, {"X-CSRF-Token": told.json()["csrf"]})


@pytest.fixture(scope="module")
def duty(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the officer on duty, beside the pages."""
    made = _office(chromium, platform, "duty")
    yield made
    made.asked.dispose()


def _waiting(duty: Office, hazard: str) -> Mapping[str, Any]:
    items: list[Mapping[str, Any]] = duty.get(f"/alerts/received?state=waiting&hazard={hazard}")[
        "items"
    ]
    return items[0]


def _called(duty: Office) -> Mapping[str, Any]:
    """Give the alert of the demo night whose calls are under way."""
    items = duty.get("/alerts?state=in-force&hazard=rainstorm")["items"]
    return next(one for one in items if one["relayed"])


def _compose(page: Page, key: str) -> None:
    """Press a key while an input method is choosing a character."""
    page.evaluate(
        "key => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("
        "'keydown', {key, isComposing: true, bubbles: true, cancelable: true}))",
        key,
    )


def _figure(dialog: Locator, name: str) -> Locator:
    return dialog.locator("dl.figures > div", has_text=name).locator("dd")


def test_a_warning_without_an_area_cannot_go_out_until_somebody_says_where(
    page: Page, platform: Platform, duty: Office
) -> None:
    flood = _waiting(duty, "flood")
    assert flood["regions"] == []
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/inbox?at={flood['id']}")
    page.get_by_role("button", name="原文转发").click()
    dialog = page.get_by_role("dialog", name="原文转发并叫应")
    go = dialog.get_by_role("button", name="转发并叫应")
    expect(dialog.locator(".findings .stop")).to_contain_text("没有可用的影响范围")
    expect(go).to_be_disabled()
    shoot(page, "relay-refused")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(400)
    assert _waiting(duty, "flood")["id"] == flood["id"]

    # The place to mend it has the focus: a name and Enter are enough.
    page.keyboard.type("竹岚")
    page.get_by_role("option", name="竹岚乡", exact=False).first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(dialog.locator(".findings .stop")).to_have_count(0)
    expect(_figure(dialog, "叫应岗位")).to_have_text(re.compile(r"[1-9]"))
    expect(go).to_be_enabled()


def test_a_red_warning_is_relayed_by_keys_alone_while_an_input_method_is_on(
    page: Page, platform: Platform, duty: Office
) -> None:
    red = _waiting(duty, "rainstorm")
    log_in(page, platform, "duty")
    # A night on which something grave waits begins with it.
    expect(page).to_have_url(f"{platform.url}/warn/inbox")
    first = page.locator(".row[aria-current]")
    expect(first).to_contain_text("红色")
    expect(page.get_by_role("complementary", name="详情")).to_contain_text(red["text"])
    shoot(page, "warn-inbox")

    for key in ("r", "d", "Enter"):
        _compose(page, key)
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="原文转发并叫应")
    expect(_figure(dialog, "影响人口")).to_have_text(re.compile(r"\d{2,3},\d{3}"))
    expect(_figure(dialog, "消息")).to_have_text(re.compile(r"[1-9]"))
    expect(_figure(dialog, "叫到最后一个")).to_have_text(re.compile(r"\d"))
    expect(dialog.get_by_role("button", name="转发并叫应")).to_be_focused()
    shoot(page, "relay")
    _compose(page, "Enter")
    page.wait_for_timeout(300)
    expect(dialog.get_by_text("叫应已经开始")).to_have_count(0)

    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("已原文转发，叫应已经开始")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/warn/board/"))
    expect(page.locator(".tally .called dd")).to_have_text(re.compile(r"^[1-9]\d{2,}$"))
    shoot(page, "board")

    sent = _called(duty)
    assert (sent["level"], sent["action"]) == (1, "raise")
    assert sent["text"] == red["text"]
    assert (sent["station"], sent["sent_at"]) == (red["station"], red["sent_at"])
    bytes_ = duty.asked.get(f"{duty.url}/api/v1/alerts/received/{red['id']}/original").body()
    assert sent["text"].encode() in bytes_


def _own(duty: Office, level: int, **more: Any) -> str:
    body = {
        "kind": "government-alert", "hazard": "tailings", "level": level,
        "regions": ["339901103000"], "effective_at": None, **more,
    }  # fmt: skip
    made: str = duty.post("/alerts", body)["id"]
    return made


def test_an_own_alert_names_what_is_missing_and_where_to_mend_it(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/new")
    # Only what is ours to issue is offered.
    expect(page.get_by_text("本级政府预警")).to_be_visible()
    expect(page.get_by_text("气象灾害预警信号")).to_have_count(0)
    page.locator("[data-field=hazard] .el-select__wrapper").click()
    page.get_by_role("option", name="尾矿库", exact=False).first.click()
    page.locator("[data-field=level]").get_by_text("黄色").click()
    preview = page.get_by_label("预览")
    expect(preview).to_contain_text("没有影响范围，不能发送")
    preview.get_by_role("button", name="选地区").first.click()
    expect(page.locator("[data-field=regions] input").first).to_be_focused()
    page.get_by_role("button", name="石帆镇", exact=True).click()
    expect(preview).to_contain_text("石帆镇")
    expect(preview).to_contain_text("短信")
    # The elements of the law stand in its order.
    order = preview.locator("ol li span:first-child").all_inner_texts()
    assert order[:4] == ["类别", "级别", "起始时间", "可能影响范围"]
    shoot(page, "compose")


def test_orange_needs_a_second_person_and_then_goes_out(
    page: Page, platform: Platform, duty: Office, chromium: Browser
) -> None:
    drafted = _own(duty, 2)
    duty.post(f"/alerts/{drafted}/submit")
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/alerts/{drafted}")
    expect(page.get_by_text("须两人：", exact=False)).to_be_visible()
    page.get_by_role("button", name="签发", exact=False).click()
    expect(page.get_by_role("alert").filter(has_text="须第二人审核后签发")).to_be_visible()
    assert duty.get(f"/alerts/{drafted}")["issued_at"] is None
    shoot(page, "second-person")

    second = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    lead = second.new_page()
    log_in(lead, platform, "daiban")
    lead.goto(f"{platform.url}/warn/queue")
    lead.get_by_role("link", name="尾矿", exact=False).first.click()
    lead.get_by_role("button", name="审核通过").click()
    expect(lead.get_by_text("已审核通过")).to_be_visible()
    second.close()

    page.reload()
    page.get_by_role("button", name="签发", exact=False).click()
    expect(page.get_by_text("已签发")).to_be_visible()
    told = duty.get(f"/alerts/{drafted}")
    assert told["state"] == "issued"
    assert told["approved_by_name"] != told["issued_by_name"]


def test_an_alert_that_contradicts_one_in_force_is_stopped(
    page: Page, platform: Platform, duty: Office
) -> None:
    items = duty.get("/alerts?state=in-force&hazard=tailings")["items"]
    assert [one["level"] for one in items] == [2]
    other = _own(duty, 3)
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/alerts/{other}")
    stop = page.locator(".findings .stop")
    expect(stop).to_contain_text("与生效中的预警矛盾")
    expect(page.get_by_role("button", name="签发", exact=False)).to_be_disabled()
    stop.get_by_role("button", name="去看原预警").click()
    page.wait_for_url(re.compile("/warn/alerts$"))
    row = page.locator("li", has_text="尾矿")
    row.get_by_role("button", name="解除").click()
    dialog = page.get_by_role("dialog", name="解除预警")
    dialog.get_by_role("button", name="起草").click()
    expect(dialog.get_by_text("请写明理由").first).to_be_visible()
    dialog.get_by_role("textbox").fill("险情已排除")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("险情已排除").first).to_be_visible()
    # The end of an orange alert has its second person too; until then it stays in force.
    expect(page.get_by_text("须两人：", exact=False)).to_be_visible()
    assert len(duty.get("/alerts?state=in-force&hazard=tailings")["items"]) == 1


def _tally(page: Page, name: str) -> int:
    return int(page.locator(f".tally .{name} dd").inner_text())


def test_a_township_sees_its_own_board_and_answers_for_its_villages(
    page: Page, platform: Platform, duty: Office
) -> None:
    alert = _called(duty)["id"]
    whole = duty.get(f"/alerts/{alert}/board")["counts"]["called"]
    log_in(page, platform, "xiangzhen")
    page.goto(f"{platform.url}/warn/board/{alert}")
    expect(page.get_by_role("heading", name="各村社")).to_be_visible()
    assert 0 < _tally(page, "called") < whole
    shoot(page, "board-township")
    before = _tally(page, "silent")
    page.get_by_role("button", name="只叫没应的", exact=False).click()
    expect(page.get_by_text("个没有应答的岗位", exact=False)).to_be_visible()

    page.get_by_role("button", name="代答", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="代答")
    _compose(page, "1")
    page.wait_for_timeout(300)
    expect(dialog).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("已代为记下")).to_be_visible()
    expect(page.locator(".tally .silent dd")).to_have_text(str(before - 1))
    page.locator(".tiles button").first.click()
    expect(page.get_by_role("link", name="回到全部")).to_be_visible()


def _link(duty: Office, alert: str) -> tuple[str, str]:
    """Find the newest short message of a called post that was sent and not answered."""
    board = duty.get(f"/alerts/{alert}/board?standing=silent&size=1000")
    for row in board["items"]:
        sent = duty.get(f"/comms/messages?purpose={row['obligation']}&channel=sms&state=sent")
        for message in sent["items"]:
            text = duty.get(f"/comms/messages/{message['id']}")["text"]
            found = re.search(r"/m/[\w-]+", text)
            if found:
                return found[0], row["obligation"]
    pytest.fail("no short message with a link was sent")


def test_a_village_answers_on_a_narrow_phone_in_two_taps_and_the_board_shows_it(
    page: Page, platform: Platform, duty: Office, chromium: Browser
) -> None:
    alert = _called(duty)["id"]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/board/{alert}")
    expect(page.locator(".tally .called dd")).to_be_visible()
    reported = _tally(page, "reported")
    link, obligation = _link(duty, alert)

    pocket = chromium.new_context(viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
    phone = pocket.new_page()
    phone.goto(f"{platform.url}{link}")  # the first tap: the link in the message
    button = phone.get_by_role("button", name="已到岗")
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shoot(phone, "village-link")
    button.tap()  # the second
    expect(phone.locator(".done")).to_be_visible()
    pocket.close()

    row = next(
        one
        for one in duty.get(f"/alerts/{alert}/board?standing=reported&size=2000")["items"]
        if one["obligation"] == obligation
    )
    assert (row["said"], row["standing"], row["on_behalf"]) == ("on-post", "reported", False)
    # The board moves by itself, without anybody pressing anything.
    expect(page.locator(".tally .reported dd")).to_have_text(str(reported + 1))


def test_the_call_sheet_takes_one_key_a_call(page: Page, platform: Platform, duty: Office) -> None:
    alert = _called(duty)["id"]
    for _ in range(100):
        lines = duty.get(f"/comms/sheet?alert={alert}&size=2000")["items"]
        if any(line["phones"] for line in lines):
            break
        page.wait_for_timeout(300)
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/sheet?alert={alert}")
    expect(page.locator(".now blockquote")).to_contain_text("预警叫应")
    who = page.locator(".row[aria-current]").inner_text()
    _compose(page, "1")
    page.wait_for_timeout(300)
    assert page.locator(".row[aria-current]").inner_text() == who
    page.keyboard.press("1")
    expect(page.get_by_text("已打 1 个")).to_be_visible()
    page.keyboard.press("4")
    expect(page.get_by_text("已打 2 个")).to_be_visible()
    shoot(page, "call-sheet")
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
    kept = _waiting(duty, "lightning")
    assert kept["text"] == text
    assert [one["name"] for one in kept["regions"]] == ["枫汀镇"]


def _now(page: Page) -> str:
    told: str = page.evaluate(
        "new Date(Date.now() + 8 * 36e5).toISOString().slice(0, 16).replace('T', ' ')"
    )
    return told


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
    alert = _called(duty)["id"]
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
        page.goto(f"{platform.url}{path}")
        page.wait_for_timeout(1000)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide at {width}"
        name = re.sub(r"\W+", "-", path.replace(_called(duty)["id"], "one")).strip("-")
        shoot(page, f"{width}-{name}")


def test_every_figure_of_the_wall_can_be_read_from_eight_metres(
    page: Page, platform: Platform, duty: Office
) -> None:
    page.set_viewport_size({"width": 3840, "height": 2160})
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/board/{_called(duty)['id']}?wall=1")
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
