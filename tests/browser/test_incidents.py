"""An incident is told, taken in by keyboard, reported upward by name; the watch is handed over."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.conftest import HEIGHT, WIDTH, Platform, log_in, shoot, visit

pytestmark = pytest.mark.browser


def test_a_call_is_taken_in_by_keyboard_and_survives_a_reload(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/incidents")
    expect(page.get_by_role("link", name=re.compile("老街 12 号火灾"))).to_be_visible()
    page.keyboard.press("n")
    what = page.get_by_label("发生了什么")
    expect(what).to_be_focused()
    page.keyboard.type("渔港码头油罐漏油")
    page.keyboard.press("Tab")
    page.keyboard.type("wxhxp")
    expect(page.get_by_role("option", name="危险化学品事故")).to_be_visible()
    expect(page.get_by_role("option", name="洪水、内涝")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name="危险化学品事故")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("yyx")
    expect(page.get_by_role("option", name=re.compile("云屿县"))).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_label("死亡", exact=True).fill("3")
    expect(page.get_by_text("已存")).to_be_visible()
    assert axe.both(page, "telling") == []
    shoot(page, "telling")
    page.reload()
    expect(page.get_by_label("发生了什么")).to_have_value("渔港码头油罐漏油")
    expect(page.get_by_label("死亡", exact=True)).to_have_value("3")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="云屿县危险化学品事故")).to_be_visible()
    expect(page.get_by_text("至少较大").first).to_be_visible()
    expect(page.get_by_text("查清后只会更高").first).to_be_visible()
    expect(page.get_by_text("首报 · 电话").first).to_be_visible()


def test_reported_is_what_somebody_by_name_received(page: Page, platform: Platform) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/incidents")
    page.get_by_role("link", name=re.compile("村口公路滑坡")).click()
    page.get_by_role("button", name="起草首报").click()
    expect(page.get_by_text("待核").first).to_be_visible()
    page.get_by_role("button", name="登记报送").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="登记", exact=True)).to_be_disabled()
    dialog.get_by_label("接收人").fill("市局 李某")
    dialog.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("市局 李某")).to_be_visible()
    expect(page.get_by_text("已首报").first).to_be_visible()
    assert axe.both(page, "incident") == []
    shoot(page, "incident")
    with page.expect_download() as told:
        page.get_by_role("link", name="Word").click()
    assert told.value.suggested_filename.endswith("的首报.docx")


def test_the_watch_is_handed_over_between_two_persons(
    page: Page, platform: Platform, chromium: Browser
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/desk/log")
    page.get_by_label("内容").fill("县气象台来电，夜里有短时强降水")
    page.get_by_text("还要办，交班时列出").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("县气象台来电，夜里有短时强降水").first).to_be_visible()
    assert axe.both(page, "log") == []
    visit(page, platform, "/desk/handover")
    expect(page.get_by_role("link", name="县气象台来电，夜里有短时强降水")).to_be_visible()
    page.get_by_label("还要交代的（可不写）").fill("注意小流域")
    page.get_by_role("button", name="以上属实，交班").click()
    expect(page.get_by_text("交班的人不能自己接班")).to_be_visible()
    assert axe.both(page, "handover") == []
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
    other = context.new_page()
    log_in(other, platform, "daiban")
    visit(other, platform, "/desk/handover")
    expect(other.get_by_text("注意小流域")).to_be_visible()
    other.get_by_role("button", name="都看过了，接班").click()
    expect(other.get_by_text("已接班")).to_be_visible()
    visit(other, platform, "/desk/roll-calls")
    other.get_by_role("link", name=re.compile(r"^\d\d-\d\d")).first.click()
    expect(other.get_by_role("heading", name="点名查岗")).to_be_visible()
    assert axe.both(other, "roll call") == []
    context.close()
