"""What a person asks of the running schedule: to pull at once, or again from some time on.

A small file each, ``DIR/sources/asked/KEY``: the web processes write, the schedule takes.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = "asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """Pull now; what lies after `since_ms` once more, where it is given."""

    since_ms: int | None


def ask(folder: Path, key: str, since_ms: int | None) -> None:
    """Leave word."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    draft = place / f".{key}.new"
    draft.write_text(json.dumps({"since_ms": since_ms}), encoding="ascii")
    draft.replace(place / key)


def take(folder: Path, key: str) -> Asked | None:
    """Read what was left; None when there is nothing (or nothing that can be read)."""
    try:
        raw = json.loads((folder / FOLDER / key).read_text(encoding="ascii"))
        since = raw["since_ms"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Asked(since if isinstance(since, int) else None)


def forget(folder: Path, key: str) -> None:
    """Take the word away: it has been done."""
    (folder / FOLDER / key).unlink(missing_ok=True)
