"""The desk in a storm and the pages around it: many alarms at once, curves, map, boards."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Platform, log_in, shoot
from tests.browser.gauges import Gauge, Gauges

pytestmark = pytest.mark.browser


def _row(page: Page, gauge: Gauge) -> Locator:
    return page.get_by_role("row").filter(has_text=gauge.name).first


def test_many_alarms_are_judged_at_once_by_keyboard(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    flooded = gauges.rivers[4:7]
    raised = [gauges.flood(gauge) for gauge in flooded]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/alarms")
    for gauge in flooded:
        expect(_row(page, gauge)).to_be_visible()
    # The newest of the worst lie on top: these three.
    page.keyboard.press("j")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    bar = page.get_by_role("toolbar", name="成批办理")
    expect(bar).to_contain_text("选中 3 条")
    shoot(page, "alarm-many")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="报警定性")
    expect(dialog).to_contain_text("共 3 条，写同一个原因")
    expect(dialog.get_by_role("radio", name="真实")).to_be_focused()
    page.keyboard.press("6")
    expect(dialog.get_by_role("radio", name="误报")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已定性 3 条")).to_be_visible()
    expect(bar).to_have_count(0)
    for one in raised:
        held = gauges.get(f"/alarms/{one['id']}")
        assert (held["cause"], held["acknowledged_at"] is not None) == ("false", True)


def test_many_alarms_are_set_aside_by_mouse_and_what_was_refused_is_said(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    gauge = gauges.rivers[7]
    raised = gauges.flood(gauge)
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/alarms")
    page.get_by_placeholder("找地点、内容、编码").fill(gauge.name)
    expect(page.get_by_role("row").filter(has=page.get_by_role("gridcell"))).to_have_count(1)
    page.locator(".filters .el-select", has_text="不分组").click()
    page.get_by_role("option", name="按地点").click()
    page.get_by_role("checkbox", name=re.compile("选中这一组")).first.click()
    bar = page.get_by_role("toolbar", name="成批办理")
    expect(bar).to_contain_text("选中 1 条")

    # It still stands, so that it cannot be struck off: that is said, not swallowed.
    page.keyboard.press("d")
    expect(page.get_by_text("尚未解除，可以先搁置")).to_be_visible()
    assert gauges.get(f"/alarms/{raised['id']}")["closed_at"] is None

    bar.get_by_role("button", name="搁置").click()
    dialog = page.get_by_role("dialog", name="搁置报警")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("更换浮子，水文站已电话核实")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已搁置 1 条")).to_be_visible()
    expect(_row(page, gauge)).to_have_count(0)
    held = gauges.get(f"/alarms/{raised['id']}")
    assert held["shelvings"][0]["reason"] == "更换浮子，水文站已电话核实"


def _pick(page: Page, label: str, option: str) -> None:
    """Choose in a drop-down of the rule's form."""
    page.locator(".el-form-item", has_text=label).first.locator(".el-select__wrapper").click()
    page.get_by_role("option", name=option, exact=True).first.click()


def _rain_rule(page: Page) -> None:
    page.get_by_label("名称").first.fill("三小时暴雨")
    page.get_by_label("规则编码").fill("rain-3h-signal")
    _pick(page, "灾种", "暴雨")
    page.get_by_role("radio", name=re.compile("^累计")).click()
    _pick(page, "监测要素", "降水量 (mm)")
    page.get_by_role("spinbutton", name="时长").first.fill("3")
    window = page.locator(".el-form-item", has_text="多长时间内").first
    window.locator(".el-select__wrapper").click()
    page.get_by_role("option", name="小时", exact=True).last.click()


def test_a_limit_is_taken_out_of_the_hazards_own_standard(page: Page, platform: Platform) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/rules/new")
    _rain_rule(page)
    page.locator(".conditions .from .el-select__wrapper").first.click()
    page.get_by_role("option", name="码表", exact=True).click()
    picker = page.get_by_role("dialog", name="从码表取降水量的限值")
    expect(picker.get_by_text("气象灾害预警信号标准").first).to_be_visible()
    expect(picker).to_contain_text("中国气象局令第16号")
    shoot(page, "limit-tables")
    # By keyboard: the arrows walk from one number to the next.
    expect(picker.get_by_role("button", name=re.compile("暴雨蓝色"))).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(picker).to_have_count(0)
    expect(
        page.get_by_role("button", name=re.compile("暴雨橙色预警信号 · 3小时雨量"))
    ).to_be_visible()
    said = page.locator(".said")
    expect(said).to_contain_text("3 小时累计降水量达到暴雨橙色预警信号（50.0 mm）报黄色")


