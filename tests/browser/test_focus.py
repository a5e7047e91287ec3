"""Where the focus goes on the pages of a storm night: along the page, in sight, and back again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Platform, log_in, visit
from tests.browser.offices import Office, called, drafted, open_office

pytestmark = pytest.mark.browser

#: Steps of a walk: long lists go on in the same way.
MOST = 90
#: Something one can begin with has the focus: not the dialog as such, nor the cross that closes it.
BEGINS = ":focus:not(.el-dialog):not(.el-dialog__headerbtn)"
#: What has the focus, where it is, and whether what had it before looks different now.
#: A field inside a frame of ours (a tick box, a search box) shows it on the frame.
HELD = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  const look = (held) => {
    const near = [held, held.nextElementSibling]
    for (let up = held.parentElement, n = 0; up && n < 3; up = up.parentElement, n += 1)
      near.push(up, ...up.children)
    const box = held.getBoundingClientRect()
    return [box.width, box.height, ...near.filter(Boolean).map((one) => {
      const it = getComputedStyle(one)
      return [it.outlineStyle, it.outlineWidth, it.boxShadow, it.borderColor, it.backgroundColor,
        it.opacity, it.transform].join()
    })].join(';')
  }
  const before = window.walked
  const shown = before?.held.isConnected ? look(before.held) !== before.look : true
  const held = document.activeElement
  window.walked = held && held !== document.body ? { held, look: look(held) } : undefined
  if (!window.walked) return [shown, null]
  const sized = (one) => one && Math.min(...Object.values(one.getBoundingClientRect().toJSON())
    .slice(2, 4)) > 2
  const frame = [held.closest('label'), held, held.parentElement].find(sized)
  const box = frame?.getBoundingClientRect()
  const inside = box && box.bottom > 0 && box.right > 0 && box.top < innerHeight
    && box.left < innerWidth
  const within = (at, most) => Math.min(Math.max(at, 0), most - 1)
  const at = inside && document.elementFromPoint(
    within(box.left + box.width / 2, innerWidth), within(box.top + box.height / 2, innerHeight))
  held.dataset.walked ??= String(window.steps = (window.steps ?? 0) + 1)
  return [shown, {
    key: held.dataset.walked,
    name: `${held.tagName} ${held.getAttribute('aria-label') ?? held.innerText ?? ''}`.slice(0, 60),
    seen: Boolean(at) && (frame.contains(at) || at.contains(frame)),
    dialog: held.closest('[role=dialog]') !== null,
  }]
}"""


@dataclass(frozen=True)
class Stop:
    """Something that the Tab key comes to."""

    key: str
    name: str
    #: Whether it is in sight, and nothing lies over it.
    seen: bool
    dialog: bool


@dataclass
class Walk:
    """Steps by the Tab key."""

    page: Page
    stops: list[Stop]
    #: What looks the same with and without the focus.
    hidden: list[str]

    def look(self) -> Stop | None:
        """Tell what has the focus now, and hold what had it before against how it looked then."""
        shown, told = self.page.evaluate(HELD)
        if not shown and self.stops:
            self.hidden.append(self.stops[-1].name)
        return None if told is None else Stop(**told)

    def step(self) -> Stop | None:
        """Press Tab; None once everything had the focus. What comes back early fails the test."""
        self.page.keyboard.press("Tab")
        stop = self.look()
        if stop is None or (self.stops and stop.key == self.stops[0].key):
            return None
        assert stop.key not in {one.key for one in self.stops}, f"Tab goes back to {stop.name}"
        self.stops.append(stop)
        return stop


@pytest.fixture(scope="module")
def duty(platform: Platform, chromium: Browser) -> Iterator[Office]:
    """Give the officer on duty, beside the pages."""
    made = open_office(chromium, platform, "duty")
    yield made
    made.asked.dispose()


@pytest.fixture(scope="module")
def paths(duty: Office) -> Mapping[str, str]:
    """Give the addresses of the pages an officer works on in a storm."""
    alert, review = called(duty)["id"], drafted(duty)
    duty.post(f"/alerts/{review}/submit")
    return {
        "inbox": "/warn/inbox",
        "compose": "/warn/new",
        "board": f"/warn/board/{alert}",
        "sheet": f"/warn/sheet?alert={alert}",
        "force": "/warn/alerts",
        "review": f"/warn/alerts/{review}",
    }


@pytest.mark.parametrize("where", ["inbox", "compose", "board", "sheet"])
def test_tab_walks_the_page_in_its_order_and_everything_shows_that_it_has_the_focus(
    page: Page, platform: Platform, paths: Mapping[str, str], where: str
) -> None:
    log_in(page, platform, "duty")
    page.emulate_media(reduced_motion="reduce")
    visit(page, platform, paths[where])
    walk = Walk(page, [], [])
    while len(walk.stops) < MOST and walk.step():
        pass
    assert len(walk.stops) > 12
    assert [one.name for one in walk.stops if not one.seen] == []
    assert walk.hidden == []
    # As the page is read: nobody jumps ahead of it.
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0


@pytest.mark.parametrize(
    ("where", "opens", "title"),
    [
        ("inbox", "原文转发", "原文转发并叫应"),
        ("inbox", "不转发", "不转发"),
        ("force", "撤销", "撤销预警"),
        ("board", "代答", "代答"),
        ("review", "口头授权", "口头授权"),
    ],
)
def test_a_dialog_keeps_the_focus_until_escape_gives_it_back(
    page: Page, platform: Platform, paths: Mapping[str, str], where: str, opens: str, title: str
) -> None:
    log_in(page, platform, "duty")
    page.emulate_media(reduced_motion="reduce")
    visit(page, platform, paths[where])
    opener = page.get_by_role("button", name=re.compile(f"^{opens}")).first
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=title, exact=True)
    expect(dialog.locator(BEGINS)).to_have_count(1)
    walk = Walk(page, [], [])
    first = walk.look()
    assert first is not None
    walk.stops.append(first)
    while walk.step():
        assert walk.stops[-1].dialog, f"the focus left the dialog for {walk.stops[-1].name}"
        assert len(walk.stops) < MOST
    assert len(walk.stops) >= 3
    assert walk.hidden == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
