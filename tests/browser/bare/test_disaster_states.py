"""Every page of the response where there is nothing to show, and where nothing can be fetched."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Platform, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Page -> what it says where there is nothing.
EMPTY = {
    "/respond": "现在没有响应在运行",
    "/respond/orders": "还没有交办单",
    "/incidents": "没有正在处置的突发事件",
    "/desk/log": "日志还是空的",
    "/desk/handover": "还没有交接过",
    "/desk/roll-calls": "还没有点过名",
    "/evacuations": "没有转移批次",
    "/losses": "没有在统计的灾情",
    "/reviews": "还没有要复盘的响应",
    "/forms": "还没有报表",
}
ASKED = re.compile(r"/api/v1/(responses|orders|incidents|duty|evacuations|losses|reviews|forms)\b")


@pytest.mark.parametrize(("path", "says"), EMPTY.items())
def test_an_empty_page_says_why_it_is_empty(
    newcomer: Page, bare: Platform, path: str, says: str
) -> None:
    visit(newcomer, bare, path)
    expect(newcomer.get_by_text(says).first).to_be_visible()
    expect(newcomer.locator(".state[role=alert]")).to_have_count(0)


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


@pytest.mark.parametrize(
    "path",
    [
        "/respond/nowhere", "/incidents/nowhere", "/desk/roll-calls/nowhere",
        "/evacuations/nowhere", "/losses/nowhere", "/reviews/nowhere", "/forms/nowhere",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_not_to_be(newcomer: Page, bare: Platform, path: str) -> None:
    newcomer.goto(f"{bare.url}{path}")
    expect(newcomer.locator(".state[role=alert]").first).to_contain_text("没有")
