"""A storm night as officers live it: relay, refusals, the board, an answer from a village."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import Platform, come_in, log_in, shoot, visit
from tests.browser.offices import (
    Office,
    called,
    compose,
    method_takes,
    open_office,
    sms_link,
    waiting,
    write_by_method,
)

pytestmark = pytest.mark.browser

#: The single keys of the pages of a storm night, and what people write with.
LETTERS = "rdjkpbscfaoegn/?"
#: As wide as the narrowest phone that is still sold.
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="module")
def duty(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the officer on duty, beside the pages."""
    made = open_office(chromium, platform, "duty")
    yield made
    made.asked.dispose()


def _figure(dialog: Locator, name: str) -> Locator:
    return dialog.locator("dl.figures > div", has_text=name).locator("dd")


@pytest.mark.parametrize("path", ["/warn/inbox", "/warn/board/{alert}", "/warn/sheet", "/alarms"])
def test_what_an_input_method_takes_is_no_key_of_ours(
    page: Page, platform: Platform, duty: Office, path: str
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, path.format(alert=called(duty)["id"]))
    here = page.url
    marked = page.locator("[aria-current=true], [aria-selected=true]")
    before = marked.all_inner_texts()
    for key in (*LETTERS, *"123456", "Enter", "ArrowDown", "Escape"):
        compose(page, key)
        method_takes(page, key)
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert (page.url, marked.all_inner_texts()) == (here, before)
    assert page.evaluate("document.activeElement === document.body")


def test_a_word_is_written_in_pinyin_and_only_the_word_is_looked_for(
    page: Page, platform: Platform, duty: Office
) -> None:
    assert waiting(duty, "rainstorm")["level"] == 1
    log_in(page, platform, "duty")
    visit(page, platform, "/warn/inbox")
    row = page.locator(".row[aria-current]")
    expect(row).to_contain_text("红色")
    page.keyboard.press("/")
    field = page.get_by_role("textbox", name="找标题、发布单位、正文")
    expect(field).to_be_focused()
    write_by_method(page, "baoyu", "暴雨")
    expect(field).to_have_value("暴雨")
    # Neither a letter nor the Enter that chose the word did anything but write.
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row).to_contain_text("暴雨")


def test_a_warning_without_an_area_cannot_go_out_until_somebody_says_where(
    page: Page, platform: Platform, duty: Office
) -> None:
    flood = waiting(duty, "flood")
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
    assert waiting(duty, "flood")["id"] == flood["id"]

    # The place to mend it has the focus: a name and Enter are enough.
    page.keyboard.type("竹岚")
    page.get_by_role("option", name="竹岚乡", exact=False).first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(dialog.locator(".findings .stop")).to_have_count(0)
    expect(_figure(dialog, "叫应岗位")).to_have_text(re.compile(r"[1-9]"))
    expect(go).to_be_enabled()


class Keyboard:
    """Somebody who has nothing but the keys; how often they pressed one is counted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        """Press a key, or one with another held down."""
        self._page.keyboard.press(key)
        self.pressed += 1


def test_a_red_warning_is_relayed_by_keys_alone_while_an_input_method_is_on(
    page: Page, platform: Platform, duty: Office
) -> None:
    red = waiting(duty, "rainstorm")
    come_in(page, platform, "duty")
    keys = Keyboard(page)
    # A night on which something grave waits begins with it.
    expect(page).to_have_url(f"{platform.url}/warn/inbox")
    first = page.locator(".row[aria-current]")
    expect(first).to_contain_text("红色")
    expect(page.get_by_role("complementary", name="详情")).to_contain_text(red["text"])
    shoot(page, "warn-inbox")

    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="原文转发并叫应")
    expect(_figure(dialog, "影响人口")).to_have_text(re.compile(r"\d{2,3},\d{3}"))
    expect(_figure(dialog, "消息")).to_have_text(re.compile(r"[1-9]"))
    expect(_figure(dialog, "叫到最后一个")).to_have_text(re.compile(r"\d"))
    expect(dialog.get_by_role("button", name="转发并叫应")).to_be_focused()
    shoot(page, "relay")
    for key in (*LETTERS, "Enter"):
        compose(page, key)
        method_takes(page, key)
    page.wait_for_timeout(300)
    expect(dialog.get_by_text("叫应已经开始")).to_have_count(0)

    keys.press("Control+Enter")
    expect(dialog.get_by_text("已原文转发，叫应已经开始")).to_be_visible()
    # Two keys from the opened message: a minute is enough to read it twice.
    assert keys.pressed <= 2
    keys.press("Enter")
    page.wait_for_url(re.compile("/warn/board/"))
    expect(page.locator(".tally .called dd")).to_have_text(re.compile(r"^[1-9]\d{2,}$"))
    assert keys.pressed <= 3
    shoot(page, "board")

    sent = called(duty)
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


def _messages(duty: Office, alert: str) -> Iterator[Mapping[str, Any]]:
    """Walk every message of an alert's calls, as the county sees them."""
    for number in range(1, 100):
        items = duty.get(f"/comms/messages?alert={alert}&size=500&page={number}")["items"]
        yield from items
        if len(items) < 500:
            return


def _tries(duty: Office, alert: str) -> set[str]:
    return {message["id"] for message in _messages(duty, alert)}


def _called_again(page: Page, duty: Office, alert: str, before: set[str]) -> set[str]:
    """Tell whose calls have messages that were not there before; wait for the first."""
    for _ in range(60):
        found = {one["purpose"] for one in _messages(duty, alert) if one["id"] not in before}
        if found:
            return found
        page.wait_for_timeout(500)
    pytest.fail("one press called nobody")


def test_a_township_sees_its_own_board_and_calls_its_own_silent_villages_only(
    page: Page, platform: Platform, duty: Office, chromium: Browser
) -> None:
    alert = called(duty)["id"]
    whole = duty.get(f"/alerts/{alert}/board")["counts"]["called"]
    log_in(page, platform, "xiangzhen")
    page.goto(f"{platform.url}/warn/board/{alert}")
    expect(page.get_by_role("heading", name="各村社")).to_be_visible()
    assert 0 < _tally(page, "called") < whole
    shoot(page, "board-township")
    town = open_office(chromium, platform, "xiangzhen")
    seen = town.get(f"/alerts/{alert}/board?size=1000")
    assert len({place["region"][:9] for place in seen["by_place"]}) == 1
    before = _tally(page, "silent")
    tried = _tries(duty, alert)
    page.get_by_role("button", name="只叫没应的", exact=False).click()
    expect(page.get_by_text("个没有应答的岗位", exact=False)).to_be_visible()
    again = _called_again(page, duty, alert, tried)
    silent = {row["obligation"] for row in seen["items"] if row["answered_at"] is None}
    assert again <= silent
    town.asked.dispose()

    page.get_by_role("button", name="代答", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="代答")
    compose(page, "1")
    page.wait_for_timeout(300)
    expect(dialog).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("已代为记下")).to_be_visible()
    expect(page.locator(".tally .silent dd")).to_have_text(str(before - 1))
    page.locator(".tiles button").first.click()
    expect(page.get_by_role("link", name="回到全部")).to_be_visible()


def test_a_village_answers_on_a_narrow_phone_in_two_taps_and_the_board_shows_it(
    page: Page, platform: Platform, duty: Office, chromium: Browser
) -> None:
    alert = called(duty)["id"]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/board/{alert}")
    expect(page.locator(".tally .called dd")).to_be_visible()
    reported = _tally(page, "reported")
    link, obligation = sms_link(duty, alert)

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
