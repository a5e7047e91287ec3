"""River gauges of the running demo county, and the way to let values of theirs come in."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser

from anlan.kernel import clock

PASSWORD = "Anlan-2026-demo"
#: How many gauges are taken: a flood of one disturbs no test of another.
MANY = 9
#: The one that had a crest in the night.
CRESTED = 3


@dataclass(frozen=True)
class Gauge:
    """A river gauge that has a warning stage."""

    stream: str
    station: str
    name: str
    #: As the device would send it: the platform adds the height of the gauge's zero.
    warning: float
    #: A limit somewhat above the warning stage, as officers write it.
    limit: float


@dataclass(frozen=True)
class Gauges:
    """Gauges that hold a quiet day's values, and the way to send more."""

    asked: APIRequestContext
    url: str
    token: str
    rivers: Sequence[Gauge]

    def send(self, values: Sequence[tuple[str, datetime, float]]) -> None:
        """Send values as a device does, again while the door is not open yet; all must be taken."""
        body = [
            {"stream": stream, "time": at.isoformat(), "value": value}
            for stream, at, value in values
        ]
        for _ in range(90):
            told = self.asked.post(
                f"{self.url}/api/v1/sense/observations",
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/json",
                },
                data=json.dumps({"observations": body}),
            )
            if told.status != 503:
                break
            time.sleep(1)
        assert told.ok, told.text()
        assert told.json()["rejected"] == []

    def get(self, path: str) -> Any:
        """Ask the platform as the section."""
        told = self.asked.get(f"{self.url}/api/v1{path}")
        assert told.ok, told.text()
        return told.json()

    def flood(self, gauge: Gauge) -> Mapping[str, Any]:
        """Let a river pass its warning stage, for the minutes the rule asks; wait for the alarm."""
        now = clock.real_now()
        self.send(
            [
                (gauge.stream, now - timedelta(minutes=back), round(gauge.warning + step, 2))
                for back, step in zip(
                    (12, 9, 6, 3, 0), (-0.12, 0.02, 0.06, 0.09, 0.12), strict=True
                )
            ]
        )
        for _ in range(150):
            page = self.get(f"/alarms?station={gauge.station}&state=standing")
            found: list[Mapping[str, Any]] = [
                one for one in page["items"] if (one["stream"] or {}).get("code") == gauge.stream
            ]
            if found:
                return found[0]
            time.sleep(0.2)
        pytest.fail("the flood raised no alarm within 30 s")


def logged_in(asked: APIRequestContext, url: str) -> dict[str, str]:
    csrf = asked.get(f"{url}/api/v1/session").json()["csrf"]
    told = asked.post(
        f"{url}/api/v1/session",
        data={"username": "keshi", "password": PASSWORD},
        headers={"X-CSRF-Token": csrf},
    )
    assert told.ok, told.text()
    return {"X-CSRF-Token": told.json()["csrf"]}


def rivers_of(asked: APIRequestContext, url: str) -> list[Gauge]:
    found = []
    for row in asked.get(f"{url}/api/v1/sense/latest").json()["items"]:
        if row["station"]["kind"] != "river" or row["quantity"] != "water-level":
            continue
        stream = asked.get(f"{url}/api/v1/sense/streams/{row['code']}").json()
        levels = {level["kind"]: level["value"] for level in stream["levels"]}
        if "warning" in levels:
            station = row["station"]
            listed = asked.get(f"{url}/api/v1/registers/streams/{stream['id']}").json()
            warning = round(levels["warning"] - (listed["added"] or 0), 2)
            found.append(
                Gauge(
                    row["code"],
                    station["id"],
                    station["name"],
                    warning,
                    round(levels["warning"] + 0.2, 2),
                )
            )
        if len(found) == MANY:
            break
    return found


def stage(gauge: Gauge, back: int, *, crest: bool) -> float:
    """Give the stage some minutes back: below the warning, but for a crest in the night."""
    rise = max(0.0, 0.6 - abs(back - 500) / 100) if crest else 0.0
    return round(gauge.warning - 0.23 - back / 4000 + rise, 3)


def begun(browser: Browser, url: str) -> Gauges:
    """Give the gauges twelve quiet hours of values, as the county's section; one had a crest."""
    context = browser.new_context()
    head = logged_in(context.request, url)
    made = context.request.post(f"{url}/api/v1/tokens", data={"name": "浏览器测试"}, headers=head)
    assert made.ok, made.text()
    rivers = rivers_of(context.request, url)
    assert len(rivers) == MANY
    found = Gauges(context.request, url, made.json()["token"], rivers)
    now = clock.real_now()
    found.send(
        [
            (
                gauge.stream,
                now - timedelta(minutes=back),
                stage(gauge, back, crest=gauge is rivers[CRESTED]),
            )
            for gauge in rivers
            for back in range(720, 14, -5)
        ]
    )
    return found
