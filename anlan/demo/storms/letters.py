"""What is sent besides values: the departments' warnings and the bulletins of the storm.

Kept beside the recording as one JSON line a letter, in the order they are sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

#: Doors letters go to.
WARNING: Final = "warning"
BULLETIN: Final = "bulletin"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: when it is sent (ms since 1970 UTC), to which door, and its text."""

    at: int
    door: str
    kind: str
    title: str
    body: str


def write_letters(path: Path, letters: Iterable[Letter]) -> int:
    """Write them in one step; tell how many."""
    ordered = sorted(letters, key=lambda one: (one.at, one.door, one.title))
    draft = path.with_suffix(".new")
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in ordered]
    draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    draft.replace(path)
    return len(lines)


def read_letters(path: Path) -> list[Letter]:
    """Read them; none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return [Letter(**json.loads(line)) for line in file]
