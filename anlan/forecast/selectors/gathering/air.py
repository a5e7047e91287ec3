"""Wind and pressure of numerical models, where a run wants them instead of a storm's own shape."""

from pathlib import Path
from typing import Final

from anlan.forecast.adapters.air import starts_of
from anlan.forecast.selectors.gathering.asking import Asking, Gathered
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid

INBOX: Final = Path("forecast") / "inbox" / "air"
#: Of the setting ``air``: what the sea is driven by.
GRIDDED: Final = "grid"
#: So many of the files that came last are looked at.
MOST: Final = 40


def gridded(asking: Asking) -> Gathered | None:
    """Take the newest file of the inbox that the run may know of; None where none is wanted.

    A file that cannot be read is passed over, and what is wrong with it is said.
    """
    if asking.run.settings.get("air") != GRIDDED:
        return None
    found: list[tuple[int, Path]] = []
    refused = []
    for came, path in _files():
        try:
            starts = starts_of(path.read_bytes())
        except (Invalid, OSError) as error:
            why = error.detail if isinstance(error, Invalid) else str(error)
            refused.append(f"风压格点文件 {path.name} 不能用：{why}")
            continue
        if min(starts, came) <= asking.based_ms:
            found.append((starts, path))
    if not found:
        return Gathered(None, refused=tuple(refused)) if refused else None
    starts, path = max(found)
    return Gathered(
        path, newest=min(starts, asking.based_ms), notes=(f"风和气压取自文件 {path.name}",),
        refused=tuple(refused), file="air.nc",
    )  # fmt: skip


def _files() -> list[tuple[int, Path]]:
    found = []
    for path in (workspace.directory() / INBOX).glob("*.nc"):
        try:
            found.append((path.stat().st_mtime_ns // 1_000_000, path))
        except OSError:
            continue  # taken away meanwhile
    return sorted(found, reverse=True)[:MOST]
