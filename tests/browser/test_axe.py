"""Every page of warnings and of monitoring as axe sees it, and what opens over it.

Every second one is looked at dark, and every second page in English too, the others light and in
Chinese: the palette's own test weighs each pair of colours in both, and looking at everything twice
takes a minute. Of long lists a village is looked at, whose rows are like the other thousand.
Forecasts are looked at where their runs are computed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from anlan.kernel import clock
from tests.browser import axe
from tests.browser.conftest import HEIGHT, WIDTH, Platform, log_in, shown, visit
from tests.browser.gauges import Gauges
from tests.browser.offices import Office, called, drafted, open_office, sms_link

pytestmark = [pytest.mark.browser, pytest.mark.slow(module_s=300)]

#: Where somebody goes, and which button opens what then lies over the page; "" is the page itself.
Step = tuple[str, str]
#: Pages that the server writes by itself: nobody logs in there.
OUTSIDE = ("/cap/", "{link}")
WALKS: Mapping[str, Sequence[Step]] = {
    "duty": (
        ("/warn/inbox", ""), ("/warn/inbox", "原文转发"), ("/warn/inbox", "不转发"),
        ("/warn/paste", ""), ("/warn/refused", ""), ("/warn/new", ""),
        ("/warn/alerts/{draft}/edit", ""), ("/warn/alerts/{review}", ""),
        ("/warn/alerts/{review}", "口头授权"), ("/warn/alerts/{review}", "作废"),
        ("/warn/alerts/{oral}", ""), ("/warn/queue", ""), ("/warn/orders", ""),
        ("/warn/alerts", ""), ("/warn/alerts", "撤销"), ("/warn/alerts/{alert}", ""),
        ("/warn/board/{alert}?region={village}", ""),
        ("/warn/board/{alert}?region={village}", "代答"),
        ("/warn/board/{alert}?wall=1", ""), ("/warn/sheet?alert={alert}&region={village}", ""),
        ("/warn/messages", ""), ("/warn/replies", ""), ("/warn/gaps", ""), ("/warn/channels", ""),
        ("/warn/readiness?test={test}", ""), ("/warn/readiness", "开始测试"),
        ("/warn/coverage", ""),
    ),
    "zhihui": (("/warn/alerts/{review}", "退回"), ("/warn/orders", "签署授权")),
    "keshi": (
        ("/alarms?alarm={alarm}", ""), ("/alarms?alarm={alarm}", "定性"),
        ("/alarms?alarm={alarm}", "搁置"), ("/sense/latest", ""), ("/sense/stations/{station}", ""),
        ("/sense/stations/{station}", "登记检修"), ("/sense/rules", ""),
        ("/sense/rules/{rule}", ""), ("/sense/quality", ""), ("/sense/sources", ""),
        ("/sense/sources/new", ""), ("/sense/keys", ""), ("/sense/maintenance", ""),
        ("/sense/backfill", ""),
    ),
}  # fmt: skip


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
    village = duty.get(f"/alerts/{alert}/board?standing=silent&size=1")["items"][0]["region"]
    test = duty.post(
        "/comms/readiness",
        {"title": "畅通测试", "region": village, "channel": "sms", "every_days": None},
    )
    draft, review, oral = (drafted(duty) for _ in range(3))
    for one in (review, oral):
        duty.post(f"/alerts/{one}/submit")
    _approve_orally(duty, oral)
    yield {
        "draft": draft,
        "review": review,
        "oral": oral,
        "alert": alert,
        "village": village,
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


def _approve_orally(duty: Office, alert: str) -> None:
    """Note that somebody approved by telephone; they still owe their signature."""
    post = next(one for one in duty.get(f"/alerts/{alert}/approvers")["items"] if one["persons"])
    person = post["persons"][0]
    duty.post(
        f"/alerts/{alert}/oral",
        {
            "post": post["post"], "person": person["person"], "phone": person["phones"][0]["id"],
            "said_at": clock.real_now().isoformat(), "reason": "在路上",
        },
    )  # fmt: skip


@pytest.fixture
def still(chromium: Browser) -> Iterator[Page]:
    """Give a page on which nothing moves: a colour half way to another has no contrast."""
    context = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _turn(page: Page, *, dark: bool, english: bool) -> None:
    """Let the system turn dark or light, and the officer the language."""
    axe.turn(page, "dark" if dark else "light")
    other = page.locator("header.bar button[lang]")
    if other.is_visible() and (other.get_attribute("lang") == "en") == english:
        other.dispatch_event("click")  # a wall lies over it
        shown(page)


@pytest.mark.parametrize("username", WALKS)
def test_nothing_keeps_anybody_from_reading_or_pressing(
    still: Page, platform: Platform, places: Mapping[str, str], username: str
) -> None:
    log_in(still, platform, username)
    found: list[str] = []
    for n, (path, button) in enumerate(WALKS[username]):
        visit(still, platform, path.format(**places))
        _turn(still, dark=n % 2 == 1, english=n % 2 == 1 and not button)
        if button:
            still.get_by_role("button", name=re.compile(f"^{button}")).first.click()
            expect(still.locator("[role=dialog], form").locator("visible=true")).not_to_have_count(
                0
            )
        found += axe.found(still, f"{path} {button}")
        if button:
            still.keyboard.press("Escape")
    assert not found, "\n".join(found)


def test_what_the_public_and_the_villages_see_is_as_readable(
    still: Page, platform: Platform, places: Mapping[str, str]
) -> None:
    for path in OUTSIDE:
        still.goto(platform.url + path.format(**places))
        shown(still)
        found = axe.both(still, path)
        assert not found, "\n".join(found)
