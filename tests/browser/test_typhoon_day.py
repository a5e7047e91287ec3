"""The Lekima day on screens: the officer, the commander, and something real in it."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.base.conftest import RealWorkspace
from anlan.kernel import clock
from anlan.warn.tests.conftest import national
from tests.browser import gauges, typhoon
from tests.browser.conftest import HEIGHT, WIDTH, Platform, log_in, shoot, shown
from tests.browser.offices import Office, open_office
from tests.browser.typhoon import Night

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow(module_s=200),
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]

FAR_TOWN = f"{typhoon.TAKEN[:9]}000"


@pytest.fixture(scope="module")
def night(
    migrated: RealWorkspace,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Night]:
    """Give the storm's night in a county of two townships, from 04:24."""
    with typhoon.falling(tmp_path_factory.mktemp("lekima"), migrated) as made:
        made.play("04:28")
        yield made


class Seats:
    """Everybody at their screens; a page that fails fails the test."""

    def __init__(self, browser: Browser, place: Platform) -> None:
        self._browser, self._place = browser, place
        self._pages: dict[str, Page] = {}
        self.wrong: list[str] = []

    def at(self, username: str, path: str) -> Page:
        """Give the screen of an account, at a page."""
        if username not in self._pages:
            context = self._browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN"
            )
            self._pages[username] = page = context.new_page()
            page.on("pageerror", lambda error: self.wrong.append(str(error)))
            log_in(page, self._place, username)
        page = self._pages[username]
        page.goto(self._place.url + path)
        shown(page)
        return page

    def close(self) -> None:
        """Leave."""
        for page in self._pages.values():
            page.context.close()


@pytest.fixture
def seats(night: Night, chromium: Browser) -> Iterator[Seats]:
    """Give the screens of the exercise."""
    made = Seats(chromium, night.drill)
    yield made
    made.close()
    assert made.wrong == []


@pytest.fixture(scope="module")
def chief(night: Night, chromium: Browser) -> Iterator[Office]:
    made = open_office(chromium, night.drill, "zhihui")
    yield made
    made.asked.dispose()


@pytest.fixture(scope="module")
def duty(night: Night, chromium: Browser) -> Iterator[Office]:
    made = open_office(chromium, night.drill, "duty")
    yield made
    made.asked.dispose()


def test_the_officer_sees_alarms_and_warnings_come_in_and_passes_a_red_one_on(
    seats: Seats, duty: Office
) -> None:
    page = seats.at("duty", "/alarms")
    expect(page.locator("aside.strip")).to_contain_text("演练 · 不是真的")
    items = duty.get("/alerts/received?state=waiting&hazard=flash-flood")["items"]
    page = seats.at("duty", f"/warn/inbox?at={items[0]['id']}")
    shoot(page, "lekima-2-inbox")
    page.get_by_role("button", name="原文转发").click()
    dialog = page.get_by_role("dialog", name="原文转发并叫应")
    expect(dialog.get_by_role("button", name="转发并叫应")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("已原文转发，叫应已经开始")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/warn/board/"))
    expect(page.locator(".tally .called dd")).to_have_text(re.compile(r"^[1-9]\d+$"))
    shoot(page, "lekima-3-board")


def test_the_commander_starts_the_response_that_is_proposed_and_gives_an_order(
    seats: Seats, chief: Office
) -> None:
    page = seats.at("zhihui", "/respond")
    card = page.locator("article, li, section").filter(has_text="建议启动防汛").last
    expect(card).to_be_visible()
    shoot(page, "lekima-4-proposals")
    card.get_by_role("button", name="启动", exact=True).click()
    dialog = page.get_by_role("dialog", name="启动应急响应")
    expect(dialog.get_by_text("启动后立即下达")).to_be_visible()
    dialog.get_by_role("textbox", name="理由").fill("会商一致")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=re.compile("^防汛.*级$"), level=1)).to_be_visible()
    shown(page)
    shoot(page, "lekima-5-response")

    title = "查清枫岭头村一带的道路和通信"
    chief.post("/orders", {"title": title, "regions": [FAR_TOWN], "roles": ["duty-officer"]})
    page = seats.at("zhihui", "/respond/orders")
    expect(page.get_by_text(title)).to_be_visible()
    shoot(page, "lekima-6-order")


def _warned(night: Night, chromium: Browser) -> Office:
    """Let a department really warn; gives the live officer."""
    live = open_office(chromium, night.live, "duty")
    original = national(sent=clock.real_now(), codes=("339901000000",))
    told = live.asked.post(
        f"{night.live.url}/api/v1/alerts/inbox", data=original,
        headers={**live.head, "Content-Type": "application/xml"},
    )  # fmt: skip
    assert told.ok, told.text()
    return live


def test_what_is_really_the_matter_is_said_over_the_drill_until_somebody_took_it_in_hand(
    seats: Seats, night: Night, chromium: Browser
) -> None:
    page = seats.at("duty", "/warn/inbox")
    real = page.get_by_role("region", name="转实战")
    expect(real).to_have_count(0)
    rivers = gauges.begun(chromium, night.live.url)
    alarm = rivers.flood(rivers.rivers[0])
    expect(real).to_contain_text(alarm["title"])
    expect(real).to_contain_text(alarm["place"])
    go = real.get_by_role("link", name="去正式工作区")
    assert go.get_attribute("href") == f"{night.live.url.rstrip('/')}/alarms"
    shoot(page, "lekima-13-real")

    live = _warned(night, chromium)
    expect(real).to_contain_text("2 件真实报警")
    night.play("04:36")
    live.post("/alarms/acknowledge", {"ids": [alarm["id"]]})
    expect(real).to_contain_text("1 件真实报警", timeout=90_000)  # told every minute
    live.asked.dispose()


def test_the_village_nobody_listed_comes_to_the_top_once_it_is_silent_and_any_minute_is_played_back(
    seats: Seats, night: Night, chief: Office
) -> None:
    night.play("04:44")
    page = seats.at("duty", "/warn/inbox")
    silent = page.get_by_text("枫岭头村").first
    expect(silent).to_be_visible()
    box = silent.bounding_box()
    first = page.locator(".row").first.bounding_box()
    assert box
    assert first
    assert box["y"] < first["y"]
    shoot(page, "lekima-14-silent")
    page = seats.at("duty", "/alarms")
    expect(page.get_by_role("link", name=re.compile(r"^报警台 \d+"))).to_be_visible()
    shoot(page, "lekima-1-alarms")
    case = chief.get("/responses")["items"][0]["case"]
    page = seats.at("duty", f"/cases/{case}")
    slider = page.get_by_role("slider", name="回放时刻")
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuetext", before or "")
    shoot(page, "lekima-15-case")
