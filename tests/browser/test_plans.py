"""A plan comes in as a file, is refused with its line, is sent, and approved by somebody else."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from anlan.plans.tests.conftest import PLAN
from tests.browser import axe
from tests.browser.conftest import HEIGHT, WIDTH, Platform, log_in, shoot, visit

pytestmark = pytest.mark.browser


def _file(folder: Path, text: str) -> str:
    path = folder / "flood.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _other(chromium: Browser, platform: Platform, username: str) -> tuple[BrowserContext, Page]:
    context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
    page = context.new_page()
    log_in(page, platform, username)
    return context, page


def test_a_file_becomes_a_plan_in_force_by_two_persons(
    page: Page, platform: Platform, chromium: Browser, tmp_path: Path
) -> None:
    log_in(page, platform, "keshi")
    visit(page, platform, "/plans")
    expect(page.get_by_role("link", name="云屿县防汛防台应急预案（演示）")).to_be_visible()
    take = page.locator("input[type=file]")
    take.set_input_files(_file(tmp_path, PLAN.replace("takes: 2h", "takess: 2h")))
    expect(page.get_by_role("alert")).to_contain_text("不认识「takess」这一项")
    expect(page.get_by_role("alert")).to_contain_text("行")
    take.set_input_files(_file(tmp_path, PLAN))
    expect(page.get_by_role("heading", name="演示防汛预案")).to_be_visible()
    expect(page.get_by_text("第 1 版 · 草稿")).to_be_visible()
    page.get_by_role("button", name="报批").click()
    expect(page.get_by_text("第 1 版 · 待批准")).to_be_visible()
    expect(page.get_by_role("button", name="批准，生效")).to_have_count(0)
    address = page.url.removeprefix(platform.url)
    context, chief = _other(chromium, platform, "zhihui")
    visit(chief, platform, address)
    chief.get_by_role("button", name="批准，生效").click()
    expect(chief.get_by_text("第 1 版，现行")).to_be_visible()
    context.close()


def test_the_plan_of_the_county_shows_each_stage_and_what_is_missing(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "duty")
    visit(page, platform, "/plans")
    page.get_by_role("link", name="云屿县防汛防台应急预案（演示）").click()
    page.get_by_role("button", name=re.compile("^防台风Ⅱ级")).click()
    step = page.locator("li", has=page.get_by_role("heading", name="危险区人员转移", exact=True))
    expect(step).to_contain_text("转移责任人")
    expect(step).to_contain_text("900 个岗位")
    expect(step).to_contain_text("5 小时内，且登陆前 6 小时，且当日 18:00 前")
    expect(step).to_contain_text("1 个没有人")
    assert axe.both(page, "plan") == []
    shoot(page, "plan")
    page.get_by_role("radio", name="核对").locator("..").click()
    expect(page.get_by_text("1 个岗位没有人：下堂村驻村干部")).to_be_visible()
    assert axe.both(page, "findings") == []
