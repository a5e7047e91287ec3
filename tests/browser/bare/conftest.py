"""A live workspace on its first day; all modules of this folder share one, and change it little."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import firstday
from tests.browser.conftest import Platform, run_platform


@pytest.fixture(scope="package")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Give a live workspace with one account, started as a newcomer starts it."""
    for made in run_platform(tmp_path_factory.mktemp("bare") / "live", "--no-demo"):
        firstday.begin(made.dir)
        yield made


@pytest.fixture(scope="module")
def newcomer(bare: Platform, chromium: Browser) -> Iterator[Page]:
    """Give the officer's page in the bare workspace."""
    made = firstday.officer_page(chromium, bare.url)
    yield made
    made.context.close()
