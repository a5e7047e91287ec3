"""The page behind a short message on phones of every kind: read aloud, spoken to, no script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import Platform, log_in, shoot
from tests.browser.offices import Office, called, open_office, sms_link

pytestmark = pytest.mark.browser

#: As wide as the narrowest phone that is still sold.
PHONE = ViewportSize(width=360, height=740)
#: Writes down what the phone is asked to say: no machine without a loudspeaker tells it otherwise.
EARS = """window.heard = [];
const speak = SpeechSynthesis.prototype.speak;
SpeechSynthesis.prototype.speak = function (said) {
  window.heard.push([said.lang, said.text]); speak.call(this, said)
}"""


@pytest.fixture(scope="module")
def duty(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the officer on duty, beside the phones."""
    made = open_office(chromium, platform, "duty")
    yield made
    made.asked.dispose()


@pytest.fixture
def pocket(chromium: Browser) -> Iterator[BrowserContext]:
    """Give a phone."""
    made = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        is_mobile=True,
        has_touch=True,
        color_scheme="dark",
        permissions=["microphone"],
    )
    yield made
    made.close()


def test_the_page_reads_the_warning_aloud_at_once_and_when_asked(
    pocket: BrowserContext, platform: Platform, duty: Office
) -> None:
    alert = called(duty)
    link, _ = sms_link(duty, alert["id"])
    phone = pocket.new_page()
    phone.add_init_script(EARS)
    phone.goto(f"{platform.url}{link}")
    again = phone.get_by_role("button", name="读给我听")
    expect(again).to_be_visible()
    again.tap()
    heard = phone.evaluate("window.heard")
    assert len(heard) == 2
    for language, text in heard:
        assert language == "zh-CN"
        assert alert["text"] in text


def _silent(duty: Office, alert: str) -> set[str]:
    """List the calls that reached nobody; the board looks at them without touching any."""
    board = duty.get(f"/alerts/{alert}/board?standing=silent&size=1000")
    return {row["obligation"] for row in board["items"]}


def test_a_page_in_sight_says_so_and_one_that_is_only_fetched_does_not(
    pocket: BrowserContext, platform: Platform, duty: Office
) -> None:
    alert = called(duty)["id"]
    link, obligation = sms_link(duty, alert)
    assert duty.asked.get(f"{platform.url}{link}").ok
    assert obligation in _silent(duty, alert)
    phone = pocket.new_page()
    with phone.expect_response(lambda told: told.request.method == "POST") as seen:
        phone.goto(f"{platform.url}{link}")
    assert seen.value.status == 204
    assert obligation not in _silent(duty, alert)


def test_a_spoken_answer_goes_with_the_button_and_the_officer_hears_it(
    page: Page, pocket: BrowserContext, platform: Platform, duty: Office
) -> None:
    alert = called(duty)["id"]
    link, obligation = sms_link(duty, alert)
    phone = pocket.new_page()
    phone.goto(f"{platform.url}{link}")
    record = phone.locator("#rec")
    record.tap()
    expect(record).to_contain_text("说完了")
    expect(record).to_contain_text("2")
    shoot(phone, "village-speaks")
    record.tap()
    expect(record).to_contain_text("重新说")
    expect(phone.locator("#heard")).to_be_visible()
    expect(phone.get_by_role("button", name="需支援")).to_be_in_viewport()
    # Pressed in the middle of a second recording, the button ends it and takes it along.
    record.tap()
    expect(record).to_contain_text("说完了")
    expect(record).to_contain_text("2")
    phone.get_by_role("button", name="已到岗").tap()
    expect(phone.locator(".done")).to_contain_text("已反馈")

    (file,) = duty.get(f"/obligations/{obligation}")["files"]
    assert file["mime"].startswith(("audio/", "video/"))
    board = duty.get(f"/alerts/{alert}/board?standing=reported&size=1000")
    assert next(row for row in board["items"] if row["obligation"] == obligation)["spoken"]

    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/warn/board/{alert}")
    page.get_by_role("tab", name="已应", exact=False).click()
    page.get_by_role("link", name="听语音留言").first.click()
    page.wait_for_url(re.compile("/obligations/"))
    page.goto(f"{platform.url}/obligations/{obligation}")
    expect(page.locator("audio")).to_have_count(1)
    played = page.evaluate(
        "async () => { const a = document.querySelector('audio'); a.muted = true;"
        " await a.play(); return [a.error, a.readyState] }"
    )
    assert played[0] is None
    assert played[1] >= 2


def test_the_three_buttons_answer_on_a_phone_without_script_or_microphone(
    chromium: Browser, platform: Platform, duty: Office
) -> None:
    alert = called(duty)["id"]
    link, obligation = sms_link(duty, alert)
    old = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    phone = old.new_page()
    told = phone.goto(f"{platform.url}{link}")
    assert told is not None
    # A weak cell: the whole page is one answer of a few kilobytes.
    assert len(told.body()) < 12_000
    expect(phone.locator("#rec")).to_be_hidden()
    expect(phone.locator("#say")).to_be_hidden()
    for name in ("已收到", "已到岗", "需支援"):
        expect(phone.get_by_role("button", name=name)).to_be_in_viewport()
    phone.get_by_role("button", name="需支援").click()
    expect(phone.locator(".done")).to_be_visible()
    old.close()
    board = duty.get(f"/alerts/{alert}/board?standing=help&size=1000")
    assert obligation in {row["obligation"] for row in board["items"]}


def test_the_public_page_changes_under_its_reader_without_being_loaded_again(
    page: Page, platform: Platform, duty: Office
) -> None:
    title = called(duty)["title"]
    page.clock.install()
    page.goto(f"{platform.url}/cap/")
    kept = page.get_by_role("status")
    expect(kept).to_have_text("每分钟自动刷新。")
    page.evaluate("document.getElementById('list').replaceChildren(); window.reading = true")
    page.clock.fast_forward(61_000)
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(kept).to_contain_text("内容有变化")
    page.context.set_offline(True)
    page.clock.fast_forward(61_000)
    expect(kept).to_contain_text("连不上，内容停在")
    # What was last known stays in sight, and so does the place one was reading at.
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.evaluate("window.reading") is True
