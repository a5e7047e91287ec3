"""Forecasts in the browser: a run read, signed and taken back by keyboard; a typhoon played."""

import json
import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.demo.users import PASSWORD
from tests.browser import axe
from tests.browser.conftest import Platform, log_in, shoot, visit

pytestmark = pytest.mark.browser

STORM = "202699"
#: China's clock, in which bulletins speak.
LATER = timedelta(hours=8)


def _point(at: datetime, lon: float, lat: float, wind: float) -> dict[str, object]:
    quarters = {"ne": 350, "se": 300, "sw": 220, "nw": 260}
    return {
        "time": at.strftime("%Y-%m-%dT%H:%M:%S"), "longitude": lon, "latitude": lat,
        "speed": wind, "pressure": 950, "radius7_quad": quarters,
    }  # fmt: skip


def bulletin(now: datetime) -> str:
    """A storm that two agencies see coming ashore at the demo county, each in its own way."""
    here = now.replace(minute=0, second=0, microsecond=0, tzinfo=None) + LATER
    seen = [_point(here - timedelta(hours=6 * n), 124.9 + n, 25.6 - n / 2, 45) for n in range(4)]
    seen[0]["forecast"] = [
        {
            "sets": agency,
            "points": [
                _point(here + timedelta(hours=12 * n), 124.9 + east * n, 25.6 + 0.9 * n, 40)
                for n in range(1, 5)
            ],
        }
        for agency, east in (("中国", -1.25), ("日本", -1.0))
    ]
    return json.dumps([{"tfbh": STORM, "name": "走查", "points": seen[::-1]}])


@pytest.fixture(scope="module")
def run(platform: Platform, chromium: Browser) -> str:
    """Bring the storm in, compute its winds and rain, and give the run; not signed yet."""
    context = chromium.new_context()
    asked = context.request
    base = f"{platform.url}/api/v1"
    head = {"X-CSRF-Token": asked.get(f"{base}/session").json()["csrf"]}
    login = {"username": "daiban", "password": PASSWORD}
    told = asked.post(f"{base}/session", data=login, headers=head).json()
    head = {"X-CSRF-Token": told["csrf"]}
    now = datetime.fromisoformat(told["workspace"]["clock"]["now"])
    brought = asked.post(f"{base}/forecasts/typhoons", data=bulletin(now), headers=head)
    assert brought.status == 201, brought.text()
    made = asked.post(
        f"{base}/forecasts", data={"model": "typhoon", "storm": STORM}, headers=head
    ).json()
    page = context.new_page()
    for _ in range(120):
        found = asked.get(f"{base}/forecasts/{made['id']}").json()
        if found["state"] in ("done", "failed"):
            break
        page.wait_for_timeout(1000)
    assert found["state"] == "done", found["reason"]
    context.close()
    return str(made["id"])


def test_a_typhoon_is_played_and_told_in_figures(page: Page, platform: Platform, run: str) -> None:
    log_in(page, platform, "daiban")
    page.goto(f"{platform.url}/forecast/typhoon?storm={STORM}")
    expect(page.get_by_label("台风路径图")).to_have_attribute("data-map-drawn", "1")
    clock = page.get_by_label("登陆时钟", exact=True)
    expect(clock).to_contain_text("中国")
    expect(clock).to_contain_text("小时")
    agencies = page.get_by_role("region", name="各家预报")
    expect(agencies.get_by_role("checkbox")).to_have_count(2)
    page.get_by_role("button", name="登陆时钟按日本算").click()
    expect(clock).to_contain_text("日本")
    expect(page.get_by_role("link", name="台风风雨")).to_have_attribute(
        "href", f"/forecast/runs/{run}"
    )
    slider = page.get_by_role("slider", name="时间", exact=True)
    begin = int(slider.input_value())
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value(str(begin + 3_600_000))
    page.get_by_role("button", name="播放", exact=True).click()
    page.wait_for_function(
        "least => Number(document.querySelector('input[type=range]').value) > least",
        arg=begin + 3 * 3_600_000,
    )
    shoot(page, "forecast-typhoon")
    table = page.get_by_role("region", name="路径表")
    expect(table.get_by_role("row")).to_have_count(5)
    expect(table).to_contain_text("350 / 300 / 220 / 260")


