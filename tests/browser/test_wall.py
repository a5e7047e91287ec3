"""The command hall: let in by a key of its address, ten figures, pages that turn, a lost line."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.kernel.clock import real_now
from tests.browser import axe
from tests.browser.conftest import Platform, log_in, shoot, visit

pytestmark = pytest.mark.browser

COUNTY = "339901000000"
#: Read from eight metres: a figure at least an eighteenth of the height, text a sixtieth.
FIGURE, TEXT = 1 / 18, 1 / 60
CUT = """all => all.filter(one => one.scrollHeight > one.clientHeight + 4)
    .map(one => one.textContent)"""
#: Page that is turned to -> the panels there.
PANELS: dict[str, tuple[str, ...]] = {
    "3/6": ("calls",), "4/6": ("moving", "vessels"), "5/6": ("stations", "reservoirs"), "6/6": (),
}  # fmt: skip
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
    expect(turned).to_contain_text("1/6")
    screen.clock.run_for(21_000)
    expect(turned).to_contain_text("2/6")
    expect(screen.get_by_role("heading", name="待决策事项")).to_be_visible()
    screen.keyboard.press(" ")
    expect(turned).to_contain_text("已停住")
    screen.clock.run_for(60_000)
    expect(turned).to_contain_text("2/6")
    for place, panels in PANELS.items():
        screen.keyboard.press("ArrowRight")
        expect(turned).to_contain_text(place)
        _read_panels(screen, panels, _told(screen, platform, key)["panels"])
    screen.keyboard.press("ArrowRight")
    expect(turned).to_contain_text("1/6")


def _read_panels(screen: Page, panels: tuple[str, ...], told: dict[str, Any]) -> None:
    """See that panels say what they were told, in letters for eight metres, nothing cut off."""
    for name in panels:
        panel = screen.locator(f"[data-panel={name}]").first
        expect(panel).to_be_visible()
        if told[name]["why"]:
            expect(panel).to_contain_text(told[name]["why"])
        expect(panel).to_have_class(re.compile("stale" if told[name]["stale"] else "panel"))
    if "vessels" in panels:
        rows = screen.locator("[data-panel=vessels] tbody tr")
        for shown, one in zip(rows.all(), told["vessels"]["rows"], strict=False):
            expect(shown.locator(".most")).to_have_text(f"{one['out']:,.0f}")
    assert min(screen.locator(".panel :is(td, th, b, i, span)").evaluate_all(SIZES)) >= TEXT
    assert screen.locator(".panel").evaluate_all(CUT) == []
    width = screen.viewport_size["width"] if screen.viewport_size else ""
    shoot(screen, f"wall-{width}-{panels[0] if panels else 'course'}")


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


def test_the_security_administrator_keeps_the_keys_on_a_page(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "secadmin")
    visit(page, platform, "/accounts")
    page.get_by_text("大屏令牌", exact=True).click()
    page.get_by_role("button", name="建立大屏令牌").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("哪块屏").fill("防汛会商室")
    dialog.get_by_label("这台机器的地址，或网段").fill("10.0.0.0/8")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("至少 /16")).to_be_visible()
    dialog.get_by_label("这台机器的地址，或网段").fill("10.33.1.0/28")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    address = page.locator(".fresh code")
    expect(address).to_contain_text(f"{platform.url}/wall#anlan_wall_")
    key = (address.text_content() or "").partition("#")[2].strip()
    row = page.get_by_role("row").filter(has_text="防汛会商室")
    expect(row).to_contain_text("10.33.1.0/28")
    expect(row).to_contain_text("没有用过")

    # Somebody comes with it from elsewhere: here, from this machine.
    headers = {"Authorization": f"Bearer {key}"}
    assert page.context.browser
    with_key = page.context.browser.new_context()
    assert with_key.request.get(f"{platform.url}/api/v1/wall", headers=headers).status == 401
    with_key.close()
    page.reload()
    page.get_by_text("大屏令牌", exact=True).click()
    expect(row).to_contain_text("127.0.0.1")
    assert not axe.found(page, "wall keys")
    shoot(page, "wall-keys")

    row.get_by_role("button", name="收回").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="收回", exact=True).press("Enter")
    expect(row).to_have_count(0)
