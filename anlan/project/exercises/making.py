"""Making an exercise: an empty workspace beside the others, filled, and only then given its name.

The process that fills it has the new workspace as its own: `enter` must run before Django starts.
"""

import getpass
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.workspace import Workspace
from anlan.project import environment
from anlan.project.exercises.drafts import Draft, draft, sweep
from anlan.project.exercises.places import check_name, free_bytes, place_of, size_of

#: Of ``conf/`` these stay behind: whom a workspace talks to outside. A drill talks to nobody.
OUTSIDE = ("channels", "sources")
#: Other files that say something about the registers (the mark of the demo county).
FILES = ("demo-county.json",)
#: Other folders: what forecasts are computed from, so that they can be computed there again.
FOLDERS = ("forecast/grids", "forecast/inbox")
FASTEST = 86_400.0
#: What belongs to the source's process and not to an exercise's.
ELSEWHERE = ("DATABASE_URL", "TELEMETRY_URL", "STREAM_URL", "ANLAN_SECRET_FILE")

#: Told (what, done, total).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is to be made of what."""

    source: Workspace
    name: str
    #: Simulated seconds a real second; 0 stands still until it is stepped.
    speed: float
    #: Where its time begins; None is now.
    start: datetime | None
    #: The source's ``DATABASE_URL``; "" for the embedded form.
    database: str
    #: The source's master keys: two while the one is exchanged for the other.
    secrets: tuple[bytes, ...]
    by: str
    #: What it is called on every page; "" for a name made of its own.
    title: str = ""
    title_en: str = ""


def plan(
    source: Path,
    name: str,
    *,
    speed: float = 1.0,
    start: datetime | None = None,
    title: str = "",
    title_en: str = "",
) -> Plan:
    """Check what is asked of the workspace at `source`; `Invalid` or `Conflict` when it cannot be.

    Reads the environment of the source: its ``DATABASE_URL`` and ``ANLAN_SECRET_FILE``.
    """
    found = workspace.load(source.resolve())
    if found.kind == "exercise":
        raise Invalid(f"{source} 本身是演练工作区；请从正式或演示工作区复制")
    if check_name(name) == found.name:
        raise Conflict(f"「{name}」是来源工作区自己的名称，请换一个")
    if not 0 <= speed <= FASTEST:
        raise Invalid(f"速度应在 0（步进）到 {FASTEST:.0f} 之间")
    if start is not None and start.tzinfo is None:
        raise Invalid("起始时间必须带时区")
    database = environment.text("DATABASE_URL")
    if not database and not (found.dir / "records.sqlite3").exists():
        raise Missing(f"{source} 里没有数据库，请先启动一次")
    _check_room(found, database)
    keys, by = _secrets(found), getpass.getuser()
    titles = title.strip()[:80], title_en.strip()[:120]
    return Plan(found, name, speed, start, database, keys, by, *titles)


def _secrets(source: Workspace) -> tuple[bytes, ...]:
    coming = source.secret_file.with_name(f"{source.secret_file.name}.next")
    more = [bytes.fromhex(coming.read_text(encoding="ascii"))] if coming.exists() else []
    return (source.secret(), *more)


def _check_room(source: Workspace, database: str) -> None:
    needed = 0 if database else size_of(source.dir)
    if free_bytes(source.dir) < needed:
        raise Conflict(f"磁盘空间不足：复制约需 {needed // 2**20} MB")


@contextmanager
def making(wanted: Plan) -> Iterator[Draft]:
    """Make the empty workspace and make it this process's own; it is wiped unless it is finished.

    Django must not have started: its settings are those of the new workspace.
    """
    sweep(wanted.source.dir)
    with draft(place_of(wanted.source.dir, wanted.name)) as made:
        _enter(made.dir)
        workspace.create(
            made.dir,
            kind="exercise",
            name=wanted.name,
            title=wanted.title or f"演练 {wanted.name}",
            title_en=wanted.title_en or ("" if wanted.title else f"Exercise {wanted.name}"),
            parent=str(wanted.source.dir),
        )
        _copy_settings(wanted.source.dir, made.dir)
        set_clock(made.dir, start=wanted.start, speed=wanted.speed)
        yield made


def _enter(directory: Path) -> None:
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    os.environ["ANLAN_DATA"] = str(directory)


def _copy_settings(source: Path, target: Path) -> None:
    (target / "conf").mkdir()
    conf = source / "conf"
    if conf.is_dir():
        shutil.copytree(
            conf,
            target / "conf",
            ignore=lambda folder, _: OUTSIDE if Path(folder) == conf else (),
            dirs_exist_ok=True,
        )
    for name in FILES:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    for name in FOLDERS:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)


def set_clock(directory: Path, *, start: datetime | None, speed: float) -> None:
    """Let an exercise's time run from `start` (None: the present) from now on."""
    real = clock.real_now()
    setting = clock.Setting(real0=real, sim0=(start or real).astimezone(UTC), speed=speed)
    clock.set_clock(directory / "clock.json", setting)