def test_a_rule_that_would_not_have_fired_shows_who_came_nearest(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    rules = {one["code"]: one["id"] for one in gauges.get("/sense/rules")["items"]}
    stage = next(key for code, key in rules.items() if code.startswith("river-stage"))
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/rules/{stage}")
    limits = page.locator(".conditions .row")
    expect(limits.first).to_be_visible()
    while limits.count() > 1:
        limits.last.get_by_role("button", name="去掉这一级").click()
    limits.first.locator(".from .el-select__wrapper").click()
    page.get_by_role("option", name="写明的数", exact=True).click()
    limits.first.get_by_role("spinbutton", name="限值").fill("8000")
    page.keyboard.press("Tab")
    page.get_by_text("24 小时", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="回测", exact=True).click()
    panel = page.get_by_label("回测", exact=True)
    expect(panel).to_contain_text("会报 0 次")
    expect(panel).to_contain_text("离报警最近的")
    expect(panel.locator("canvas")).to_have_count(2)
    expect(panel.locator("button.near.at")).to_have_count(1)


def test_several_streams_stand_side_by_side_each_with_its_value_and_time(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    pair = gauges.rivers[:2]
    log_in(page, platform, "duty")
    codes = ",".join(gauge.stream for gauge in pair)
    page.goto(f"{platform.url}/sense/compare?streams={codes}")
    sheets = page.locator("section.card")
    expect(sheets).to_have_count(2)
    for sheet, gauge in zip(sheets.all(), pair, strict=True):
        expect(sheet).to_contain_text(gauge.name)
        expect(sheet).to_contain_text(re.compile(r"\d\.\d{2} m"))
        expect(sheet).to_contain_text(re.compile(r"\d{2}-\d{2} \d{2}:\d{2}:\d{2}"))
    page.get_by_text("画在一起", exact=True).click()
    expect(sheets).to_have_count(1)
    expect(page.locator("canvas")).to_have_count(1)
    shoot(page, "compare")


def test_the_map_counts_what_is_in_alarm_and_opens_a_station(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    gauge = gauges.rivers[0]
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/sense/map?station={gauge.station}")
    legend = page.get_by_role("region", name="图例")
    expect(legend.get_by_role("button", name=re.compile("报警"))).to_be_visible()
    expect(legend).to_contain_text("三级 黄")
    expect(page.locator("[data-map-drawn]")).to_be_visible()
    pane = page.get_by_role("complementary", name="详情")
    expect(pane.get_by_role("heading", name=gauge.name)).to_be_visible()
    expect(pane.locator("canvas")).to_be_visible()
    shoot(page, "station-map")


def test_what_the_server_did_not_say_is_no_zero(page: Page, platform: Platform) -> None:
    log_in(page, platform, "duty")
    page.route(re.compile(r"/api/v1/alarms\?"), lambda route: route.abort())
    page.goto(f"{platform.url}/alarms")
    expect(page.get_by_role("alert").filter(has_text="连不上服务器")).to_be_visible()
    states = page.get_by_role("group", name="状态")
    expect(states.get_by_role("button").first).to_have_text(re.compile("待确认 —"))
    page.unroute_all()
    page.get_by_role("button", name="重试").click()
    expect(states.get_by_role("button").first).to_have_text(re.compile(r"待确认 \d"))


def test_precision_begins_with_the_rule_that_was_wrong_most_often(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    items = gauges.get("/sense/precision")["items"]
    first = items[0]
    assert first["precision"] is not None
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/rules?tab=precision")
    lines = page.locator("tbody tr")
    expect(lines).to_have_count(len(items))
    expect(lines.first).to_contain_text(first["rule"]["title"])
    expect(lines.first).to_contain_text(f"{round(first['precision'] * 100)} %")
    expect(page.get_by_text(re.compile("近 30 天，截至"))).to_be_visible()
    unjudged = next((one for one in items if one["precision"] is None), None)
    if unjudged:
        expect(lines.nth(items.index(unjudged))).to_contain_text("—")


def test_the_board_of_quality_holds_the_rates_against_their_target(
    page: Page, platform: Platform, gauges: Gauges
) -> None:
    told = gauges.get("/sense/quality")
    log_in(page, platform, "duty")
    page.goto(f"{platform.url}/sense/quality")
    expect(page.get_by_text("目标 99.5 %")).to_be_visible()
    expect(page.get_by_text(re.compile("截至"))).to_be_visible()
    owner = told["owners"][0]
    expect(page.get_by_role("link", name=owner["name"]).first).to_be_visible()
    shoot(page, "quality")
