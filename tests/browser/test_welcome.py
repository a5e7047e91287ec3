"""The first three minutes: where a newcomer begins, a tour by keyboard, what a county lacks."""

import re

import pytest
from playwright.sync_api import Page, expect

from anlan.base.door.sheets import XLSX, table_book
from tests.browser import axe
from tests.browser.conftest import Platform, come_in, log_in, shoot, visit

pytestmark = pytest.mark.browser

STOPS = 8


def open_welcome(page: Page, platform: Platform, username: str = "duty") -> None:
    log_in(page, platform, username)
    visit(page, platform, "/welcome")
    expect(page.locator("[data-step]").last).to_be_visible()


def test_a_newcomer_is_led_there_and_puts_the_reminder_away(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/login")
    page.get_by_role("link", name="第一次来？以值班员进去，从这里开始").click()
    expect(page.get_by_role("heading", name="从这里开始")).to_be_visible()
    for card in ("重演利奇马", "看一遍", "我的县"):
        expect(page.get_by_role("heading", name=card, exact=True)).to_be_visible()
    visit(page, platform, "/warn/inbox")
    strip = page.get_by_role("complementary", name="从这里开始")
    expect(strip).to_be_visible()
    strip.get_by_role("button").click()
    expect(strip).to_have_count(0)
    page.reload()
    expect(page.locator("h1").first).to_be_visible()
    expect(strip).to_have_count(0)
    page.get_by_role("button", name="我的账号").click()
    page.get_by_role("menuitem", name="从这里开始").click()
    box = page.get_by_role("checkbox", name="在首页上提示")
    expect(box).not_to_be_checked()
    page.get_by_text("在首页上提示").click()
    visit(page, platform, "/warn/inbox")
    expect(strip).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440, 3840])
def test_it_is_readable_at_every_width_dark_and_light(
    page: Page, platform: Platform, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_welcome(page, platform)
    for scheme in axe.SCHEMES:
        axe.turn(page, scheme)
        assert axe.found(page, f"/welcome, {width}, {scheme}") == []
        shoot(page, f"welcome-{width}-{scheme}")
    wide = page.evaluate(
        "[...document.querySelectorAll('main, main *')]"
        ".filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert wide == 0


def test_the_tour_is_walked_by_keyboard_and_left_at_any_stop(
    page: Page, platform: Platform
) -> None:
    open_welcome(page, platform)
    start = page.locator("[data-tour-start]")
    start.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    heading = panel.get_by_role("heading")
    seen: list[str] = []
    for number in range(1, STOPS + 1):
        expect(panel).to_contain_text(f"第 {number} 站，共 {STOPS} 站")
        expect(heading).to_be_focused()
        # The page it speaks of is the one behind it, and has what it shows.
        expect(page.locator("main").first).to_be_visible()
        page.wait_for_function("seen => !seen.includes(location.pathname)", arg=["/welcome", *seen])
        expect(page.locator(".skeleton")).to_have_count(0)
        expect(page.get_by_text("没有这个页面")).to_have_count(0)
        path = page.evaluate("location.pathname")
        seen.append(path)
        if number in (3, STOPS):
            assert axe.both(page, f"tour at {path}") == []
            shoot(page, f"tour-{number}")
        if number < STOPS:
            page.keyboard.press("ArrowRight")
    assert "/wall" in seen
    page.keyboard.press("ArrowLeft")
    expect(panel).to_contain_text(f"第 {STOPS - 1} 站")
    page.reload()
    expect(panel).to_contain_text(f"第 {STOPS - 1} 站")  # a reload loses nobody's place
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(start).to_be_focused()


def test_the_tour_fits_a_telephone(page: Page, platform: Platform) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_welcome(page, platform, "village")
    page.locator("[data-tour-start]").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    # A village is not led where it may not go.
    expect(panel).not_to_contain_text(f"共 {STOPS} 站")
    expect(panel).to_contain_text(re.compile(r"第 1 站，共 [1-7] 站"))
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert box["height"] <= 0.56 * 740
    panel.get_by_role("button", name="下一站").click()
    expect(panel).to_contain_text("第 2 站")
    panel.get_by_role("button", name="结束").click()
    expect(page.get_by_role("heading", name="从这里开始")).to_be_visible()


def test_my_county_counts_what_the_registers_hold(page: Page, platform: Platform) -> None:
    open_welcome(page, platform, "xiangzhen")
    for register in ("shelters", "stations", "persons", "scenic-spots"):
        line = page.locator("li", has=page.locator(f'a[href="/registers/{register}"]')).last
        told = page.request.get(f"{platform.url}/api/v1/registers/{register}?size=1").json()
        expect(line.locator("b")).to_have_text(f"{told['total']:,}" if told["total"] else "空")
    with page.expect_download() as download:
        page.get_by_role("link", name="模板 避灾安置场所").click()
    assert download.value.path().read_bytes()[:2] == b"PK"
    page.locator('[data-step="registers"] a[href="/registers/shelters"]').click()
    expect(page.get_by_role("button", name="导入 Excel")).to_be_visible()


def test_regions_are_loaded_by_excel_and_what_is_missing_is_counted_anew(
    page: Page, platform: Platform
) -> None:
    open_welcome(page, platform, "sysadmin")
    step = page.locator('[data-step="regions"]')
    told = page.request.get(f"{platform.url}/api/v1/welcome/county").json()["steps"][0]["counts"]
    expect(step).to_contain_text(f"{told['cells']:,} 个网格")
    town = page.request.get(f"{platform.url}/api/v1/regions?q=石帆镇").json()["items"][0]["code"]
    step.get_by_role("button", name="导入 Excel").click()
    dialog = page.get_by_role("dialog", name="导入区划")
    rows = [
        [f"{town[:9]}998001", "新设网格", None, None, "12"],
        [town, "石帆镇", None, None, "31234"],
        ["330", "错", None, None, None],
        [f"{town[:9]}998002", "另一格", None, None, "三十"],
    ]
    heads = ("区划代码*", "名称*", "经度", "纬度", "人口")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "区划.xlsx", "mimeType": XLSX, "buffer": table_book("区划", heads, rows)}
    )
    refused = dialog.locator(".errors tbody tr")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("不是区划代码")
    expect(refused.last).to_contain_text("不是数字")
    changes = dialog.get_by_role("region", name="会改什么")
    expect(changes.locator("tbody tr")).to_have_count(2)
    expect(changes).to_contain_text("→ 31234")
    assert axe.found(page, "regions by Excel") == []
    shoot(page, "welcome-regions")
    assert page.request.get(f"{platform.url}/api/v1/regions?q=新设网格").json()["items"] == []
    dialog.get_by_role("button", name="写入 2 行正确的").click()
    expect(dialog.get_by_text("已写入")).to_be_visible()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    expect(step).to_contain_text(f"{told['cells'] + 1:,} 个网格")


def test_it_is_said_in_english_too(page: Page, platform: Platform) -> None:
    come_in(page, platform, "duty")
    page.get_by_role("button", name="EN", exact=True).click()
    visit(page, platform, "/welcome")
    expect(page.get_by_role("heading", name="Replay Lekima")).to_be_visible()
    expect(page.locator("[data-step]").last).to_be_visible()
    text = page.locator("main").inner_text()
    assert re.findall("[一-鿿]+", text) == []
