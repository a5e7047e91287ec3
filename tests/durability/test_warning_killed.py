"""Receiving and relaying killed at any moment: what was confirmed is there, each call once."""

import json
import threading
import urllib.error
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests
from anlan.warn.tests.conftest import TEXT, national
from tests.durability import townsfolk
from tests.durability.night import Night, falling

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow(module_s=40)

#: Warnings relayed at least, however slow the machine is.
LEAST = 6
#: Between two warnings of one department.
PAUSE_S = 0.2
#: Everything that came of the warnings, read by a process of the workspace.
TOLD = """
import json
from anlan.base.obligations.models import Obligation
from anlan.warn.models import Alert, CallRound, Received
print(json.dumps({
    "received": {row.pk: bytes(row.original.body).decode()
                 for row in Received.objects.select_related("original")},
    "alerts": list(Alert.objects.values_list("pk", "received_id", "text", "state")),
    "rounds": {row.pk: [row.alert_id, row.done_at is not None, row.called]
               for row in CallRound.objects.all()},
    "calls": list(Obligation.objects.filter(kind="call").values_list("subject", "debtor__code")),
    "due": list(Obligation.objects.filter(kind="response-due").values_list("case", flat=True)),
}))
"""


#: An officer's account hands them in, has asked the station, and sees that much the same holds.
SEEN = {"accepted": ["verify", "duplicate"]}


class Department(threading.Thread):
    """Pushes warnings and relays each, asking again whenever it is cut off."""

    def __init__(self, night: Night, number: int) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        #: Id -> the bytes it was confirmed for; id -> the alert its relay was confirmed as.
        self.received: dict[str, str] = {}
        self.relayed: dict[str, str] = {}
        self.cut_off = 0
        self._night, self._number = night, number

    def run(self) -> None:
        place = 0
        while not self.stop.is_set():
            place += 1
            original = national(
                # Stations of their own: a newer warning of the same one would replace the older.
                number=f"339901416{self._number}{place:04d}_20260801080000",
                station=f"云屿县气象台{self._number}-{place}",
                sent=self._night.begins, codes=(townsfolk.COUNTY,),
                text=f"{TEXT}第{self._number}-{place}号。",
            )  # fmt: skip
            received = str(self._again("/alerts/inbox", original, "application/xml")["id"])
            self.received[received] = original.decode()
            told = self._again(f"/alerts/received/{received}/relay", SEEN, "application/json")
            self.relayed[received] = str(told["alert"])
            self.stop.wait(PAUSE_S)  # a storm, not a flood: what is made here is counted below

    def _again(self, path: str, body: Any, kind: str) -> Any:
        while True:
            try:
                return self._night.ask(path, body, kind=kind)
            except urllib.error.HTTPError as error:
                if error.code not in (502, 503):
                    raise
            except OSError:
                self.cut_off += 1


def _live_through(real: RealWorkspace, kills: int) -> None:
    with falling(real) as night:
        night.run_at(1)
        departments = [Department(night, number) for number in range(2)]
        for one in departments:
            one.start()
        for number in range(kills):
            # A process killed before it did anything proves nothing: it must have served again.
            _wait_for_more(departments)
            threading.Event().wait(0.3 + 0.31 * (number % 3))
            for role in ("web", "work") if number % 3 == 2 else (("web",), ("work",))[number % 2]:
                night.wait_for(role)
                night.strike(role)
        night.wait_for("web")
        while sum(len(one.relayed) for one in departments) < LEAST and all(
            one.is_alive() for one in departments
        ):
            threading.Event().wait(0.1)
        for one in departments:
            one.stop.set()
        for one in departments:
            one.join(90)
            assert not one.is_alive()
        night.wait_for("work")
        relayed = {pk: alert for one in departments for pk, alert in one.relayed.items()}
        _wait_for_calls(night, set(relayed.values()))
    told = json.loads(real.do(TOLD).strip().splitlines()[-1])
    _check(told, {pk: text for one in departments for pk, text in one.received.items()}, relayed)
    print(f"{len(night.killed)} killed, {sum(one.cut_off for one in departments)} requests cut off,"
          f" {len(relayed)} relayed")  # fmt: skip
    assert {"web", "work"} <= set(night.killed)
    verified = real.anlan("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _wait_for_more(departments: list[Department]) -> None:
    """Wait until another warning was relayed."""
    before = sum(len(one.relayed) for one in departments)
    while sum(len(one.relayed) for one in departments) <= before:
        assert all(one.is_alive() for one in departments)
        threading.Event().wait(0.02)


def _wait_for_calls(night: Night, alerts: set[str]) -> None:
    """Wait until every relayed warning has called everybody."""
    waiting = set(alerts)
    for _ in range(600):
        for alert in sorted(waiting):
            board = night.ask(f"/alerts/{alert}/board?size=1")
            if board["rounds"] and not board["filling"]:
                waiting.discard(alert)
        if not waiting:
            return
        threading.Event().wait(0.2)
    raise AssertionError(waiting)


def _check(told: dict[str, Any], received: dict[str, str], relayed: dict[str, str]) -> None:
    assert len(relayed) >= LEAST
    assert {pk: told["received"].get(pk) for pk in received} == received
    assert len(told["received"]) == len(received)  # asked again after a cut it was the same one
    alerts = {pk: (row, text, state) for pk, row, text, state in told["alerts"]}
    assert len(alerts) == len({row for row, _, _ in alerts.values()})
    assert {alerts[alert][0]: alert for alert in relayed.values()} == relayed
    for pk, alert in relayed.items():
        assert alerts[alert][1] in received[pk]
        assert alerts[alert][2] == "issued"
    everybody = {soul.code for soul in townsfolk.souls()} | {townsfolk.VACANT}
    by_alert = {alert: (pk, done, called) for pk, (alert, done, called) in told["rounds"].items()}
    assert len(by_alert) == len(told["rounds"])
    posts: list[str] = []
    for alert in relayed.values():
        round_, done, called = by_alert[alert]
        own = [post for subject, post in told["calls"] if subject == round_]
        assert (done, called) == (True, len(own))
        posts += own
    # Whoever was called about the rain is not called again while that holds.
    assert sorted(posts) == sorted(everybody)


def test_warnings_confirmed_and_relayed_through_kills_are_there_and_call_each_post_once(
    real: RealWorkspace,
) -> None:
    _live_through(real, kills=3)


@pytest.mark.soak
def test_warnings_survive_thirty_kills(real: RealWorkspace) -> None:
    _live_through(real, kills=30)
