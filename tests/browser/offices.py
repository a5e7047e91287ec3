"""Somebody in an office, who asks the platform beside the pages of a storm night."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page

from anlan.demo.users import PASSWORD
from tests.browser.conftest import Platform

#: What browsers call every key that an input method has taken.
TAKEN = 229


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


def drafted(duty: Office) -> str:
    """Draft an own alert that two must sign, of a hazard no other test speaks of."""
    body = {
        "kind": "government-alert", "hazard": "crowd-crush", "level": 2,
        "regions": ["339901103000"], "effective_at": None,
    }  # fmt: skip
    made: str = duty.post("/alerts", body)["id"]
    return made


def sms_link(duty: Office, alert: str) -> tuple[str, str]:
    """Find the newest short message of a called post that was sent and not answered."""
    board = duty.get(f"/alerts/{alert}/board?standing=silent&size=1000")
    for row in board["items"]:
        found = link_told(duty, row["obligation"])
        if found:
            return found, row["obligation"]
    pytest.fail("no short message with a link was sent")


def link_told(duty: Office, obligation: str) -> str:
    """Read the link that the newest short message about an obligation bears; "" without one."""
    sent = duty.get(f"/comms/messages?purpose={obligation}&channel=sms&state=sent")
    for message in sent["items"]:
        text = duty.get(f"/comms/messages/{message['id']}")["text"]
        found = re.search(r"/m/[\w-]+", text)
        if found:
            return found[0]
    return ""


def compose(page: Page, key: str) -> None:
    """Press a key while an input method is choosing a character."""
    page.evaluate(
        "key => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("
        "'keydown', {key, isComposing: true, bubbles: true, cancelable: true}))",
        key,
    )


def method_takes(page: Page, key: str) -> None:
    """Press a key that an input method keeps for itself: the page is not told which it was."""
    wire = page.context.new_cdp_session(page)
    code = f"Key{key.upper()}" if key.isalpha() and len(key) == 1 else key
    for what in ("rawKeyDown", "keyUp"):
        told = {"type": what, "key": "Process", "code": code, "windowsVirtualKeyCode": TAKEN}
        wire.send("Input.dispatchKeyEvent", told)
    wire.detach()


def write_by_method(page: Page, letters: str, word: str) -> None:
    """Write a word as people do: its sound letter by letter, then Enter to choose its signs."""
    wire = page.context.new_cdp_session(page)
    for n, letter in enumerate(letters, start=1):
        method_takes(page, letter)
        wire.send(
            "Input.imeSetComposition",
            {"text": letters[:n], "selectionStart": n, "selectionEnd": n},
        )
    method_takes(page, "Enter")
    wire.send("Input.insertText", {"text": word})
    wire.detach()
