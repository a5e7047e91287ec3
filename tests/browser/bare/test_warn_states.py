"""Every page of warnings where there is nothing to show, and where nothing can be fetched."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Platform, log_in, visit
from tests.browser.offices import Office, called, open_office

pytestmark = [pytest.mark.browser, pytest.mark.slow(module_s=200)]

#: Page -> what it says where there is nothing.
EMPTY = {
    "/warn/inbox": "没有收到预警",
    "/warn/paste": "还没有粘贴",
    "/warn/refused": "没有读不懂的报文",
    "/warn/new": "还不能预览",
    "/warn/queue": "没有要签发的",
    "/warn/orders": "没有预置授权",
    "/warn/alerts": "现在没有生效的预警",
    "/warn/board": "现在没有叫应",
    "/warn/sheet": "没有要打的电话",
    "/warn/messages": "没有消息",
    "/warn/replies": "没有看不准的答复",
    "/warn/gaps": "还没有登记会被叫应的岗位",
    "/warn/channels": "没有配置，走到这一步会转到人工叫应单",
    "/warn/readiness": "还没有测试过",
    "/warn/coverage": "这里没有登记住户",
}
#: Pages that ask the server for nothing before somebody writes.
ASKS_NOTHING = {"/warn/paste"}
ASKED = re.compile(r"/api/v1/(alerts|calls|comms)\b")


@pytest.mark.parametrize(("path", "says"), EMPTY.items())
def test_an_empty_page_says_why_it_is_empty(
    newcomer: Page, bare: Platform, path: str, says: str
) -> None:
    visit(newcomer, bare, path)
    expect(newcomer.get_by_text(says).first).to_be_visible()
    expect(newcomer.locator(".state[role=alert]")).to_have_count(0)


@pytest.mark.parametrize("path", sorted(set(EMPTY) - ASKS_NOTHING))
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


@pytest.fixture(scope="module")
def duty(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the officer on duty of the demo county."""
    made = open_office(chromium, platform, "duty")
    yield made
    made.asked.dispose()


def test_a_board_or_an_alert_that_is_not_there_says_so(page: Page, platform: Platform) -> None:
    log_in(page, platform, "duty")
    for path in ("/warn/board/nowhere", "/warn/alerts/nowhere"):
        page.goto(f"{platform.url}{path}")
        expect(page.locator(".state[role=alert]")).to_contain_text("没有")


def test_whoever_may_not_see_a_page_is_told_so(page: Page, platform: Platform) -> None:
    log_in(page, platform, "village")
    for path in ("/warn/messages", "/warn/channels"):
        page.goto(f"{platform.url}{path}")
        expect(page.get_by_text("您没有查看此页的权限")).to_be_visible()
    # Whoever may call, but not see numbers, is not offered to dial what is left of one.
    page.goto(f"{platform.url}/warn/sheet")
    expect(page.get_by_text("号码没有权限看全", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="拨号")).to_have_count(0)


def test_a_board_that_stands_still_says_how_old_it_is(
    page: Page, platform: Platform, duty: Office
) -> None:
    log_in(page, platform, "duty")
    page.clock.install()
    page.goto(f"{platform.url}/warn/board/{called(duty)['id']}")
    expect(page.locator(".tally .called dd")).to_be_visible()
    page.context.set_offline(True)
    page.clock.fast_forward(90_000)
    expect(page.get_by_text("没有收到新内容", exact=False).first).to_be_visible()
    # The last that was known stays in sight.
    expect(page.locator(".tally .called dd")).to_be_visible()
    page.context.set_offline(False)
    page.clock.fast_forward(60_000)
    expect(page.get_by_text("没有收到新内容", exact=False)).to_have_count(0)