def test_a_run_is_signed_and_taken_back_by_keyboard(
    page: Page, platform: Platform, run: str
) -> None:
    # After the storm was played: what somebody takes back is drawn nowhere any more.
    log_in(page, platform, "daiban")
    page.goto(f"{platform.url}/forecast/runs")
    expect(page.get_by_text("内部研判参考").first).to_be_visible()
    shoot(page, "forecast-runs")
    page.goto(f"{platform.url}/forecast/runs/{run}")
    stamp = page.get_by_role("note")
    expect(stamp).to_contain_text("内部研判参考，未经签署")
    expect(page.get_by_role("heading", name="依据")).to_be_visible()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="签署预报")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    expect(stamp).to_contain_text("未经签署")
    page.keyboard.type("与县台一致")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(stamp).to_contain_text("已签署")
    expect(page.get_by_text("与县台一致")).to_be_visible()
    shoot(page, "forecast-run")
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog", name="撤回签署")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(dialog).to_contain_text("请写明理由")
    page.keyboard.type("路径报文有误")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(stamp).to_contain_text("未经签署")
    expect(page.get_by_text("路径报文有误")).to_be_visible()


@pytest.mark.usefixtures("run")
def test_nothing_keeps_anybody_from_reading_a_run_or_a_storm(
    page: Page, platform: Platform
) -> None:
    log_in(page, platform, "daiban")
    rows = page.request.get(f"{platform.url}/api/v1/forecasts?state=done").json()["items"]
    waits = next(one["id"] for one in rows if "approve" in one["verbs"])
    found: list[str] = []
    for path in ("/forecast/runs", f"/forecast/typhoon?storm={STORM}", f"/forecast/runs/{waits}"):
        visit(page, platform, path)
        found += axe.both(page, path)
    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="签署预报").get_by_role("textbox")).to_be_focused()
    found += axe.both(page, "签署预报")
    assert not found, "\n".join(found)


def _pages(run: str) -> list[str]:
    return [
        "/forecast/runs", f"/forecast/runs/{run}", f"/forecast/typhoon?storm={STORM}",
        "/forecast/surge", "/forecast/surge?model=tide", "/forecast/basins",
        "/forecast/reservoirs", "/forecast/verification",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(360, 740), (3840, 2160)])
def test_the_pages_of_forecasts_fit_a_phone_and_a_wall(
    page: Page, platform: Platform, run: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, platform, "keshi")
    for path in _pages(run):
        page.goto(f"{platform.url}{path}")
        expect(page.locator("h1").first).to_be_visible()
        expect(page.locator(".skeleton")).to_have_count(0)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide at {width}"
        name = re.sub(r"\W+", "-", path.replace(run, "one")).strip("-")
        shoot(page, f"{width}-{name}")


@pytest.mark.usefixtures("run")
def test_what_comes_can_be_read_from_eight_metres(page: Page, platform: Platform) -> None:
    page.set_viewport_size({"width": 3840, "height": 2160})
    log_in(page, platform, "daiban")
    page.goto(f"{platform.url}/forecast/runs")
    expect(page.get_by_role("list", name="现在用哪次预报")).to_be_visible()
    page.keyboard.press("f")
    wall = page.locator(".wall")
    expect(wall.get_by_label("台风路径图")).to_have_attribute("data-map-drawn", "1")
    expect(wall.get_by_label("登陆时钟", exact=True)).to_contain_text("小时")
    expect(wall).to_contain_text("官方预警")
    # What nobody signed says so on the wall as well.
    expect(wall).to_contain_text("内部研判参考")
    expect(wall.locator(".comes b").first).to_be_visible()
    shoot(page, "forecast-wall")
    # On a wall three metres wide 40 px are 31 mm: legible at eight metres, as signs are made.
    sizes: list[float] = page.evaluate(
        "[...document.querySelectorAll('.wall .comes *, .wall h2, .wall .official, .wall .clock *,"
        " .wall .stamp')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 40
    # And nothing is left to scroll to.
    cut: list[str] = page.evaluate(
        "[...document.querySelectorAll('.wall, .wall .side')].filter(e =>"
        " e.scrollHeight > e.clientHeight + 1).map(e => e.className)"
    )
    assert cut == []
    page.keyboard.press("Escape")
    expect(wall).to_have_count(0)
