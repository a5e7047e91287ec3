"""The map's first view in headless Chromium, drawn in software at 1280 x 720."""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROUNDS = 5
ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "Bench-2026-first-view"

#: Tells when the map has drawn everything it asked for, milliseconds after navigation began.
#: The canvas says so itself: MapPage sets the attribute on the first `idle` of the map.
DRAWN = "document.querySelector('[data-map-drawn]')?.dataset.mapDrawn ?? null"


def first_view(home: Path) -> dict[str, Any]:
    """Serve a workspace and time the map from navigation to its first complete picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return {"figures": {}, "settings": {"first_view": "no Chromium on this machine"}}
    _make_user()
    url = _serve(home)
    try:
        seconds = _watch(chromium, url)
    finally:
        os.kill(int((home / "anlan.pid").read_text(encoding="ascii")), signal.SIGTERM)
    return {
        "figures": {"first_view_100k_s": round(statistics.median(seconds), 2)},
        "settings": {
            "first_view_rounds_s": [round(value, 2) for value in seconds],
            "first_view": "headless Chromium, software drawing, 1280 x 720, own tiles, empty cache",
        },
    }


def _make_user() -> None:
    from anlan.base.permissions import system
    from anlan.base.permissions.services.accounts import create_user
    from anlan.base.permissions.services.grants import give_grant

    by = system("bench")
    user = create_user(
        username="viewer", name="bench", region="339901000000", person="", password=PASSWORD, by=by
    )
    give_grant(user=user, role="duty-officer", region="339901000000", by=by)


def _serve(home: Path) -> str:
    kept = {k: v for k, v in os.environ.items() if k != "ANLAN_DATA"}
    done = subprocess.run(
        [sys.executable, "-m", "anlan.project.supervisor", "--data", str(home), "--port", "0",
         "--background"],
        cwd=ROOT, env={**kept, "ANLAN_MQTT_PORT": "0"}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1].rsplit(" ", 1)[-1]


def _watch(chromium: str, url: str) -> list[float]:
    from playwright.sync_api import sync_playwright

    # The page forbids evaluated scripts; the one that watches it needs them.
    like: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}, "bypass_csp": True}
    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        entered = browser.new_context(**like)
        page = entered.new_page()
        page.goto(f"{url}/login")
        page.get_by_label("用户名").fill("viewer")
        page.get_by_label("口令").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_function(DRAWN, timeout=60_000)
        state = entered.storage_state()
        entered.close()
        for _ in range(ROUNDS):
            # A new profile: no script, style or tile is in its cache.
            context = browser.new_context(**like, storage_state=state)
            page = context.new_page()
            began = time.perf_counter()
            page.goto(f"{url}/", wait_until="commit")
            page.wait_for_function(DRAWN, timeout=60_000, polling=20)
            seconds.append(time.perf_counter() - began)
            context.close()
        browser.close()
    return seconds
