"""A live workspace on its first day: a county, one officer, and nothing else yet."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

from anlan.demo.users import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
NAMES = "区划代码,名称\n339901,云屿县\n339901101,云岭乡\n339901101201,前坑村\n"
#: An officer of a county that has begun today: no post, no household, no message, no forecast.
OFFICER = f"""
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
by, county = system("setup"), "339901000000"
user = create_user(
    username="duty", name="值班员", region=county, password={PASSWORD!r}, by=by
)
give_grant(user=user, role="duty-officer", region=county, by=by)
"""


def begin(workspace: Path) -> None:
    """Name the regions and make the officer's account."""
    names = workspace.parent / "names.csv"
    names.write_text(NAMES, encoding="utf-8")
    _anlan(workspace, "regions", "import", str(names))
    tell_workspace(workspace, OFFICER)


def tell_workspace(workspace: Path, words: str) -> None:
    """Run Python in a workspace, for what no door of the platform writes at once."""
    _anlan(workspace, "django", "shell", "-c", words)


def _anlan(workspace: Path, *arguments: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "anlan.project", "--data", str(workspace), *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr


def officer_page(browser: Browser, url: str) -> Page:
    """Give a page on which the officer is logged in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    csrf = context.request.get(f"{url}/api/v1/session").json()["csrf"]
    told = context.request.post(
        f"{url}/api/v1/session",
        data={"username": "duty", "password": PASSWORD},
        headers={"X-CSRF-Token": csrf},
    )
    assert told.ok, told.text()
    return context.new_page()
