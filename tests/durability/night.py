"""A served workspace on a night of warnings, and the people of its county who answer or do not."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from anlan.base.conftest import RealWorkspace
from anlan.kernel import clock
from tests.durability import townsfolk
from tests.durability.providers import Line
from tests.durability.townsfolk import Soul

ROOT = Path(__file__).resolve().parents[2]
CLOCKED = "tests.durability.clocked"
MAKE = "from tests.durability.townsfolk import make; make()"


@dataclass
class Night:
    """One served workspace and the time in it."""

    workspace: RealWorkspace
    url: str
    tokens: Mapping[str, str]
    begins: datetime
    #: Processes killed, by what they did.
    killed: list[str] = field(default_factory=list)

    @property
    def time(self) -> datetime:
        """The workspace's time."""
        return self._clock.now()

    def __post_init__(self) -> None:
        self._clock = clock.Clock(self.workspace.dir / "clock.json")

    def run_at(self, speed: float) -> None:
        """Let the workspace's time run from where it stands."""
        now = clock.Setting(clock.real_now(), self.time, speed)
        clock.set_clock(self.workspace.dir / "clock.json", now)

    def wait_until(self, minutes: float) -> None:
        """Wait for so many minutes after the night began, on the workspace's clock."""
        while self.time < self.begins + timedelta(minutes=minutes):
            time.sleep(0.05)

    def ask(self, path: str, body: object = None, *, kind: str = "application/json") -> Any:
        """Ask as the duty officer; a body that is no bytes goes as JSON."""
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        told = self.call(
            f"/api/v1{path}", raw,
            {"Authorization": f"Bearer {self.tokens['duty-officer']}", "Content-Type": kind},
        )  # fmt: skip
        return json.loads(told) if told else None

    def call(self, path: str, body: bytes | None = None, headers: Any = None) -> bytes:
        """Call the workspace; raises what urllib raises."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())

    def strike(self, *roles: str) -> bool:
        """Kill processes of these roles, whatever they are doing; tells whether one was there."""
        before = len(self.killed)
        for pid, role in children(self.workspace.dir).items():
            if role in roles:
                os.kill(pid, signal.SIGKILL)
                self.killed.append(role)
        return len(self.killed) > before

    def wait_for(self, role: str) -> None:
        """Wait until a killed process is back."""
        until = time.monotonic() + 60
        while role not in children(self.workspace.dir).values():
            assert time.monotonic() < until, role
            time.sleep(0.1)


def children(directory: Path) -> dict[int, str]:
    """List the processes that serve a workspace, by what they do."""
    supervisor = int((directory / "anlan.pid").read_text(encoding="ascii"))
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            status = (path / "stat").read_text(encoding="ascii", errors="replace")
            words = (path / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if int(status.rsplit(")", 1)[1].split()[1]) == supervisor:
            roles = {"serve": "web", "work": "work", "ingest": "ingest"}
            found[int(path.name)] = next((roles[one] for one in words if one in roles), "")
    return found


@contextmanager
def falling(workspace: RealWorkspace) -> Iterator[Night]:
    """Serve a workspace as ``./run`` does; its time stands still until it is let run."""
    begins = datetime.combine(clock.local(clock.real_now()).date(), datetime.min.time())
    begins = begins.replace(hour=10, tzinfo=clock.LOCAL_ZONE).astimezone(UTC)
    clock.set_clock(workspace.dir / "clock.json", clock.Setting(clock.real_now(), begins, 0))
    told = workspace.do(MAKE).strip().splitlines()[-1]
    environment = {
        **workspace.environment, "DJANGO_SETTINGS_MODULE": CLOCKED, "ANLAN_MQTT_PORT": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "anlan.project.supervisor", "--data", str(workspace.dir)]
    started = subprocess.run(
        [*command, "--port", "0", "--background"], cwd=ROOT, env=environment,
        capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert started.returncode == 0, started.stdout + started.stderr
    url = started.stdout.strip().splitlines()[-1].rsplit(" ", 1)[-1].rstrip("/")
    pid = workspace.dir / "anlan.pid"
    try:
        yield Night(workspace, url, json.loads(told), begins)
    finally:
        os.kill(int(pid.read_text(encoding="ascii")), signal.SIGTERM)
        while pid.exists():
            time.sleep(0.1)


@dataclass
class Folk:
    """The people: what they do when something reaches them, and when we confirmed it."""

    night: Night
    hook: str
    #: Post -> when the workspace confirmed its answer, on this machine's clock.
    confirmed: dict[str, float] = field(default_factory=dict)
    #: The same moments on the workspace's clock.
    confirmed_at: dict[str, datetime] = field(default_factory=dict)
    #: Calls by hand that the workspace confirmed: (message, result).
    rung: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        souls = townsfolk.souls()
        self._by_address: dict[str, list[Soul]] = {}
        for soul in souls:
            for one in (*soul.numbers, soul.mail):
                self._by_address.setdefault(one, []).append(soul)
        self._by_title = {soul.title: soul for soul in souls}
        self._due: queue.PriorityQueue[tuple[datetime, int, Callable[[], None]]] = (
            queue.PriorityQueue()
        )
        self._count = 0
        self._answering: set[str] = set()
        self._ends = threading.Event()
        self._threads = [
            threading.Thread(target=one, daemon=True) for one in (self._live, self._ring)
        ]

    def wake(self) -> None:
        """Let them live."""
        for thread in self._threads:
            thread.start()

    @property
    def is_idle(self) -> bool:
        """Whether nobody means to do anything more."""
        return self._due.empty()

    def sleep(self) -> None:
        """Let them do no more."""
        self._ends.set()
        for thread in self._threads:
            thread.join(30)

    def heard(self, line: Line) -> None:
        """Take what a provider took; called by the provider, so it only plans."""
        if line.carrier == "mas":
            self._plan_receipts(line)
        known = self._by_address.get(line.address, ())
        soul = next((one for one in known if one.title in line.text), None)
        if soul is None or line.carrier == "horn":
            return
        is_call = "回1收到" in line.text or "前答复" in line.text
        mine = (soul.habit == "mail") == (line.carrier == "post")
        if is_call and mine and soul.person not in self._answering:
            self._plan_answer(soul, line)

    def _plan_receipts(self, line: Line) -> None:
        number = line.address
        if number == townsfolk.DEAD_LATER:
            self._plan(60, lambda: self._receipt(line, "MK:0001"))
            return
        # Some come before we have written down that anything was sent.
        first = 150 if number == townsfolk.LATE else 0 if number[-1] in "05" else 20
        self._plan(first, lambda: self._receipt(line, "DELIVRD"))
        self._plan(first + 90, lambda: self._receipt(line, "DELIVRD"))

    def _plan_answer(self, soul: Soul, line: Line) -> None:
        words = {"reply": "好的，收到！", "doubtful": "啥？没看清楚"}.get(soul.habit)
        if words:
            self._answering.add(soul.person)
            for delay in (60, 75):
                self._plan(delay, lambda: self._reply(soul, line.address, words))
        elif soul.habit in ("link", "mail"):
            self._answering.add(soul.person)
            self._plan(45, lambda: self._open(soul, line.link))

    def _plan(self, seconds: float, deed: Callable[[], None]) -> None:
        self._count += 1
        at = self.night.time + timedelta(seconds=seconds)
        self._due.put((at, self._count, deed))

    def _live(self) -> None:
        while not self._ends.is_set():
            try:
                at, number, deed = self._due.get(timeout=0.1)
            except queue.Empty:
                continue
            if at > self.night.time:
                self._due.put((at, number, deed))
                time.sleep(0.02)
                continue
            if not self._done(deed):
                self._due.put((at, number, deed))

    def _done(self, deed: Callable[[], None]) -> bool:
        """Do something; False for whoever was not let through: people and providers try again."""
        try:
            deed()
        except urllib.error.HTTPError as error:
            said = error.read().decode()[:300]
            if error.code in (502, 503):
                return False
            if error.code != 409:  # somebody else was first
                self.faults.append(f"{error.code} {error.url} {said}")
        except OSError:
            return False
        return True

    def _confirm(self, soul: Soul) -> None:
        for post in townsfolk.posts_of(soul.person):  # whoever answers, answers for all of them
            self.confirmed.setdefault(post, time.monotonic())
            self.confirmed_at.setdefault(post, self.night.time)

    def _receipt(self, line: Line, code: str) -> None:
        told = {"list": [{"uid": line.key, "mobile": line.address, "state": code}]}
        self.night.call(f"/api/v1/comms/receipts/mas?key={self.hook}", json.dumps(told).encode())

    def _reply(self, soul: Soul, number: str, words: str) -> None:
        told = {"mobile": number, "content": words, "id": f"R-{soul.code}-{soul.rank}", "time": ""}
        path = f"/api/v1/comms/replies/mas?key={self.hook}"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.night.call(path, urlencode(told).encode(), form)
        if soul.habit != "doubtful":
            self._confirm(soul)

    def _open(self, soul: Soul, link: str) -> None:
        path = link.removeprefix(self.night.url)
        self.night.call(path)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.night.url}
        self.night.call(path, urlencode({"reply": "received"}).encode(), form)
        self._confirm(soul)

    def _ring(self) -> None:
        """Somebody sits at the telephone with the call sheet."""
        tried: set[str] = set()
        while not self._ends.wait(0.5):
            self._done(lambda: self._work_through(tried))

    def _work_through(self, tried: set[str]) -> None:
        for line in self.night.ask("/comms/sheet?size=500")["items"]:
            soul = self._by_title.get(line["post_title"])
            if soul is None or not line["phones"] or line["channel"] not in ("voice", "sheet"):
                continue
            phone = line["phones"][0]
            if soul.habit == "hand" and soul.person in tried:
                self._note(line, phone, {"result": "connected", "reply": "received"})
                self._confirm(soul)
            elif soul.person not in tried:
                dead = phone["number"] == townsfolk.GONE
                self._note(line, phone, {"result": "dead" if dead else "busy"})
            tried.add(soul.person)

    def _note(self, line: Mapping[str, Any], phone: Mapping[str, Any], noted: Any) -> None:
        said = {"phone": phone["id"], **noted}
        self.night.ask(f"/comms/messages/{line['message']}/note", said)
        self.rung.append((str(line["message"]), str(noted["result"])))
