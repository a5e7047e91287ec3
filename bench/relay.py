"""From a department's message before one's eyes to its calls under way, by keys alone.

The demo county's storm night, in Chromium. The clock begins with the inbox in sight, where the
gravest message stands opened. Whoever sits there is a model: a key takes them a quarter of a
second, every new picture two seconds to look at. What the platform takes of its own is measured;
both together are the time of a person who hesitates nowhere. The keys an input method keeps for
itself press nothing: the browser tests hold the pages to that.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from anlan.kernel import workspace

ROOT = Path(__file__).resolve().parents[1]
#: What a person is taken to need: for a key, and for a new picture. Seconds.
KEY_S, LOOK_S = 0.25, 2.0
WAIT_MS = 120_000
TITLE = "原文转发并叫应"


def run() -> dict[str, Any]:
    """Serve the demo county, relay its red warning."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return {"figures": {}, "settings": {"relay": "no Chromium on this machine"}}
    home = workspace.directory().parent / "demo"
    url = _serve(home)
    try:
        figures = _relay(chromium, url)
    finally:
        os.kill(int((home / "anlan.pid").read_text(encoding="ascii")), signal.SIGTERM)
    return {
        "figures": figures,
        "settings": {
            "key_s": KEY_S,
            "look_s": LOOK_S,
            "relay": "demo county; headless Chromium, 1440 x 900; from the inbox in sight to the "
            "last post called; keys and looks are a model, the rest is measured",
        },
    }


def _serve(home: Path) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANLAN_", "DATABASE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "anlan.project.supervisor", "--data", str(home), "--port", "0",
         "--background"],
        cwd=ROOT, env={**kept, "ANLAN_MQTT_PORT": "0"}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1].rsplit(" ", 1)[-1]


class _Officer:
    """Somebody at the keys; what they need is waited for, and counted."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.keys = 0
        self.looks = 0

    def look(self) -> None:
        """Take a new picture in."""
        time.sleep(LOOK_S)
        self.looks += 1

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            time.sleep(KEY_S)
            self.keys += 1
            self._page.keyboard.press(key)


def _relay(chromium: str, url: str) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        asked = _log_in(context.request, url)
        waiting = asked.get(f"{url}/api/v1/alerts/received?state=waiting&hazard=rainstorm").json()
        page = context.new_page()
        page.goto(f"{url}/warn/inbox")
        page.locator(".row[aria-current]").wait_for(timeout=WAIT_MS)
        figures = _timed(page, asked, url, waiting["items"][0]["id"])
        browser.close()
    return figures


def _log_in(asked: Any, url: str) -> Any:
    from anlan.demo.users import PASSWORD

    door = f"{url}/api/v1/session"
    head = {"X-CSRF-Token": asked.get(door).json()["csrf"]}
    told = asked.post(door, data={"username": "duty", "password": PASSWORD}, headers=head)
    if not told.ok:
        raise RuntimeError(told.text())
    return asked


def _timed(page: Any, asked: Any, url: str, received: str) -> dict[str, float]:
    """Time one message from its being in sight until its posts are being called."""
    officer = _Officer(page)
    began = time.perf_counter()
    officer.look()
    officer.press("Enter")
    _ready(page)
    officer.look()
    officer.press("Control+Enter")
    page.get_by_text("已原文转发，叫应已经开始").wait_for(timeout=WAIT_MS)
    told = time.perf_counter()
    while not _called(asked, url, received):
        time.sleep(0.05)
    running = time.perf_counter()
    own = officer.keys * KEY_S + officer.looks * LOOK_S
    return {
        "red_keys": officer.keys,
        "red_told_s": round(told - began, 2),
        "red_running_s": round(running - began, 2),
        "red_platform_s": round(running - began - own, 2),
    }


def _called(asked: Any, url: str, received: str) -> bool:
    """Tell whether every post that a message concerns is being called about it."""
    alert = asked.get(f"{url}/api/v1/alerts/received/{received}").json()["alert"]
    if not alert:
        return False
    board = asked.get(f"{url}/api/v1/alerts/{alert}/board?size=1").json()
    return any(one["alert"] == alert and one["done_at"] for one in board["rounds"])


def _ready(page: Any) -> None:
    """Wait until the check has come and the message may go out."""
    dialog = page.get_by_role("dialog", name=TITLE)
    dialog.locator("dl.figures dd").first.wait_for(timeout=WAIT_MS)
    go = dialog.get_by_role("button", name="转发并叫应")
    page.wait_for_function("button => !button.disabled", arg=go.element_handle(), timeout=WAIT_MS)
