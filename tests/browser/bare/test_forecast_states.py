"""Every page of forecasts where there is nothing to show, nothing came, or nobody may look."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Platform, log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow(module_s=200)]

#: Page -> what it says where there is nothing.
EMPTY = {
    "/forecast/runs": "还没有算过预报",
    "/forecast/typhoon": "没有台风",
    "/forecast/surge": "还没有潮位或风暴潮的预报",
    "/forecast/basins": "还没有小流域山洪的预报",
    "/forecast/reservoirs": "辖区里没有水库",
    "/forecast/verification": "这段时间还没有检验结果",
}
ASKED = re.compile(r"/api/v1/forecasts\b")


@pytest.mark.parametrize(("path", "says"), EMPTY.items())
def test_an_empty_page_says_why_it_is_empty(
    newcomer: Page, bare: Platform, path: str, says: str
) -> None:
    newcomer.goto(f"{bare.url}{path}")
    expect(newcomer.get_by_text(says).first).to_be_visible()
    expect(newcomer.locator(".state[role=alert]")).to_have_count(0)
    expect(newcomer.locator(".skeleton")).to_have_count(0)


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_that_cannot_be_fetched_says_so_and_comes_when_asked_again(
    newcomer: Page, bare: Platform, path: str
) -> None:
    newcomer.route(ASKED, lambda route: route.abort())
    newcomer.goto(f"{bare.url}{path}")
    failed = newcomer.locator(".state[role=alert]").first
    expect(failed).to_contain_text("连不上服务器")
    # What is not known is not said to be empty.
    expect(newcomer.get_by_text(EMPTY[path])).to_have_count(0)
    newcomer.unroute(ASKED)
    failed.get_by_role("button", name="重试").click()
    expect(newcomer.get_by_text(EMPTY[path]).first).to_be_visible()


def _broken(route: Route) -> None:
    route.fulfill(
        status=503,
        content_type="application/problem+json",
        body=json.dumps({"code": "unavailable", "title": "暂时办不到", "detail": "数据库正在恢复"}),
    )


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_repeats_what_the_server_says_is_wrong(
    newcomer: Page, bare: Platform, path: str
) -> None:
    newcomer.route(ASKED, _broken)
    newcomer.goto(f"{bare.url}{path}")
    expect(newcomer.locator(".state[role=alert]").first).to_contain_text("数据库正在恢复")
    newcomer.unroute(ASKED)


def _asked_for(page: Page, url: str, model: str) -> Any:
    csrf = page.context.request.get(f"{url}/api/v1/session").json()["csrf"]
    told = page.context.request.post(
        f"{url}/api/v1/forecasts", data={"model": model}, headers={"X-CSRF-Token": csrf}
    )
    assert told.ok, told.text()
    return told.json()


def test_a_run_that_failed_says_what_was_missing_and_may_be_asked_again(
    newcomer: Page, bare: Platform
) -> None:
    made = _asked_for(newcomer, bare.url, "tide")
    newcomer.goto(f"{bare.url}/forecast/runs/{made['id']}")
    reason = newcomer.locator(".reason")
    expect(reason).to_contain_text("潮位预报站", timeout=60_000)
    expect(newcomer.get_by_role("button", name="再算一次")).to_be_visible()
    # Nothing came out of it: no table stands there empty.
    expect(newcomer.get_by_role("table", name="测站最高潮位")).to_have_count(0)
    newcomer.goto(f"{bare.url}/forecast/runs?state=failed")
    expect(newcomer.locator("tbody tr")).to_have_count(1)
    expect(newcomer.locator("tbody .reason")).to_contain_text("潮位预报站")
    newcomer.goto(f"{bare.url}/forecast/runs?signing=approved")
    expect(newcomer.get_by_text("没有符合条件的计算")).to_be_visible()
    # A run that failed is no forecast.
    newcomer.goto(f"{bare.url}/forecast/surge")
    expect(newcomer.get_by_text(EMPTY["/forecast/surge"])).to_be_visible()


def test_a_run_or_a_storm_that_is_not_there_says_so(page: Page, platform: Platform) -> None:
    log_in(page, platform, "keshi")
    for path in ("/forecast/runs/nowhere", "/forecast/typhoon?storm=nowhere"):
        page.goto(f"{platform.url}{path}")
        expect(page.locator(".state[role=alert]")).to_contain_text("没有")


def test_whoever_may_not_see_forecasts_is_told_so(page: Page, platform: Platform) -> None:
    log_in(page, platform, "sysadmin")
    for path in EMPTY:
        page.goto(f"{platform.url}{path}")
        expect(page.get_by_role("navigation").first).to_be_visible()
        expect(page.get_by_role("link", name="预报总览")).to_have_count(0)
        expect(page.get_by_text("您没有查看此页的权限")).to_be_visible()
        expect(page.get_by_text(EMPTY[path])).to_have_count(0)


def test_a_village_sees_what_was_signed_and_nothing_else(page: Page, platform: Platform) -> None:
    log_in(page, platform, "village")
    told = page.request.get(f"{platform.url}/api/v1/forecasts").json()
    assert all(one["signing"] != "unsigned" for one in told["items"])
    page.goto(f"{platform.url}/forecast/basins")
    expect(page.get_by_text("内部研判参考，未经签署")).to_have_count(0)
    expect(page.get_by_role("heading", name="雨情与小流域")).to_be_visible()


def test_a_page_that_stands_still_says_how_old_it_is(page: Page, platform: Platform) -> None:
    log_in(page, platform, "keshi")
    page.clock.install()
    page.goto(f"{platform.url}/forecast/runs")
    expect(page.get_by_role("list", name="现在用哪次预报")).to_be_visible()
    page.context.set_offline(True)
    page.clock.fast_forward(90_000)
    expect(page.get_by_text("没有收到新内容", exact=False).first).to_be_visible()
    # The last that was known stays in sight.
    expect(page.get_by_role("list", name="现在用哪次预报")).to_be_visible()
    page.context.set_offline(False)
    page.clock.fast_forward(60_000)
    expect(page.get_by_text("没有收到新内容", exact=False)).to_have_count(0)
