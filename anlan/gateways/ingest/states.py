"""How the doors are, told to other processes by a small file: ``DIR/run/ingest.json``."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson

from anlan.kernel import clock
from anlan.sense.receipts import Receipt
from anlan.sense.relay.beats import FILE

State = Literal["off", "open", "failed"]


@dataclass
class DoorState:
    """One door: what it is, whether it works, what came through it since the start."""

    name: str
    title: str
    state: State = "off"
    #: Where it listens or connects; for a failed one the sentence that says why and what to do.
    text: str = ""
    #: Why the operator's file for it is not in force; "" when it is.
    refused: str = ""
    connections: int = 0
    messages: int = 0
    observations: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    #: Connections or messages that broke the rules, and the last of them.
    faults: int = 0
    last_fault: str = ""
    last_fault_at: str = ""

    def open(self, text: str) -> None:
        """Say that it works, and where."""
        self.state, self.text = "open", text

    def close(self) -> None:
        """Say that it is closed."""
        self.state, self.text, self.connections = "off", "", 0

    def fail(self, text: str) -> None:
        """Say why it does not work."""
        self.state, self.text = "failed", text

    def refuse(self, text: str) -> None:
        """Say why its file is not in force; "" that it is."""
        self.refused = text

    def fault(self, text: str) -> None:
        """Note a peer's mistake."""
        self.faults += 1
        self.last_fault, self.last_fault_at = text[:200], clock.real_now().isoformat()

    def count(self, receipt: Receipt) -> None:
        """Note what became of a body."""
        self.accepted += receipt.accepted
        self.duplicates += receipt.duplicates
        self.rejected += len(receipt.rejected)


class Heartbeat:
    """Writes how everything is, so that ``/healthz``, the doctor and pages can see it."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / FILE
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._started = clock.real_now()

    def beat(self, doors: Sequence[DoorState], *, ready: bool, under_way: int) -> None:
        """Write it down; a full disk is no reason to stop taking data."""
        told = {
            "pid": os.getpid(),
            "started_at": self._started,
            "beat_at": clock.real_now(),
            "ready": ready,
            "under_way": under_way,
            "doors": [asdict(door) for door in doors],
        }
        draft = self._path.with_suffix(".new")
        try:
            draft.write_bytes(orjson.dumps(told))
            draft.replace(self._path)
        except OSError:
            return

    def end(self) -> None:
        """Say that the process has ended."""
        self._path.unlink(missing_ok=True)
