"""Monitoring as officers use it: values come in, an alarm rings, somebody sees to it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Platform, log_in, shoot, visit
from tests.browser.gauges import Gauge, Gauges

pytestmark = pytest.mark.browser


def _row(page: Page, gauge: Gauge) -> Any:
    return page.get_by_role("row").filter(has_text=gauge.name).first


def test_the_duty_room_sees_acknowledges_and_judges_an_alarm_by_keyboard(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    first, second = gauges.rivers[:2]
    raised = gauges.flood(first)
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/alarms?alarm={raised['id']}")
    row = _row(page, first)
    expect(row).to_contain_text("待确认")
    pane = page.get_by_role("complementary", name="详情")
    expect(pane.get_by_role("heading", name=first.name)).to_be_visible()
    expect(pane.locator("canvas")).to_be_visible()
    shoot(page, "alarm-desk")

    # A letter of an input method is no deed.
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'a', isComposing: true, bubbles: true}))"
    )
    page.wait_for_timeout(400)
    assert gauges.get(f"/alarms/{raised['id']}")["acknowledged_at"] is None

    page.keyboard.press("a")
    expect(page.get_by_text("已确认 1 条报警")).to_be_visible()
    held = gauges.get(f"/alarms/{raised['id']}")
    assert held["acknowledged_at"] is not None
    who = page.request.get(f"{platform.url}/api/v1/session").json()["user"]["name"]
    assert held["acknowledged_by_name"] == who

    page.goto(f"{platform.url}/alarms?alarm={raised['id']}")
    expect(_row(page, first)).to_contain_text(who)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="报警定性")
    dialog.get_by_text("真实", exact=True).click()
    dialog.get_by_role("textbox").fill("上游降雨，巡查员到场核实")
    dialog.get_by_role("button", name="定性").click()
    expect(page.get_by_text("已定性 1 条")).to_be_visible()
    expect(_row(page, first)).to_contain_text("真实")
    assert gauges.get(f"/alarms/{raised['id']}")["cause"] == "real"

    # The next one arrives by itself, without anybody pressing anything.
    gauges.flood(second)
    expect(_row(page, second)).to_be_visible(timeout=10_000)


def test_an_alarm_is_shelved_with_an_end_and_a_reason(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    raised = gauges.flood(gauges.rivers[2])
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/alarms?alarm={raised['id']}")
    expect(_row(page, gauges.rivers[2])).to_be_visible()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="搁置报警")
    dialog.get_by_role("button", name="搁置").click()
    expect(dialog.get_by_text("请写明搁置的理由")).to_be_visible()
    dialog.get_by_role("textbox").fill("水尺检修，已电话核实")
    dialog.get_by_role("button", name="搁置").click()
    expect(page.get_by_text("已搁置 1 条")).to_be_visible()
    expect(_row(page, gauges.rivers[2])).to_have_count(0)
    held = gauges.get(f"/alarms/{raised['id']}")
    assert held["shelved_until"] is not None
    assert held["shelvings"][0]["reason"] == "水尺检修，已电话核实"


def _counted() -> re.Pattern[str]:
    """Give what a curve with values says of itself."""
    return re.compile(r"\d{2,} 个值，最低 ")


def test_a_station_shows_curve_levels_and_maintenance(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    gauge = gauges.rivers[3]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/sense/stations/{gauge.station}")
    expect(page.get_by_role("heading", name=gauge.name)).to_be_visible()
    curve = page.get_by_role("img").filter(has=page.locator("canvas")).first
    expect(curve).to_have_attribute("aria-label", _counted(), timeout=15_000)
    expect(page.get_by_role("cell", name="警戒水位").first).to_be_visible()
    shoot(page, "station")
    page.get_by_role("button", name="登记检修").click()
    dialog = page.get_by_role("dialog", name="登记检修")
    dialog.locator("textarea").fill("更换浮子")
    dialog.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("已登记检修")).to_be_visible()
    expect(page.get_by_text("更换浮子")).to_be_visible()
    page.get_by_role("button", name="提前结束").click()
    expect(page.get_by_text("更换浮子")).to_have_count(0)


def _fill_rule(page: Page, gauge: Gauge, code: str) -> None:
    page.get_by_label("名称").first.fill("夜间河道上涨")
    page.get_by_label("规则编码").fill(code)
    quantity = page.locator(".el-form-item", has_text="监测要素").first
    quantity.locator(".el-select__wrapper").click()
    page.get_by_role("option", name="河道水位", exact=False).first.click()
    page.get_by_role("spinbutton", name="限值").first.fill(str(gauge.limit))
    page.keyboard.press("Tab")
    only = page.locator(".el-form-item", has_text="只看这些监测项").first
    only.locator(".el-select__wrapper").click()
    page.keyboard.type(gauge.stream)
    page.get_by_role("option", name=gauge.stream, exact=False).first.click()
    page.keyboard.press("Escape")


def test_a_rule_is_read_aloud_tried_on_the_night_and_switched_on(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    gauge = gauges.rivers[3]
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/rules/new")
    expect(page.get_by_text("还有几处要填")).to_be_visible()
    _fill_rule(page, gauge, "night-rise")
    expect(page.locator(".said")).to_contain_text("河道水位达到")
    expect(page.get_by_text("管 1 个测站的 1 个监测项")).to_be_visible()
    page.get_by_text("24 小时", exact=True).click()
    page.get_by_role("button", name="回测", exact=True).click()
    expect(page.get_by_text("会报 1 次")).to_be_visible()
    expect(page.get_by_label("回测").locator("canvas")).to_have_count(2)
    shoot(page, "rule")
    page.get_by_role("button", name="保存并启用").click()
    box = page.get_by_role("dialog", name="启用这条规则？")
    expect(box).to_contain_text("会报 1 次")
    box.get_by_role("button", name="启用", exact=True).click()
    expect(page.get_by_text("第 1 版在用")).to_be_visible()
    rules = {one["code"]: one for one in gauges.get("/sense/rules")["items"]}
    assert rules["night-rise"]["active"] == 1


def test_latest_values_stand_by_their_nearness_and_old_ones_are_grey(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    assert gauges.rivers
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/sense/latest?kind=river")
    lines = page.get_by_role("row").filter(has=page.get_by_role("gridcell"))
    expect(lines.first).to_contain_text("已过")
    shoot(page, "latest")
    page.goto(f"{platform.url}/sense/latest?standing=none")
    expect(lines.first).to_contain_text("从未收到")
    expect(lines.first).to_contain_text("—")
    expect(lines.first).not_to_contain_text("0.0")


def test_latest_values_are_walked_picked_and_opened_by_keyboard(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    assert gauges.rivers
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/sense/latest?kind=river")
    lines = page.get_by_role("row").filter(has=page.get_by_role("gridcell"))
    expect(lines.first).to_contain_text("已过")
    page.keyboard.press("j")
    expect(lines.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="对照选中的 2 条")).to_be_visible()
    page.keyboard.press("k")
    name = lines.nth(0).get_by_role("link").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (3840, 2160)])
def test_the_pages_of_monitoring_fit_a_phone_and_a_wall(
    page: Page, platform: Platform, gauges: Gauges, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, platform, "keshi")
    station = gauges.rivers[0].station
    for path in (
        "/alarms", "/sense/map", "/sense/latest", f"/sense/stations/{station}", "/sense/rules",
        "/sense/rules/new", "/sense/rules?tab=precision", "/sense/quality", "/sense/sources",
        "/sense/sources/new", "/sense/keys", "/sense/maintenance", "/sense/backfill",
        f"/sense/compare?streams={gauges.rivers[0].stream}",
    ):  # fmt: skip
        visit(page, platform, path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide at {width}"
        shoot(page, f"{width}-{path.partition('?')[0].strip('/').replace('/', '-')}")
