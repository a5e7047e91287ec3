"""Whether the ingest process lives and how its doors are, read from what it writes down."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from anlan.kernel import clock

FILE: Final = "run/ingest.json"
#: It beats every second; after this long without a beat it is taken for dead.
LEASE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class IngestState:
    """What is known of the ingest process."""

    alive: bool
    #: Whether it takes observations in; false while it starts or ends.
    ready: bool = False
    #: Its last sign of life, real time; None when there never was one.
    beat_at: datetime | None = None
    pid: int = 0
    #: Observations between the doors and the disk.
    under_way: int = 0
    #: One object a door: name, title, state (off, open, failed), text, counts.
    doors: list[dict[str, Any]] = field(default_factory=list)


def ingest_state(workspace: Path) -> IngestState:
    """Tell how the ingest process of a workspace is."""
    try:
        told = orjson.loads((workspace / FILE).read_bytes())
        beat = datetime.fromisoformat(told["beat_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return IngestState(alive=False)
    alive = clock.real_now() - beat < LEASE
    return IngestState(
        alive=alive,
        ready=alive and bool(told.get("ready")),
        beat_at=beat,
        pid=int(told.get("pid", 0)),
        under_way=int(told.get("under_way", 0)),
        doors=list(told.get("doors", ())),
    )
