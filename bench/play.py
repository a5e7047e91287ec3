"""Script of a frame while a typhoon and a surge are played, in Chromium on a desk and on a wall."""

import os
import shutil
import signal
import statistics
import time
from collections.abc import Sequence
from typing import Any

from anlan.kernel import workspace
from bench._served import served

SCREENS = ((1440, 900), (3840, 2160))
#: How long each is played; the surge of the demo county lasts 12 s, the typhoon longer.
SECONDS = 8
WAIT_S = 900
#: Adds up what the callbacks of each frame take, with the work they leave for right after.
WATCH = """
const native = window.requestAnimationFrame.bind(window)
window.spent = new Map()
window.requestAnimationFrame = (act) =>
  native((now) => {
    const began = performance.now()
    act(now)
    queueMicrotask(() =>
      window.spent.set(now, (window.spent.get(now) ?? 0) + performance.now() - began),
    )
  })
"""


def run() -> dict[str, Any]:
    """Serve the demo county under Lekima and play it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return {"figures": {}, "settings": {"play": "no Chromium on this machine"}}
    home = workspace.directory().parent / "demo"
    url = served(home)
    try:
        figures, frames = _watch(chromium, url)
    finally:
        os.kill(int((home / "anlan.pid").read_text(encoding="ascii")), signal.SIGTERM)
    return {
        "figures": figures,
        "settings": {
            "frames": frames,
            "play": "demo county, Lekima 2019; headless Chromium, software drawing; "
            "all script of the page by the frames it drew, and of the frame's own callbacks p95",
        },
    }


def _watch(chromium: str, url: str) -> tuple[dict[str, float], dict[str, int]]:
    from playwright.sync_api import sync_playwright

    figures: dict[str, float] = {}
    frames: dict[str, int] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for wide, high in SCREENS:
            context = browser.new_context(viewport={"width": wide, "height": high})
            context.add_init_script(WATCH)
            for name, path in _pages(context.request, url).items():
                page = context.new_page()
                page.goto(url + path)
                key = f"{name}_{wide}"
                mean, spent = _play(page)
                figures[f"{key}_frame_ms"] = round(mean, 2)
                figures[f"{key}_frame_p95_ms"] = round(statistics.quantiles(spent, n=20)[-1], 2)
                frames[key] = len(spent)
                page.close()
            context.close()
        browser.close()
    return figures, frames


def _pages(asked: Any, url: str) -> dict[str, str]:
    """Log in and give the pages to play, once what they show is computed."""
    from anlan.demo.users import PASSWORD

    base = f"{url}/api/v1"
    csrf = asked.get(f"{base}/session").json()["csrf"]
    login = {"username": "keshi", "password": PASSWORD}
    told = asked.post(f"{base}/session", data=login, headers={"X-CSRF-Token": csrf})
    if not told.ok:
        raise RuntimeError(told.text())
    storm = asked.get(f"{base}/forecasts/typhoons").json()["items"][0]["storm"]
    by_model = {model: _computed(asked, base, storm, model) for model in ("typhoon", "surge")}
    return {
        "typhoon": f"/forecast/typhoon?storm={storm}",
        "surge": f"/forecast/surge?run={by_model['surge']}",
    }


def _computed(asked: Any, base: str, storm: str, model: str) -> str:
    for _ in range(WAIT_S):
        rows = asked.get(f"{base}/forecasts?model={model}&storm={storm}").json()["items"]
        if rows and rows[-1]["state"] == "done":
            return str(rows[-1]["id"])
        time.sleep(1)
    raise RuntimeError(f"{model} was not computed: {rows}")


def _play(page: Any) -> tuple[float, Sequence[float]]:
    """Play for some seconds; give the mean of all script by frame, and each frame's own, ms."""
    page.wait_for_selector("[data-map-drawn]", timeout=120_000)
    page.wait_for_timeout(2000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.get_by_role("button", name="播放", exact=True).click()
    page.wait_for_timeout(500)
    page.evaluate("window.spent.clear()")
    before = _script_s(session)
    page.wait_for_timeout(SECONDS * 1000)
    after = _script_s(session)
    spent: list[float] = page.evaluate("[...window.spent.values()]")
    return (after - before) * 1000 / len(spent), spent


def _script_s(session: Any) -> float:
    told = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in told if one["name"] == "ScriptDuration"))
