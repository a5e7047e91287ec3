"""The storm's day on one map, as a film for the README: a picture every so many minutes of it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from anlan.kernel import clock
from tests.browser import pictures

#: Of the exercise, in its own time: the way from red warnings to the morning after the landfall.
BEGINS, ENDS = (
    datetime(2019, 8, day, hour, tzinfo=clock.LOCAL_ZONE) for day, hour in ((9, 12), (10, 6))
)
EVERY = timedelta(minutes=30)
#: Where the water stands highest and most are called: what a reader sees first.
NIGHT = datetime(2019, 8, 10, 2, tzinfo=clock.LOCAL_ZONE)
WIDTH, QUALITY, FRAME_MS = 800, 42, 450
#: A step of the storm takes long on a machine that does other things, ms.
PATIENCE = 1_200_000
CLOCK = re.compile(r"(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d:\d\d)")


def now(page: Page) -> datetime:
    """Read the clock in the page's head."""
    found = CLOCK.search(page.get_by_role("banner").first.inner_text())
    assert found is not None
    return datetime.fromisoformat(f"{found[1]} {found[2]}").replace(tzinfo=clock.LOCAL_ZONE)


def wait_until(page: Page, moment: datetime) -> None:
    """Wait until the clock in the page's head has come to a moment."""
    page.wait_for_function(
        """wanted => {
            const head = document.querySelector('header')?.innerText ?? ''
            const told = head.match(/(\\d{4}-\\d\\d-\\d\\d)\\s+(\\d\\d:\\d\\d:\\d\\d)/)
            return told !== null && `${told[1]} ${told[2]}` >= wanted
        }""",
        arg=f"{moment:%Y-%m-%d %H:%M:%S}", timeout=PATIENCE, polling=500,
    )  # fmt: skip


def filmed(page: Page, at_night: Callable[[], None]) -> list[bytes]:
    """Look at the map of an exercise until the morning; `page` shows it already.

    `at_night` is called once when the water stands highest.
    """
    expect(page.get_by_text("正在发生")).to_be_visible()
    frames: list[bytes] = []
    moment = max(BEGINS, now(page))
    shown = False
    while moment <= ENDS:
        wait_until(page, moment)
        frames.append(pictures.taken(page, quality=QUALITY, width=WIDTH))
        if moment >= NIGHT and not shown:
            pictures.keep(page, "screenshot-storm-night")
            shown = True
            at_night()
        moment += EVERY
    return frames
