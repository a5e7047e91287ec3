"""The whole platform as a newcomer starts it: supervisor, processes, demo county, Chromium."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from anlan.base.conftest import held, of_the_run
from anlan.demo.users import PASSWORD
from anlan.kernel import workspace
from anlan.project.supervisor.roles import PRODUCT, Preparation
from tests.browser import gauges as measuring
from tests.browser.gauges import Gauges

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1440, 900
#: The application, once it is there: a page of the server alone has none.
OPEN = "document.getElementById('app')?.__vue_app__"
#: What the page was last sent to, once it is there.
MARK = "document.documentElement.dataset.way"

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Platform:
    """A running demo workspace."""

    url: str
    dir: Path
    #: The cookies of everybody who has logged in: a password takes a second to check.
    sessions: dict[str, Any] = field(default_factory=dict, compare=False)


def _surroundings() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("ANLAN_", "DATABASE_"))}


def run_platform(directory: Path, *options: str, mqtt: int = 0) -> Iterator[Platform]:
    """Start a workspace on a free port; stop it at the end. `mqtt`: 0 opens no such port."""
    command = [sys.executable, "-m", "anlan.project.supervisor"]
    started = subprocess.run(
        [*command, "--data", str(directory), "--port", "0", "--background", *options],
        cwd=ROOT,
        env={**_surroundings(), "ANLAN_MQTT_PORT": str(mqtt)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=420,
        check=False,
    )
    assert started.returncode == 0, started.stdout + started.stderr
    last = started.stdout.strip().splitlines()[-1]
    yield Platform(last.rsplit(" ", 1)[-1], directory)
    process = int((directory / "anlan.pid").read_text(encoding="ascii"))
    os.kill(process, signal.SIGTERM)
    for _ in range(150):
        if not (directory / "anlan.pid").exists():
            break
        time.sleep(0.1)


@pytest.fixture(scope="session")
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the demo county once for all test processes, by the supervisor's own preparations."""
    folder = of_the_run(request, tmp_path_factory) / "loaded"
    with held(folder, by=+1) as users:
        if users == 1:
            made = workspace.create(folder / "demo", kind="demo", name="demo", title="演示")
            for step in PRODUCT.preparations_for(made):
                _prepare(step, made.dir)
    return folder / "demo"


def _prepare(step: Preparation, directory: Path) -> None:
    told = subprocess.run(
        step.command, cwd=ROOT, env={**_surroundings(), "ANLAN_DATA": str(directory)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.fixture(scope="session")
def platform(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Start a demo workspace of this test process's own."""
    directory = tmp_path_factory.mktemp("platform") / "demo"
    shutil.copytree(loaded, directory)
    yield from run_platform(directory)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give the system's Chromium, drawing WebGL in software."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                # A microphone that hums, granted without asking: spoken answers are recorded.
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def gauges(platform: Platform, chromium: Browser) -> Gauges:
    """Give river gauges that hold twelve quiet hours of values."""
    return measuring.begun(chromium, platform.url)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Give a fresh browser profile."""
    made = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", color_scheme="light"
    )
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, platform: Platform) -> Iterator[Page]:
    """Give a page that fails its test for any script error or any request to another host."""
    wrong: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((platform.url, "blob:", "data:"))
            else wrong.append(f"asks another host: {request.url}")
        ),
    )
    yield made
    assert wrong == []


def come_in(page: Page, platform: Platform, username: str) -> None:
    """Log in as a demo user by clicking their card, as a newcomer does."""
    page.goto(f"{platform.url}/login")
    page.locator("button.card", has=page.get_by_text(username, exact=True)).click()
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def log_in(page: Page, platform: Platform, username: str) -> None:
    """Log in as a demo user without the page of it: nothing is loaded yet."""
    if username in platform.sessions:
        page.context.add_cookies(platform.sessions[username])
        return
    door = f"{platform.url}/api/v1/session"
    told = page.request.post(
        door,
        data={"username": username, "password": PASSWORD},
        headers={"X-CSRF-Token": page.request.get(door).json()["csrf"]},
    )
    assert told.ok, told.text()
    platform.sessions[username] = page.context.cookies()


def visit(page: Page, platform: Platform, path: str) -> None:
    """Go to a page, by its menu's way where the application is open; wait until it shows."""
    if page.url.startswith(f"{platform.url}/") and page.evaluate(f"!!{OPEN}"):
        # The page tells by a mark when it is there: a promise that only the driver waits for is
        # held weakly by the browser, and was collected under it once.
        page.evaluate(
            f"path => {{ {MARK} = ''; window.way = {OPEN}.config.globalProperties.$router"
            f".push(path).then(() => {{ {MARK} = path }}) }}",
            path,
        )
        expect(page.locator("html")).to_have_attribute("data-way", path)
    else:
        page.goto(platform.url + path)
    shown(page)


def shown(page: Page) -> None:
    """Wait until a page shows what it has."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot where ``ANLAN_SHOTS`` says, for the README and for eyes."""
    folder = os.environ.get("ANLAN_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
