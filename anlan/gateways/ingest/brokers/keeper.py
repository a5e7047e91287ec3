"""Keeps subscriptions as the files of ``DIR/conf/brokers`` say; re-read without a restart."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

import structlog

from anlan.gateways.ingest.brokers.declaration import Broker, read_broker
from anlan.gateways.ingest.brokers.subscription import Subscription
from anlan.gateways.ingest.entry import Intake
from anlan.gateways.ingest.owners import Owners
from anlan.gateways.ingest.states import DoorState
from anlan.kernel.errors import Missing
from anlan.protocols.declared.secrets import Secrets
from anlan.protocols.declared.taking import Wrong
from anlan.protocols.observations import Decoded
from anlan.sense.intake import Owner
from anlan.sense.receipts import Receipt

log = structlog.get_logger("anlan.ingest")

FOLDER: Final = "conf/brokers"
LOOK_S: Final = 2.0


class Brokers:
    """All external brokers of a workspace.

    Parameters
    ----------
    door
        Makes the state of a new door: its name and title.
    forget
        Takes a state away when its file is gone.
    """

    def __init__(
        self,
        workspace: Path,
        intake: Intake,
        now_ms: Callable[[], int],
        owners: Owners,
        *,
        door: Callable[[str, str], DoorState],
        forget: Callable[[DoorState], None],
    ) -> None:
        self._folder, self._secrets = workspace / FOLDER, Secrets(workspace)
        self._intake, self._now_ms, self._owners = intake, now_ms, owners
        self._door, self._forget = door, forget
        self._states: dict[str, DoorState] = {}
        self._running: dict[str, Subscription] = {}
        self._texts: dict[str, str] = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="brokers", daemon=True)

    def start(self) -> None:
        """Begin to look, in a thread of its own."""
        self._thread.start()

    async def close(self) -> None:
        """Disconnect from all of them."""
        self._ends.set()
        await asyncio.to_thread(self._thread.join, 10.0)

    def _keep(self) -> None:
        while True:
            try:
                self.look()
            except Exception:
                log.exception("looking after the brokers failed")
            if self._ends.wait(LOOK_S):
                break
        for key in list(self._running):
            self._stop(key)

    def look(self) -> None:
        """Bring what runs in line with the files."""
        texts = {path.stem: path for path in sorted(self._folder.glob("*.toml"))}
        for key in set(self._states) - set(texts):
            self._stop(key)
            self._forget(self._states.pop(key))
            self._texts.pop(key, None)
        for key, path in texts.items():
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                text = ""
            running = self._running.get(key)
            if self._texts.get(key) != text or (running is not None and running.broken):
                self._texts[key] = text
                self._take(key, text)

    def _take(self, key: str, text: str) -> None:
        """Put a file in force; a wrong one is told, and what ran before runs on."""
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = self._door(f"broker:{key}", f"外部 MQTT {key}")
        try:
            broker = read_broker(key, text)
        except Wrong as wrong:
            before = "；仍按改动前的运行" if key in self._running else ""
            state.refuse(f"{wrong.detail}{before}")
            log.warning("a broker's file is wrong", reason=wrong.detail)
            return
        self._stop(key)
        state.title = broker.title
        state.refuse("")
        if broker.enabled:
            self._start(broker, state)

    def _start(self, broker: Broker, state: DoorState) -> None:
        ref = f"broker:{broker.key}"

        def submit(decoded: Decoded) -> "Future[Receipt]":
            owner = self._owners.of(ref, broker.scope) if broker.scope else Owner(ref)
            return self._intake.submit(decoded, owner, self._now_ms())

        try:
            password = self._secrets.value(broker.password) if broker.password else ""
            subscription = Subscription(broker, state, submit, password)
            subscription.start()
        except (Missing, OSError, ValueError) as error:
            state.fail(str(error))
            self._texts.pop(broker.key, None)  # the file it names may come yet
            return
        self._running[broker.key] = subscription

    def _stop(self, key: str) -> None:
        subscription = self._running.pop(key, None)
        if subscription is not None:
            subscription.stop()
