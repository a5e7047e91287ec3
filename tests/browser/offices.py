"""Somebody in an office, who asks the platform beside the pages of a storm night."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIRequestContext, Browser, Page

from anlan.demo.users import PASSWORD
from tests.browser.conftest import Platform


@dataclass(frozen=True)
class Office:
    """Somebody who asks the platform without a page."""

    asked: APIRequestContext
    url: str
    head: dict[str, str]

    def get(self, path: str) -> Any:
        """Ask; whatever is not answered fails the test."""
        told = self.asked.get(f"{self.url}/api/v1{path}")
        assert told.ok, told.text()
        return told.json()

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do a deed."""
        told = self.asked.post(f"{self.url}/api/v1{path}", data=dict(body or {}), headers=self.head)
        assert told.ok, told.text()
        return told.json() if told.text() else None


def open_office(browser: Browser, platform: Platform, username: str) -> Office:
    asked = browser.new_context().request
    csrf = asked.get(f"{platform.url}/api/v1/session").json()["csrf"]
    told = asked.post(
        f"{platform.url}/api/v1/session",
        data={"username": username, "password": PASSWORD},
        headers={"X-CSRF-Token": csrf},
    )
    assert told.ok, told.text()
    return Office(asked, platform.url, {"X-CSRF-Token": told.json()["csrf"]})


def waiting(duty: Office, hazard: str) -> Mapping[str, Any]:
    """Give the message of a hazard that waits for the officer."""
    items: list[Mapping[str, Any]] = duty.get(f"/alerts/received?state=waiting&hazard={hazard}")[
        "items"
    ]
    return items[0]


def called(duty: Office) -> Mapping[str, Any]:
    """Give the alert of the demo night whose calls are under way."""
    items = duty.get("/alerts?state=in-force&hazard=rainstorm")["items"]
    return next(one for one in items if one["relayed"])


def compose(page: Page, key: str) -> None:
    """Press a key while an input method is choosing a character."""
    page.evaluate(
        "key => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("
        "'keydown', {key, isComposing: true, bubbles: true, cancelable: true}))",
        key,
    )
