"""Forecasts of water: signed; without ground yet; then surge, villages and a lake that speak."""

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from anlan.kernel import clock
from tests.browser import axe
from tests.browser.conftest import Platform, log_in, shoot, visit
from tests.browser.firstday import tell_workspace
from tests.browser.gauges import PASSWORD, Gauges

pytestmark = pytest.mark.browser

#: mm an hour: more than any danger zone's threshold bears.
CLOUDBURST = [30, 60, 80, 60, 20, 5]
#: What a run of the tide was worth, as the job that verifies writes it down.
VERIFIED = """
from anlan.forecast.models import LevelCheck, Run, Score
run = Run.objects.filter(model="tide", state="done").order_by("-id").first()
one = run.stations.select_related("station").order_by("station__code").first()
place = {"run": run, "station": one.station, "region_id": one.region_id, "model": "tide",
         "based_at": run.based_at}
for first, last, error in ((0, 6, 0.04), (6, 12, 0.12)):
    Score.objects.create(
        **place, code=one.station.code, name=one.station.name, quantity="tide-level",
        lead_from=first, lead_until=last, n=36, total=36 * error, total_size=36 * error,
        total_square=36 * error**2,
    )
LevelCheck.objects.create(**place, kind="tide-blue", limit=3.0, said_at=run.based_at,
                          seen_at=run.based_at, outcome="hit")
LevelCheck.objects.create(**place, kind="tide-yellow", limit=3.4, seen_at=run.based_at,
                          outcome="miss")
"""


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


def lekima(chromium: Browser, platform: Platform, model: str) -> str:
    """Wait for the run under Lekima that the demo county asks for by itself: its oldest."""
    context = chromium.new_context()
    desk = Desk(context.request, platform.url, "keshi")
    for _ in range(600):
        found = desk.get(f"/forecasts?model={model}&size=500")["items"]
        if found and found[-1]["state"] not in ("queued", "running"):
            break
        time.sleep(0.5)
    context.close()
    assert found[-1]["state"] == "done", found[-1]["reason"]
    return str(found[-1]["id"])


@pytest.fixture(scope="module")
def surge(chromium: Browser, platform: Platform) -> str:
    return lekima(chromium, platform, "surge")


def test_slopes_under_lekima_are_over_the_law_that_sets_them_going_elsewhere(
    page: Page, platform: Platform, chromium: Browser
) -> None:
    run = lekima(chromium, platform, "basin")
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/basins?run={run}")
    card = page.get_by_role("region", name="滑坡隐患点")
    expect(card).to_contain_text("没有用本地滑坡率定")
    rows = card.get_by_role("table", name="滑坡隐患点").locator("tbody tr")
    expect(rows).to_have_count(20)
    card.get_by_role("button", name=re.compile("列出全部")).click()
    expect(rows).not_to_have_count(20)
    shares = [
        float(one.split()[0]) for one in card.locator("tbody .share").all_inner_texts() if one
    ]
    first = rows.first
    expect(first).to_contain_text(re.compile(r"小时 \d+ / \d+ mm"))
    expect(first).to_contain_text(re.compile(r"08-(09|10) \d\d:\d\d"))
    assert len(shares) == rows.count()
    assert shares[0] > 1
    assert shares == sorted(shares, reverse=True)
    shoot(page, "forecast-slopes")


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


# Below, forecasts say something; above they did not yet, so the order matters.


@pytest.fixture(scope="module")
def desk(chromium: Browser, platform: Platform) -> Desk:
    context = chromium.new_context()
    return Desk(context.request, platform.url, "keshi")


@pytest.fixture(scope="module")
def flood(desk: Desk) -> str:
    """Give a run of the small basins under a cloudburst that is forecast."""
    begin = clock.real_now().replace(minute=0, second=0, microsecond=0)
    rain = {"start": begin.isoformat(), "step_s": 3600, "mm": CLOUDBURST}
    return computed(desk, "basin", {"rain-forecast": rain})


