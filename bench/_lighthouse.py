"""Lighthouse on served pages. It is not installed with the platform: `docs/howto/benchmarks.md`.

It drives a Chromium that has logged in already: what its own request headers would carry does not
reach the requests of a page's workers.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Of pages with a map only the last two count: its picture is drawn without a graphics card here.
KINDS = ("performance", "accessibility", "best-practices")
WHERE = "ANLAN_BENCH_LIGHTHOUSE"
RUNS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "3"))


def marks(chromium: str, url: str, pages: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Let Lighthouse mark each page, given as who works on it and where it is."""
    program = os.environ.get(WHERE, "")
    if not program:
        return {"figures": {}, "settings": {"lighthouse": f"not compared: {WHERE} names none"}}
    figures: dict[str, float] = {}
    wanting: dict[str, list[str]] = {}
    version = ""
    for user in dict.fromkeys(one for one, _ in pages.values()):
        with tempfile.TemporaryDirectory(prefix="anlan-lighthouse-") as profile:
            asked = {name: path for name, (who, path) in pages.items() if who == user}
            for name, told in _marked(program, chromium, url, user, asked, Path(profile)).items():
                version = told[0]["lighthouseVersion"]
                for kind in KINDS:
                    each = sorted(one["categories"][kind]["score"] * 100 for one in told)
                    figures[f"{name}_{kind.replace('-', '_')}"] = round(each[len(each) // 2])
                wanting[name] = _wanting(told[-1])
    return {
        "figures": figures,
        "settings": {
            "lighthouse": f"{version}, desktop, {RUNS} runs, medians",
            "lighthouse_wanting": {name: list_ for name, list_ in wanting.items() if list_},
        },
    }


def _marked(
    program: str, chromium: str, url: str, user: str, pages: Mapping[str, str], profile: Path
) -> dict[str, list[Any]]:
    from playwright.sync_api import sync_playwright

    from anlan.demo.users import PASSWORD

    found: dict[str, list[Any]] = {}
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=chromium,
            args=["--no-sandbox", "--remote-debugging-port=0"],
        )  # fmt: skip
        csrf = context.request.get(f"{url}/api/v1/session").json()["csrf"]
        context.request.post(
            f"{url}/api/v1/session", data={"username": user, "password": PASSWORD},
            headers={"X-CSRF-Token": csrf},
        )  # fmt: skip
        wire = context.new_cdp_session(context.pages[0])
        port = (profile / "DevToolsActivePort").read_text(encoding="ascii").splitlines()[0]
        for name, path in pages.items():
            for _ in range(RUNS):
                wire.send("Network.clearBrowserCache")
                found.setdefault(name, []).append(_run(program, port, url + path, profile))
        context.close()
    return found


def _run(program: str, port: str, address: str, profile: Path) -> Any:
    report = profile / "report.json"
    subprocess.run(
        [program, address, f"--port={port}", "--disable-storage-reset", "--preset=desktop",
         f"--only-categories={','.join(KINDS)}", "--output=json", f"--output-path={report}",
         "--quiet"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    told = json.loads(report.read_bytes())
    if told.get("runtimeError"):
        raise RuntimeError(told["runtimeError"]["message"])
    return told


def _wanting(told: Any) -> list[str]:
    """Name what cost marks."""
    wanted = {
        one["id"]
        for kind in KINDS
        for one in told["categories"][kind]["auditRefs"]
        if one["weight"]
    }
    scores = {key: told["audits"][key]["score"] for key in sorted(wanted)}
    return [key for key, score in scores.items() if score is not None and score < 0.9]
