"""A response is started by keyboard, shows who owes what, and ends once nothing of it is open."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.plans.tests.conftest import PLAN
from tests.browser import axe
from tests.browser.conftest import HEIGHT, WIDTH, Platform, log_in, shoot, visit

pytestmark = pytest.mark.browser

TITLE = "试启动的预案"
#: A plan whose steps the commander alone owes: other tests count what villages owe.
TEXT = (
    PLAN.replace("code: flood", "code: browser")
    .replace("title: 演示防汛预案", f"title: {TITLE}")
    .replace("role: village-head, at: village", "post: 339901-ld1")
)


def _in_force(page: Page, platform: Platform, chromium: Browser, path: Path) -> None:
    """Take the plan in as the section, and approve it as the commander."""
    path.write_text(TEXT, encoding="utf-8")
    log_in(page, platform, "keshi")
    visit(page, platform, "/plans")
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_role("button", name="报批").click()
    expect(page.get_by_text("第 1 版 · 待批准")).to_be_visible()
    address = page.url.removeprefix(platform.url)
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
    chief = context.new_page()
    log_in(chief, platform, "zhihui")
    visit(chief, platform, address)
    chief.get_by_role("button", name="批准，生效").click()
    expect(chief.get_by_text("第 1 版，现行")).to_be_visible()
    context.close()


def test_a_response_runs_from_its_start_by_keyboard_to_its_end(
    page: Page, platform: Platform, chromium: Browser, tmp_path: Path
) -> None:
    _in_force(page, platform, chromium, tmp_path / "plan.yaml")
    page.context.clear_cookies()
    log_in(page, platform, "zhihui")
    page.goto(f"{platform.url}/respond")
    expect(page.get_by_role("heading", name="应急响应")).to_be_visible()
    expect(page.get_by_role("heading", name="响应建议")).to_be_visible()
    assert axe.both(page, "responses") == []
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="启动应急响应")
    dialog.get_by_label("响应", exact=True).press("Enter")
    page.get_by_role("option", name=f"防汛 · {TITLE}").click()
    expect(dialog.get_by_text("启动后立即下达 2 步")).to_be_visible()
    dialog.get_by_role("textbox", name="理由").fill("会商一致")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="防汛Ⅳ级", level=1)).to_be_visible()
    waiting = page.get_by_role("button", name="等「核对转移名单」")
    waiting.click()
    expect(page.get_by_role("row", name="等前一步")).to_be_visible()
    assert axe.both(page, "response") == []
    shoot(page, "response")
    page.get_by_role("button", name="结束响应", exact=True).click()
    ending = page.get_by_role("dialog", name="结束防汛")
    ending.get_by_role("textbox", name="理由").fill("雨停")
    page.keyboard.press("Control+Enter")
    expect(ending.get_by_role("alert")).to_contain_text("还有 2 件没有办完")
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="未办完").locator("..").click()
    page.get_by_role("button", name="全部不再要求").click()
    page.get_by_role("dialog", name="不再要求").get_by_role("textbox").fill("只是试一试")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("都办完了，可以结束")).to_be_visible()
    page.get_by_role("button", name="结束响应", exact=True).click()
    page.get_by_role("dialog", name="结束防汛").get_by_role("textbox", name="理由").fill("雨停")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".page > header .tag")).to_contain_text("已结束")


def test_its_papers_are_there_to_print_and_any_minute_of_it_is_played_back(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    ended = page.request.get(f"{platform.url}/api/v1/responses").json()["ended"]
    response = next(one for one in ended if one["plan_title"] == TITLE)
    page.goto(f"{platform.url}/respond/{response['id']}?tab=papers")
    expect(page.get_by_text("第 1 号")).to_be_visible()
    with page.expect_download() as told:
        page.get_by_role("link", name="取出打印").click()
    with zipfile.ZipFile(told.value.path()) as taken:
        assert "00-全部/人工叫应单.docx" in taken.namelist()
    assert axe.both(page, "papers") == []
    shoot(page, "papers")
    page.get_by_role("link", name="回放", exact=True).click()
    desk = page.get_by_role("region", name="应急响应")
    expect(desk.get_by_text("还没有启动响应")).to_be_visible()
    page.keyboard.press("[")  # its end
    page.keyboard.press("[")  # its start
    expect(desk.get_by_role("link", name="防汛Ⅳ级")).to_be_visible()
    slider = page.get_by_role("slider", name="回放时刻")
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuetext", before or "")
    assert axe.both(page, "case") == []
    shoot(page, "case")
