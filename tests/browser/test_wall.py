"""The command hall: let in by a key of its address, ten figures, pages that turn, a lost line."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.kernel.clock import real_now
from tests.browser.conftest import Platform, log_in, shoot

pytestmark = pytest.mark.browser

COUNTY = "339901000000"
#: Read from eight metres: a figure at least an eighteenth of the height, text a sixtieth.
FIGURE, TEXT = 1 / 18, 1 / 60
SIZES = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) / innerHeight)"


def _key(page: Page, platform: Platform, bound: str = "127.0.0.1") -> str:
    """Have the security administrator make a key for the screens of an address."""
    log_in(page, platform, "secadmin")
    door = f"{platform.url}/api/v1/session"
    made = page.request.post(
        f"{platform.url}/api/v1/wall-keys",
        data={
            "name": "指挥大厅", "region": COUNTY, "bound": bound,
            "expires": (real_now() + timedelta(hours=8)).isoformat(),
        },
        headers={"X-CSRF-Token": page.request.get(door).json()["csrf"]},
    )  # fmt: skip
    assert made.status == 201, made.text()
    return str(made.json()["token"])


@pytest.fixture(params=[(1920, 1080), (3840, 2160)], ids=["1080p", "4K"])
def screen(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Give a screen nobody has ever logged in at, whose clock the test turns."""
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.clock.install()
    yield page
    context.close()


def _told(screen: Page, platform: Platform, key: str) -> dict[str, Any]:
    answer = screen.request.get(
        f"{platform.url}/api/v1/wall", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.ok, answer.text()
    return dict(answer.json())


def test_a_wall_is_let_in_by_its_key_and_turns_its_pages(
    page: Page, platform: Platform, screen: Page
) -> None:
    key = _key(page, platform)
    screen.goto(f"{platform.url}/wall#{key}")
    cells = screen.locator("[data-figure]")
    expect(cells).to_have_count(10)
    assert key not in screen.url

    for figure in _told(screen, platform, key)["figures"]:
        cell = screen.locator(f"[data-figure={figure['key']}]")
        told = "—" if figure["value"] is None else f"{figure['value']:,.{figure['digits']}f}"
        expect(cell.locator(".value b")).to_have_text(told)
        expect(cell).to_have_class(re.compile("stale" if figure["stale"] else "cell"))
    assert min(screen.locator(".value b").evaluate_all(SIZES)) >= FIGURE
    assert min(screen.locator(".cell span, .cell a, header *").evaluate_all(SIZES)) >= TEXT
    shoot(screen, f"wall-{screen.viewport_size['width'] if screen.viewport_size else ''}")

    turned = screen.locator(".turns")
    expect(turned).to_contain_text("1/4")
    screen.clock.run_for(21_000)
    expect(turned).to_contain_text("2/4")
    expect(screen.get_by_role("heading", name="待决策事项")).to_be_visible()
    screen.keyboard.press(" ")
    expect(turned).to_contain_text("已停住")
    screen.clock.run_for(60_000)
    expect(turned).to_contain_text("2/4")
    for place in ("3/4", "4/4", "1/4"):
        screen.keyboard.press("ArrowRight")
        expect(turned).to_contain_text(place)


def test_a_wall_that_hears_nothing_says_so_and_comes_back(
    page: Page, platform: Platform, screen: Page
) -> None:
    screen.goto(f"{platform.url}/wall#{_key(page, platform)}")
    expect(screen.locator("[data-figure]")).to_have_count(10)
    screen.keyboard.press(" ")
    screen.context.set_offline(True)
    screen.clock.run_for(40_000)
    expect(screen.locator(".alarm")).to_contain_text("连接中断")
    expect(screen.locator("main")).to_have_class(re.compile("lost"))
    expect(screen.locator("[data-figure]")).to_have_count(10)  # the last that was known, in grey
    screen.context.set_offline(False)
    screen.clock.run_for(11_000)
    expect(screen.locator(".alarm")).to_have_count(0)


def test_a_key_of_another_address_opens_nothing(
    page: Page, platform: Platform, screen: Page
) -> None:
    screen.goto(f"{platform.url}/wall#{_key(page, platform, '203.0.113.9')}")
    expect(screen.locator(".alarm")).to_be_visible()
    expect(screen.locator("[data-figure]")).to_have_count(0)
