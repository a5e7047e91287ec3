"""People are moved out of danger: on the desk, and on a phone that has no signal."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from anlan.demo.evacuating import TITLE
from tests.browser import axe
from tests.browser.conftest import Platform, log_in, shoot, visit
from tests.browser.offices import Office, open_office

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)
#: So little a first answer may weigh, packed (bytes).
LIGHT = 25_000


@pytest.fixture(scope="module")
def chief(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the commander, beside the phones."""
    made = open_office(chromium, platform, "zhihui")
    yield made
    made.asked.dispose()


def _batch(chief: Office) -> str:
    items = chief.get("/evacuations")["items"]
    return next(str(one["id"]) for one in items if one["title"] == TITLE)


def test_the_desk_sees_what_is_due_where_and_who_is_left(page: Page, platform: Platform) -> None:
    log_in(page, platform, "zhihui")
    visit(page, platform, "/evacuations")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.locator(".sums .num").first).to_have_text(re.compile(r"^≥?\d+$"))
    expect(page.get_by_text("其中拒转")).to_be_visible()
    assert axe.both(page, "evacuation") == []
    shoot(page, "evacuation")
    page.get_by_text("花名册", exact=True).click()
    expect(page.locator(".sheet tbody tr").first.locator(".tag.late").first).to_be_visible()
    expect(page.locator(".sheet tbody")).to_contain_text("**")
    assert axe.both(page, "evacuation-roll") == []
    shoot(page, "evacuation-roll")
    page.get_by_text("安置场所", exact=True).click()
    expect(page.locator(".places li").first).to_contain_text("容量")
    assert axe.both(page, "evacuation-shelters") == []
    shoot(page, "evacuation-shelters")


def test_a_phone_without_a_signal_keeps_its_ticks_and_sends_each_once(
    chromium: Browser, platform: Platform, chief: Office
) -> None:
    batch = _batch(chief)
    village = next(
        one for one in chief.get(f"/evacuations/{batch}")["villages"]
        if one["lead"] and one["sums"]["pending"]["people"]
    )  # fmt: skip
    owed = chief.get("/obligations?scope=all&kind=evacuate&size=200")["items"]
    (obligation,) = [one["id"] for one in owed if one["region"] == village["region"]]
    key = next(iter(chief.post(f"/obligations/{obligation}/link")["links"]))["url"].rpartition("/")[
        2
    ]
    pocket = chromium.new_context(viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
    phone = pocket.new_page()
    with phone.expect_response("**/roll") as first:
        phone.goto(f"{platform.url}/m/{key}/roll")
    assert len(first.value.body()) < 8 * LIGHT
    expect(phone.get_by_role("heading", name=village["name"])).to_be_visible()
    shoot(phone, "roll-360")
    before = village["sums"]["relatives"]["people"]
    pocket.set_offline(True)
    card = phone.locator("a.home").first
    card.tap()
    shoot(phone, "roll-sheet-360")
    phone.locator("#sheet").get_by_role("button", name="投亲靠友").tap()
    expect(card.locator(".st")).to_have_text("投亲靠友")
    expect(phone.locator("#wait")).to_have_text("1 条待发送")
    pocket.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator("#wait")).to_be_hidden()
    rows = {one["region"]: one for one in chief.get(f"/evacuations/{batch}")["villages"]}
    after = rows[village["region"]]["sums"]
    assert after["relatives"]["people"] > before
    assert after["due"] == village["sums"]["due"]
    pocket.close()