def test_a_surge_is_played_over_its_map(page: Page, platform: Platform, surge: str) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/surge?run={surge}")
    canvas = page.locator(".canvas[aria-label=逐时增水]")
    expect(canvas).to_have_attribute("data-map-drawn", "1")
    slider = page.get_by_role("slider", name="时间", exact=True)
    begin = int(slider.input_value())
    page.keyboard.press("ArrowRight")
    expect(slider).not_to_have_value(str(begin))
    page.get_by_role("button", name="播放", exact=True).click()
    page.wait_for_function(
        "least => Number(document.querySelector('input[type=range]').value) > least",
        arg=begin + 4 * 3_600_000,
    )
    page.get_by_role("button", name="暂停", exact=True).click()
    stands = slider.input_value()
    page.wait_for_timeout(300)
    expect(slider).to_have_value(stands)
    shoot(page, "forecast-surge-played")


def test_villages_are_listed_by_how_near_they_are_to_leaving(
    page: Page, platform: Platform, flood: str
) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/basins?run={flood}")
    rows = page.get_by_role("table", name="村社接近程度").locator("tbody tr")
    expect(rows.first).to_contain_text("立即转移")
    shares = [
        int(found.group(1))
        for text in rows.all_inner_texts()
        if (found := re.search(r"(\d+)\s*%", text))
    ]
    assert shares[0] >= 100
    assert shares == sorted(shares, reverse=True)
    expect(rows.first).to_contain_text(re.compile(r"\d+\s*/ \d+ mm"))
    expect(page.get_by_role("table", name="小流域洪峰").locator("tbody tr").first).to_contain_text(
        re.compile(r"[1-9]\d*(\.\d+)? m³/s")
    )
    curve = page.get_by_role("region", name=re.compile("逐时$"))
    expect(curve.get_by_role("img")).to_have_attribute("aria-label", re.compile("立即转移"))
    shoot(page, "forecast-villages-near")


def test_a_lake_with_a_level_tells_its_room_and_what_a_release_would_do(
    page: Page, platform: Platform, desk: Desk, gauges: Gauges, flood: str
) -> None:
    row = next(
        one
        for one in desk.get("/sense/latest")["items"]
        if one["quantity"] == "reservoir-level" and one["station"]["kind"] == "reservoir"
    )
    stream = desk.get(f"/sense/streams/{row['code']}")
    levels = {one["kind"]: one["value"] for one in stream["levels"]}
    listed = desk.get(f"/registers/streams/{stream['id']}")
    level = round(min(levels.values()) - 0.8 - (listed["added"] or 0), 2)
    now = clock.real_now()
    gauges.send([(row["code"], now - timedelta(minutes=back), level) for back in (20, 10, 1)])
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/reservoirs?run={flood}")
    lake = page.get_by_role("table", name="水库").locator("tbody tr").filter(has_text="万m³")
    expect(lake.first).to_contain_text(re.compile(r"[低超] \d+\.\d\d m"))
    lake.first.get_by_role("button").first.click()
    trial = page.get_by_role("region", name="放水试算")
    plans = trial.get_by_role("table", name="各方案").locator("tbody tr")
    expect(plans.first).to_contain_text("不放水")
    expect(plans.first).to_contain_text(re.compile(r"\d+\.\d\d m"))
    expect(trial).to_contain_text("试算不是调度令")
    shoot(page, "forecast-reservoir-filled")


def test_the_board_tells_how_good_forecasts_were(
    page: Page, platform: Platform, desk: Desk
) -> None:
    computed(desk, "tide")
    tell_workspace(platform.dir, VERIFIED)
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/forecast/verification")
    errors = page.get_by_role("table", name="误差").first
    expect(errors).to_contain_text("0–6 小时")
    expect(errors).to_contain_text("+0.04 m")
    expect(errors).to_contain_text("+0.12 m")
    foreseen = page.get_by_role("table", name="警戒潮位").first
    expect(foreseen).to_contain_text("蓝")
    expect(page.get_by_text("没有结果不等于没有误差")).to_have_count(0)
    shoot(page, "forecast-verified")
