"""The one map as an officer uses it: layers, search, what is here, links, measures, other times."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Platform, log_in, shoot

pytestmark = pytest.mark.browser


def _opened(page: Page, platform: Platform, query: str = "") -> None:
    page.goto(f"{platform.url}/map{query}")
    page.wait_for_selector("[data-map-drawn]")
    expect(page.locator("[data-layer=live-alarms]")).to_be_visible()


def _layer(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name="图层").get_by_role("checkbox", name=title).first


def _asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def _map(page: Page) -> Locator:
    return page.locator("canvas.maplibregl-canvas").first


def test_a_layer_is_switched_counted_and_remembered_in_the_link(
    page: Page, platform: Platform, browser_of_another: Page
) -> None:
    log_in(page, platform, "duty")
    _opened(page, platform)
    page.get_by_role("textbox", name="找图层").fill("事项")
    expect(_layer(page, "避灾安置场所")).to_have_count(0)
    _layer(page, "各村未办事项").check()
    told = page.request.get(f"{platform.url}/api/v1/map/layers/live-owed.geojson").json()
    row = page.locator("[data-layer=live-owed]")
    expect(row).to_contain_text(f"{told['count']:,}" if told["count"] else "没有未办结的事项")
    page.get_by_role("textbox", name="找图层").fill("")
    _layer(page, "避灾安置场所").uncheck()
    expect(page).to_have_url(re.compile("live-owed"))
    page.wait_for_function("() => !new URL(location).searchParams.get('on').includes('shelters')")
    page.mouse.move(700, 500)
    page.mouse.wheel(0, -600)
    before = _asked(page)["z"]
    page.wait_for_function(
        "before => new URL(location).searchParams.get('z') !== before", arg=before[0]
    )

    # Somebody else, in a browser that has never seen the map, sees the same by the link.
    other = browser_of_another
    log_in(other, platform, "keshi")
    _opened(other, platform, "?" + urlparse(page.url).query)
    expect(_layer(other, "各村未办事项")).to_be_checked()
    expect(_layer(other, "避灾安置场所")).not_to_be_checked()
    other.wait_for_function("() => new URL(location).searchParams.get('c') !== null")
    for key in ("c", "z", "on"):
        assert _asked(other)[key] == _asked(page)[key], key


@pytest.fixture
def browser_of_another(chromium: Browser) -> Iterator[Page]:
    """Give somebody else's browser."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_search_flies_there_and_says_what_it_is(page: Page, platform: Platform) -> None:
    log_in(page, platform, "duty")
    _opened(page, platform)
    village = page.request.get(f"{platform.url}/api/v1/search?q=石帆镇").json()["items"][0]
    page.keyboard.press("s")
    page.keyboard.type("石帆镇")
    box = page.get_by_role("listbox", name="搜索结果").last
    expect(box.get_by_role("option").first).to_contain_text("石帆镇")
    expect(box.get_by_role("group", name="区划")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([lon, lat]) => { const c = new URL(location).searchParams.get('c').split(',');"
        " return Math.abs(c[0] - lon) < 0.01 && Math.abs(c[1] - lat) < 0.01 }",
        arg=[village["lon"], village["lat"]],
    )
    pane = page.get_by_role("complementary", name="详情")
    expect(pane.get_by_role("heading", name="石帆镇")).to_be_visible()

    # Two numbers are a place, in the datum chosen below.
    page.get_by_role("combobox", name="坐标系").select_option("gcj02")
    field = page.get_by_role("combobox", name="在图上找")
    field.fill("121.6050,28.4000")
    field.press("Enter")
    page.wait_for_function(
        "() => { const c = new URL(location).searchParams.get('c').split(',');"
        " const far = Math.hypot(c[0] - 121.605, c[1] - 28.4); return far > 0.001 && far < 0.01 }"
    )


def _place_by_call(page: Page, platform: Platform, *, called: bool) -> tuple[float, float]:
    """Find a place some of whose numbers stand in clear, as a call runs, or one still masked."""
    for step in range(80):
        lon, lat = 121.45 + step % 10 * 0.03, 28.3 + step // 10 * 0.03
        told = page.request.get(f"{platform.url}/api/v1/map/here?lon={lon}&lat={lat}").json()
        phones = [one["phone"] for one in told["responsible"] if one["phone"]]
        if any(("clear" in one) == called for one in phones):
            return lon, lat
    raise AssertionError("no such place")


def _asked_here(page: Page, platform: Platform, place: tuple[float, float]) -> Locator:
    """Ask what is in the middle of the map."""
    _opened(page, platform, f"?c={place[0]:.4f},{place[1]:.4f}&z=13&on=live-alarms")
    page.locator("[data-tool=point]").click()
    _map(page).click()
    pane = page.get_by_role("complementary", name="详情")
    expect(pane.get_by_role("heading", name="谁负责")).to_be_visible()
    return pane


def test_while_people_are_called_their_numbers_stand_in_clear(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    place = _place_by_call(page, platform, called=True)
    pane = _asked_here(page, platform, place)
    expect(pane.locator("a[href^='tel:']").first).to_be_visible()


def test_a_click_tells_whose_place_it_is_and_a_number_is_shown_once_for_a_use(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    pane = _asked_here(page, platform, _place_by_call(page, platform, called=False))
    expect(pane.get_by_role("heading", name="附近有什么")).to_be_visible()
    expect(pane.get_by_text("人口", exact=True)).to_be_visible()
    masked = pane.locator(".number").filter(has_text="*").first
    expect(masked).to_be_visible()
    clear = pane.locator("a[href^='tel:']").count()
    masked.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("核对道路中断")
    with page.expect_response(re.compile("/unmask$")) as answered:
        dialog.get_by_role("button", name="显示").click()
    assert answered.value.ok
    expect(pane.locator("a[href^='tel:']")).to_have_count(clear + 1)
    shoot(page, "map-here")


def test_a_way_is_measured_and_what_lies_along_it_is_asked(page: Page, platform: Platform) -> None:
    log_in(page, platform, "duty")
    _opened(page, platform, "?c=121.5800,28.4000&z=12&on=live-alarms")
    page.locator("[data-tool=line]").click()
    for x, y in ((600, 400), (700, 400), (700, 500)):
        _map(page).click(position={"x": x, "y": y}, delay=20)
    page.keyboard.press("Enter")
    pane = page.get_by_role("complementary", name="详情")
    # 200 pixels at zoom 12 and 28.4 degrees: 40 075 km * cos(lat) / (512 * 2^12) each.
    metres = 40_075_017 * 0.8796 / (512 * 4096) * 200
    told = pane.locator("[data-measure=length]").inner_text()
    assert float(told.split()[0]) == pytest.approx(metres / 1000, rel=0.02)
    expect(pane.locator("[data-measure=area]")).to_contain_text("平方公里")
    pane.get_by_role("button", name="看范围内有什么").click()
    expect(pane.get_by_role("heading", name="画的范围")).to_be_visible()
    expect(pane.get_by_text("人口", exact=True)).to_be_visible()


def test_two_moments_are_compared_and_the_link_says_which(page: Page, platform: Platform) -> None:
    log_in(page, platform, "duty")
    _opened(page, platform)
    page.locator("[data-tool=time]").click()
    bar = page.get_by_role("region", name="时间")
    slider = bar.get_by_role("slider", name="看哪个时间")
    with page.expect_response(re.compile(r"live-alarms\.geojson\?at=")) as answered:
        slider.press("PageDown")
    assert answered.value.ok
    expect(page).to_have_url(re.compile("[?&]t="))
    bar.get_by_role("button", name="对照").click()
    expect(page).to_have_url(re.compile("than="))
    expect(page.locator("canvas.maplibregl-canvas")).to_have_count(2)
    shoot(page, "map-compare")
    bar.get_by_role("button", name="对照").click()
    bar.get_by_role("button", name="回到现在").click()
    expect(page).not_to_have_url(re.compile("[?&]t="))


def test_a_view_is_kept_what_is_in_view_is_listed_and_printed(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    _opened(page, platform, "?c=121.5800,28.4000&z=12.5&on=shelters,live-alarms")
    page.locator("[data-tool=seen]").click()
    pane = page.get_by_role("complementary", name="详情")
    expect(pane.get_by_role("row").nth(1)).to_be_visible()
    first = pane.get_by_role("row").nth(1).get_by_role("button")
    name = first.inner_text()
    first.click()
    expect(pane.get_by_role("heading", name=name).first).to_be_visible()

    page.locator("[data-tool=views]").click()
    pane.get_by_role("textbox", name="视图名称").fill("县城安置")
    pane.get_by_role("button", name="保存").click()
    expect(pane.get_by_role("button", name="县城安置").first).to_be_visible()
    page.locator("[data-tool=home]").click()
    pane.get_by_role("button", name="县城安置").first.click()
    expect(page).to_have_url(re.compile("z=12.50"))

    page.locator("[data-tool=print]").click()
    sheet = page.get_by_role("dialog", name="打印一张图")
    expect(sheet.get_by_text("坐标系 CGCS2000")).to_be_visible()
    assert sheet.locator("image").get_attribute("href").startswith("data:image/png")  # type: ignore[union-attr]
    shoot(page, "map-print")


def test_without_webgl_the_same_layers_are_drawn_and_moved_by_keys(
    chromium: Browser, platform: Platform
) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return kind.startsWith('webgl') ? null : real.call(this, kind, ...more) }"
    )
    page = context.new_page()
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/map?c=121.58,28.4&z=11&on=shelters,live-alarms")
    plain = page.get_by_role("application")
    expect(plain).to_be_visible()
    expect(_layer(page, "避灾安置场所")).to_be_checked()
    page.locator("[data-tool=seen]").click()
    pane = page.get_by_role("complementary", name="详情")
    expect(pane.get_by_role("row").nth(1)).to_be_visible()
    plain.focus()
    plain.press("ArrowRight")
    plain.press("+")
    expect(page).to_have_url(re.compile("z=12.00"))
    shoot(page, "map-flat")

    # A way is drawn by keys alone: the map is moved, the space bar puts a corner in its middle.
    plain.press("m")
    for move in ("ArrowRight", "ArrowDown", ""):
        plain.press(" ")
        for _ in range(2 if move else 0):
            plain.press(move)
    plain.press("Enter")
    metres = 40_075_017 * 0.8796 / (512 * 4096) * 160 * 2
    told = pane.locator("[data-measure=length]").inner_text()
    assert float(told.split()[0]) == pytest.approx(metres / 1000, rel=0.02)
    # An area is drawn by hand.
    page.locator("[data-tool=polygon]").click()
    for x, y in ((600, 380), (800, 380), (800, 560)):
        plain.click(position={"x": x, "y": y})
    shoot(page, "map-flat-drawing")
    page.get_by_role("button", name="画完").click()
    expect(pane.get_by_role("heading", name="画的范围")).to_be_visible()
    expect(pane.get_by_text("人口", exact=True)).to_be_visible()
    shoot(page, "map-flat-area")
    context.close()
