"""A storm replayed at one press: what is done meanwhile is told, then its simulated clock."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from anlan.comms.tests.postman import free_port
from tests.browser import axe
from tests.browser.conftest import Platform, run_platform, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow(module_s=300)]

#: Registers are copied, weather is reckoned and processes start: ms, on a slow machine.
PATIENCE = 280_000
CLOCK = re.compile(r"08-\d\d \d\d:\d\d")


@pytest.fixture(scope="module")
def stage(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Give a demo of this module's own, in which devices may report."""
    directory = tmp_path_factory.mktemp("stage") / "demo"
    shutil.copytree(loaded, directory)
    yield from run_platform(directory, mqtt=free_port())


def test_one_press_replays_the_storm_and_tells_how_far_it_is(
    chromium: Browser, stage: Platform
) -> None:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{stage.url}/login?as=duty&next=/welcome")
    card = page.get_by_role("region", name="重演利奇马")
    expect(card).to_contain_text("全是模拟")
    card.get_by_role("button", name="开始重演").click()
    expect(card.locator(".steps .now")).to_be_visible()
    assert axe.both(page, "/welcome while it is being made") == []
    expect(card.locator(".clock b")).to_have_text(CLOCK, timeout=PATIENCE)
    expect(card.get_by_role("progressbar")).to_be_visible()
    shoot(page, "welcome-playing")
    page.context.close()
