"""Pages of the demo county as a browser meets them first: when they show, answer, move, weigh."""

import os
import shutil
import signal
import statistics
from collections import defaultdict
from typing import Any

from anlan.kernel import workspace
from bench import _lighthouse
from bench._served import served

ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
#: Each with who works on it and what says that its content is there.
PAGES = {
    "map": ("duty", "/map", "[data-map-drawn]"),
    "log": ("duty", "/desk/log", "main h1"),
    "alarms": ("duty", "/alarms", "main h1"),
    "inbox": ("duty", "/warn/inbox", "main h1"),
    "calls": ("xiangzhen", "/warn/board", "main h1"),
    "obligations": ("xiangzhen", "/obligations", "main h1"),
    "register": ("duty", "/registers/shelters", "main h1"),
    "respond": ("zhihui", "/respond", "main h1"),
    "wall": ("zhihui", "/wall", "[data-figure]"),
}
#: No page may be waiting for what it asked, ms between two looks.
LOOK_MS = 20
#: A page is quiet, and answers, when nothing has kept it busy for this long.
QUIET_MS = 1_500
WATCH = """
window.seen = {shift: 0, busy: [], felt: new Map(), shown: null}
const watch = (type, act, more = {}) =>
  new PerformanceObserver((list) => list.getEntries().forEach(act))
    .observe({type, buffered: true, ...more})
watch('layout-shift', (one) => {
  if (!one.hadRecentInput) window.seen.shift += one.value
})
watch('longtask', (one) => window.seen.busy.push([one.startTime, one.startTime + one.duration]))
watch('event', (one) => {
  if (one.interactionId) {
    const before = window.seen.felt.get(one.interactionId) ?? 0
    window.seen.felt.set(one.interactionId, Math.max(before, one.duration))
  }
}, {durationThreshold: 16})
const look = setInterval(() => {
  if (document.querySelector('.skeleton, .settling') || !document.querySelector(SHOWN)) return
  clearInterval(look)
  requestAnimationFrame(() => setTimeout(() => (window.seen.shown = performance.now())))
}, LOOK)
"""
TELL = """() => ({
  shift: window.seen.shift,
  busy: window.seen.busy,
  shown: window.seen.shown,
  painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
})"""


def run() -> dict[str, Any]:
    """Serve the demo county, look at each page some times, then let Lighthouse look."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return {"figures": {}, "settings": {"pages": "no Chromium on this machine"}}
    home = workspace.directory().parent / "demo"
    url = served(home)
    try:
        rounds = _look(chromium, url)
        marks = _lighthouse.marks(chromium, url, {k: (u, p) for k, (u, p, _) in PAGES.items()})
    finally:
        os.kill(int((home / "anlan.pid").read_text(encoding="ascii")), signal.SIGTERM)
    figures = {
        f"{name}_{what}": round(statistics.median(values), 3)
        for name, told in rounds.items()
        for what, values in told.items()
    }
    spread = {
        f"{name}_ready_ms": [round(min(told["ready_ms"])), round(max(told["ready_ms"]))]
        for name, told in rounds.items()
    }
    return {
        "figures": {**figures, **marks["figures"]},
        "settings": {
            "pages": "demo county; headless Chromium, software drawing, 1440 x 900, empty cache",
            "rounds": ROUNDS,
            "spread": spread,
            **marks["settings"],
        },
    }


def _look(chromium: str, url: str) -> dict[str, dict[str, list[float]]]:
    from playwright.sync_api import sync_playwright

    told: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        states = {user: _entered(browser, url, user) for user, _, _ in PAGES.values()}
        # The first round finds out what the server has not yet read; it does not count.
        for counts in (False, *(True for _ in range(ROUNDS))):
            for name, (user, path, shown) in PAGES.items():
                # The pages forbid evaluated scripts; the one that watches them needs them.
                context = browser.new_context(
                    viewport={"width": 1440, "height": 900}, storage_state=states[user],
                    bypass_csp=True,
                )  # fmt: skip
                context.add_init_script(f"const SHOWN = {shown!r}, LOOK = {LOOK_MS};{WATCH}")
                seen = _one(context.new_page(), url + path)
                for what, value in seen.items() if counts else ():
                    told[name][what].append(value)
                context.close()
        browser.close()
    return told


def _entered(browser: Any, url: str, user: str) -> Any:
    from anlan.demo.users import PASSWORD

    context = browser.new_context()
    base = f"{url}/api/v1/session"
    csrf = context.request.get(base).json()["csrf"]
    login = {"username": user, "password": PASSWORD}
    answer = context.request.post(base, data=login, headers={"X-CSRF-Token": csrf})
    if not answer.ok:
        raise RuntimeError(answer.text())
    state = context.storage_state()
    context.close()
    return state


def _one(page: Any, address: str) -> dict[str, float]:
    """Open a page with nothing in the cache, wait until it is quiet, then work on it."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    bytes_: list[float] = []
    wire.on("Network.loadingFinished", lambda one: bytes_.append(one["encodedDataLength"]))
    page.goto(address)
    page.wait_for_function("() => window.seen.shown !== null", timeout=60_000)
    page.wait_for_timeout(QUIET_MS)
    seen = page.evaluate(TELL)
    told = {
        "painted_ms": seen["painted"],
        "shown_ms": seen["shown"],
        "ready_ms": _ready(seen["shown"], seen["busy"]),
        "shift": seen["shift"],
        "kb": sum(bytes_) / 1024,
        "requests": len(bytes_),
    }
    told["felt_ms"] = _felt(page)
    return told


def _ready(shown: float, busy: list[list[float]]) -> float:
    """Tell when the page has shown its content and the last long task that came with it ended."""
    ready = shown
    for began, ended in sorted(busy):
        if began < ready + QUIET_MS / 3:
            ready = max(ready, ended)
    return ready


def _felt(page: Any) -> float:
    """Do what makes a page draw itself anew; give the longest wait from a press to its picture."""
    page.keyboard.press("Tab")
    for label in ("换成深色", "换成浅色"):
        button = page.get_by_role("button", name=label, exact=True)
        if button.count():
            button.first.click()
    search = page.get_by_role("combobox").first
    if search.count():
        search.click()
        search.press_sequentially("12", delay=60)
        page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    felt: list[float] = page.evaluate("() => [...window.seen.felt.values()]")
    return max(felt, default=0.0)
