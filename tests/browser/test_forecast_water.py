"""Forecasts of water in the demo county: a run asked for, signed, and what pages make of it."""

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from tests.browser import axe
from tests.browser.conftest import Platform, log_in, shoot, visit
from tests.browser.gauges import PASSWORD

pytestmark = pytest.mark.browser


class Desk:
    """A demo user who asks the platform without pages."""

    def __init__(self, asked: APIRequestContext, url: str, username: str) -> None:
        self._asked, self._base = asked, f"{url}/api/v1"
        csrf = asked.get(f"{self._base}/session").json()["csrf"]
        told = asked.post(
            f"{self._base}/session",
            data={"username": username, "password": PASSWORD},
            headers={"X-CSRF-Token": csrf},
        )
        assert told.ok, told.text()
        self._head = {"X-CSRF-Token": told.json()["csrf"], "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        told = self._asked.get(self._base + path)
        assert told.ok, told.text()
        return told.json()

    def post(self, path: str, body: Any) -> Any:
        told = self._asked.post(self._base + path, data=json.dumps(body), headers=self._head)
        assert told.ok, told.text()
        return told.json()


def computed(desk: Desk, model: str, inputs: dict[str, Any] | None = None) -> str:
    """Ask for a run and wait until it is done."""
    run: str = desk.post("/forecasts", {"model": model, "inputs": inputs or {}})["id"]
    for _ in range(300):
        told = desk.get(f"/forecasts/{run}")
        if told["state"] not in ("queued", "running"):
            break
        time.sleep(0.2)
    assert told["state"] == "done", told["reason"]
    return run


@pytest.fixture(scope="module")
def signed(chromium: Browser, platform: Platform) -> str:
    """Give a run of the tide that the commander signed."""
    context = chromium.new_context()
    run = computed(Desk(context.request, platform.url, "keshi"), "tide")
    context.clear_cookies()
    Desk(context.request, platform.url, "zhihui").post(
        f"/forecasts/{run}/approve", {"note": "走查"}
    )
    context.close()
    return run


@pytest.mark.usefixtures("signed")
def test_a_signed_tide_shows_its_curve_and_its_stations(page: Page, platform: Platform) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/surge")
    expect(page.get_by_role("note")).to_contain_text("已签署")
    rows = page.get_by_role("table", name="测站最高潮位").locator("tbody tr")
    expect(rows.first).to_contain_text(" m")
    second = rows.nth(1).get_by_role("button")
    name = second.inner_text()
    second.click()
    curve = page.get_by_role("region", name="过程线")
    expect(curve).to_contain_text(name)
    expect(curve.get_by_role("img")).to_have_attribute("aria-label", re.compile("潮位预报"))
    shoot(page, "forecast-surge")


def test_villages_and_reservoirs_say_what_they_do_not_know(
    page: Page, platform: Platform, chromium: Browser
) -> None:
    context = chromium.new_context()
    computed(Desk(context.request, platform.url, "keshi"), "basin")
    context.close()
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/basins")
    expect(page.get_by_role("table", name="小流域洪峰").locator("tbody tr").first).to_be_visible()
    expect(page.get_by_role("table", name="雨量站")).to_contain_text("未知")
    page.goto(f"{platform.url}/forecast/reservoirs")
    expect(page.get_by_role("table", name="水库")).to_contain_text("没有库水位")
    expect(page.get_by_role("region", name="放水试算")).to_contain_text("没有库水位")
    page.goto(f"{platform.url}/forecast/verification")
    expect(page.get_by_text("没有结果不等于没有误差")).to_be_visible()


@pytest.mark.usefixtures("signed")
def test_nothing_keeps_anybody_from_reading_forecasts_of_water(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "keshi")
    found: list[str] = []
    for name in ("surge", "basins", "reservoirs", "verification"):
        visit(page, platform, f"/forecast/{name}")
        found += axe.both(page, name)
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def surge(chromium: Browser, platform: Platform) -> str:
    """Give the run of the surge that the demo county asks for by itself."""
    context = chromium.new_context()
    desk = Desk(context.request, platform.url, "keshi")
    for _ in range(600):
        found = desk.get("/forecasts?model=surge")["items"]
        if found and found[-1]["state"] not in ("queued", "running"):
            break
        time.sleep(0.5)
    context.close()
    assert found[-1]["state"] == "done", found[-1]["reason"]
    return str(found[-1]["id"])


def test_villages_are_told_depth_and_arrival_or_that_nothing_was_computed(
    page: Page, platform: Platform, surge: str
) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/surge?run={surge}")
    table = page.get_by_role("table", name="村社淹没")
    first = table.locator("tbody tr").first
    expect(first).to_contain_text(re.compile(r"\d\.\d\d m"))
    expect(first).to_contain_text(re.compile(r"08-\d\d \d\d:\d\d"))
    page.get_by_role("button", name="看岸上").click()
    expect(page.get_by_role("button", name="看整片海")).to_be_visible()
    page.get_by_role("checkbox", name="列出全部").check()
    expect(table.locator("tbody tr").last).to_contain_text("没有算")
    expect(table.locator("tbody tr").last).to_contain_text("在近岸网格之外")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="下载（Excel）").click()
    assert sheet.value.suggested_filename.startswith("内部研判参考-surge-")
    shoot(page, "forecast-flood")
