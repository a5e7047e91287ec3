"""Every page of warnings and of monitoring as axe sees it.

Every second page is looked at dark and in English, the others light and in Chinese: the palette's
own test weighs each pair of colours in both, and looking at everything twice takes a minute.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.kernel import clock
from tests.browser.conftest import HEIGHT, ROOT, WIDTH, Platform, log_in
from tests.browser.gauges import Gauges
from tests.browser.offices import Office, called, open_office, sms_link

pytestmark = pytest.mark.browser

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
#: What keeps somebody from reading or pressing; the milder findings are matters of taste.
GRAVE = ("serious", "critical")
WARNINGS = (
    "/warn/inbox", "/warn/paste", "/warn/refused", "/warn/new", "/warn/queue", "/warn/orders",
    "/warn/alerts", "/warn/alerts/{alert}", "/warn/board/{alert}", "/warn/board/{alert}?wall=1",
    "/warn/sheet?alert={alert}", "/warn/messages", "/warn/replies", "/warn/gaps",
    "/warn/channels", "/warn/readiness?test={test}", "/warn/coverage", "/cap/", "{link}",
)  # fmt: skip
SENSE = (
    "/alarms?alarm={alarm}", "/sense/latest", "/sense/stations/{station}", "/sense/rules",
    "/sense/rules/{rule}",
    "/sense/quality", "/sense/sources", "/sense/sources/new", "/sense/keys",
    "/sense/maintenance", "/sense/backfill",
)  # fmt: skip


@pytest.fixture(scope="module")
def places(platform: Platform, chromium: Browser, gauges: Gauges) -> Iterator[Mapping[str, str]]:
    """Give what the addresses name; a test, a standing order and an alarm lie there to be seen."""
    duty, lead, section = (
        open_office(chromium, platform, name) for name in ("duty", "zhihui", "keshi")
    )
    river = gauges.rivers[8]
    alert = called(duty)["id"]
    link, _ = sms_link(duty, alert)
    lead.post(
        "/alerts/orders",
        {
            "title": "地震预警原文转发", "region": _region(lead), "trigger": "received",
            "kinds": ["quake-early-warning"], "reason": "只有几秒，等不到人来转发",
            "until": (clock.real_now() + timedelta(days=90)).isoformat(),
        },
    )  # fmt: skip
    grid = duty.get(f"/alerts/{alert}/board?size=1")["items"][0]["region"]
    test = duty.post(
        "/comms/readiness",
        {"title": "畅通测试", "region": grid, "channel": "sms", "every_days": None},
    )
    yield {
        "alert": alert,
        "link": link,
        "test": test["id"],
        "station": river.station,
        "alarm": gauges.flood(river)["id"],
        "rule": section.get("/sense/rules")["items"][0]["id"],
    }
    for office in (duty, lead, section):
        office.asked.dispose()


def _region(office: Office) -> str:
    root: str = office.get("/meta")["regions"]["root"]["code"]
    return root


@pytest.fixture
def still(chromium: Browser) -> Iterator[Page]:
    """Give a page on which nothing moves: a colour half way to another has no contrast."""
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _shown(page: Page) -> None:
    """Wait until a page shows what it has."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)


def _found(page: Page, where: str) -> list[str]:
    """Tell what axe finds grave on the page as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    told: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{where}: {one['id']}: {node['target']}: {node['failureSummary']}"
        for one in told["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def _turn(page: Page, *, dark: bool) -> None:
    """Let the system turn dark or light, and the officer the language."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    other = page.locator("header.bar button[lang]")
    if other.is_visible() and (other.get_attribute("lang") == "en") == dark:
        other.dispatch_event("click")  # a wall lies over it
        _shown(page)


@pytest.mark.parametrize(
    ("username", "paths"), [("duty", WARNINGS), ("keshi", SENSE)], ids=["warnings", "sense"]
)
def test_nothing_keeps_anybody_from_reading_or_pressing(
    still: Page, platform: Platform, places: Mapping[str, str], username: str, paths: tuple[str]
) -> None:
    log_in(still, platform, username)
    found: list[str] = []
    for n, path in enumerate(paths):
        still.goto(platform.url + path.format(**places))
        _shown(still)
        _turn(still, dark=n % 2 == 1)
        found += _found(still, path)
    assert not found, "\n".join(found)
