"""Where exercises lie, what they are called, and what is known of each without opening it."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from anlan.kernel import clock
from anlan.kernel.errors import AnlanError, Invalid, Missing, Unavailable
from anlan.kernel.workspace import Workspace, load
from anlan.project.supervisor import control

FOLDER = "exercises"
#: Also part of a cookie's name and of an address.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FACTS = "copied.json"


@dataclass(frozen=True)
class Copied:
    """What an exercise was copied from; kept in ``copied.json``."""

    #: Name and kind of the workspace it was copied from.
    source: str
    source_kind: str
    #: Real time, RFC 3339.
    at: str
    #: Who asked for it, as the operating system names them.
    by: str
    #: How fast its time is to run: simulated seconds a real second.
    speed: float
    #: Whole days by which the registers' dates were moved.
    days: int
    rows: int
    #: Whether it was ever started; its clock begins then.
    begun: bool = False

    def now_begun(self) -> "Copied":
        """Return the same, begun."""
        return replace(self, begun=True)

    def write(self, directory: Path) -> None:
        """Keep it, in one step."""
        draft = directory / f"{FACTS}.new"
        draft.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2), encoding="utf-8")
        draft.replace(directory / FACTS)

    @classmethod
    def read(cls, directory: Path) -> "Copied | None":
        """Read what is kept; None for a workspace that is no copy."""
        try:
            return cls(**json.loads((directory / FACTS).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (TypeError, ValueError) as error:
            raise Invalid(f"{directory / FACTS} 无法读取：{error}") from error


def check_name(name: str) -> str:
    """Return the name, or raise `Invalid` with the rule."""
    if not NAME.fullmatch(name):
        raise Invalid("演练的名称只能用小写字母、数字和连字符，最长 40 个字符，例如 flood-2026")
    return name


def place_of(home: Path, name: str) -> Path:
    """Tell where an exercise of a workspace lies, or would lie."""
    return home / FOLDER / check_name(name)


def exercises(home: Path) -> Iterator[Path]:
    """Walk the exercises of a workspace, by name."""
    folder = home / FOLDER
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and (path / "workspace.json").exists():
            yield path


def open_exercise(home: Path, name: str) -> Workspace:
    """Read an exercise of a workspace; `Missing` when there is none of this name.

    Raises `Invalid` for a directory of that name which is something else.
    """
    try:
        found = load(place_of(home, name))
    except Missing:
        raise Missing(f"{home} 没有名为「{name}」的演练") from None
    if found.kind != "exercise":
        raise Invalid(f"{found.dir} 不是演练工作区（{found.kind}）")
    return found


@dataclass(frozen=True)
class Told:
    """One line of the list. What could not be read is None."""

    name: str
    kind: str
    path: str
    running: bool
    ready: bool
    url: str
    #: RFC 3339, and how many of its seconds pass in a real one.
    now: str | None
    speed: float | None
    bytes: int
    copied_at: str | None
    copied_by: str | None
    problem: str = ""

    def json(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def tell(directory: Path) -> Told:
    """Tell about one workspace from its directory and its supervisor."""
    state = _state(directory)
    told: dict[str, Any] = {
        "name": directory.name, "kind": "?", "now": None, "speed": None,
        "copied_at": None, "copied_by": None,
    }  # fmt: skip
    try:
        told |= _read(directory)
    except AnlanError as error:
        told["problem"] = error.detail
    return Told(
        path=str(directory),
        running=bool(state),
        ready=bool(state.get("ready")),
        url=str(state.get("url", "")),
        bytes=size_of(directory),
        **told,
    )


def _state(directory: Path) -> dict[str, Any]:
    if not (directory / control.NAME).exists():
        return {}
    try:
        return control.ask(directory, {"do": "state"})
    except Unavailable:
        return {}


def _read(directory: Path) -> dict[str, Any]:
    found = load(directory)
    own = clock.Clock(found.clock_file if found.kind == "exercise" else None)
    setting = own.setting()
    copied = Copied.read(directory)
    return {
        "name": found.name,
        "kind": found.kind,
        "now": spell(own.now()),
        "speed": 1.0 if setting is None else setting.speed,
        "copied_at": copied.at if copied else None,
        "copied_by": copied.by if copied else None,
    }


def spell(moment: datetime) -> str:
    """Write a time the way people here read it: RFC 3339, local zone, whole seconds."""
    return clock.local(moment).isoformat(timespec="seconds")


def size_of(directory: Path) -> int:
    """Count the bytes of a workspace, its exercises left out."""
    total = 0
    for path in directory.iterdir():
        if path.name == FOLDER:
            continue
        files = path.rglob("*") if path.is_dir() else (path,)
        total += sum(_bytes(file) for file in files)
    return total


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # logs turn, lock files go
        return 0


def free_bytes(home: Path) -> int:
    """Tell how much room there is for copies."""
    return shutil.disk_usage(home).free
