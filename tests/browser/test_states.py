"""What a page shows while the server is away, fails or has forgotten who is there."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from anlan.demo.users import PASSWORD
from tests.browser.conftest import Platform, log_in, visit

pytestmark = pytest.mark.browser

OLD = "下面是旧的，请勿当作现在的情况"


def test_without_a_network_it_is_said_and_all_goes_on_by_itself(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/registers/shelters")
    rows = page.locator("main tbody tr")
    expect(rows.first).to_be_visible()
    page.context.set_offline(True)
    lost = page.get_by_text("连不上服务器，正在重试")
    expect(lost).to_be_visible()
    expect(rows.first).to_be_visible()
    # Another question cannot be answered, and the rows of the last one are not its answer.
    page.locator("#list-q").fill("小学")
    page.locator("#list-q").press("Enter")
    expect(
        page.locator("main [role=alert]").get_by_text("连不上服务器", exact=True)
    ).to_be_visible()
    expect(rows).to_have_count(0)
    page.context.set_offline(False)
    expect(lost).to_have_count(0)
    expect(rows.first).to_contain_text("小学")


def test_what_was_read_stays_and_is_called_old_when_asking_again_fails(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/status")
    whole = page.locator("main dl").first
    expect(whole).to_contain_text("总体")
    page.route("**/healthz", lambda route: route.abort())
    expect(page.get_by_text(OLD)).to_be_visible()
    expect(whole).to_contain_text("总体")
    page.unroute("**/healthz")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text(OLD)).to_have_count(0)


def test_what_does_not_come_at_first_is_said_and_tried_again(
    page: Page, platform: Platform
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=503, json={"title": "暂时办不到", "detail": "数据库正在维护"})

    log_in(page, platform, "duty")
    page.route(re.compile(r"/api/v1/registers/shelters\?"), refuse)
    page.goto(f"{platform.url}/registers/shelters")
    told = page.locator("main [role=alert]")
    expect(told).to_contain_text("数据库正在维护")
    page.unroute(re.compile(r"/api/v1/registers/shelters\?"))
    told.get_by_role("button", name="重试").click()
    expect(page.locator("main tbody tr").first).to_be_visible()


def test_who_is_logged_out_by_time_logs_in_over_the_page_and_loses_no_word(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/desk/log")
    words = page.get_by_role("textbox", name="内容")
    words.fill("水利局来电：高石水库水位平稳。")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="登录已过期，请再登录一次")
    expect(dialog.get_by_role("textbox", name="用户名")).to_have_value("duty")
    dialog.get_by_role("textbox", name="口令").fill("not this one")
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(dialog.locator(".el-form-item__error")).to_be_visible()
    dialog.get_by_role("textbox", name="口令").fill(PASSWORD)
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(words).to_have_value("水利局来电：高石水库水位平稳。")
    words.press("Control+Enter")
    expect(
        page.locator("main li, main article, main tr").get_by_text("高石水库水位平稳").first
    ).to_be_visible()
    expect(words).to_have_value("")
