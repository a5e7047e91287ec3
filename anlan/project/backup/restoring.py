"""Putting a backup back."""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anlan.base.vault.ciphers import fingerprint
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid, Unavailable
from anlan.kernel.workspace import SECRET_BYTES
from anlan.project.backup.archive import Progress, Reader, check_room, place_of

STAGE = ".restoring"


@dataclass(frozen=True)
class Target:
    """Where a backup goes and which master key it gets."""

    dir: Path
    force: bool
    #: A file with the master key, for a backup that has none.
    secret: Path | None
    #: ``DATABASE_URL``; "" for the embedded form.
    database: str


def put_files(reader: Reader, target: Target, progress: Progress) -> Path | None:
    """Restore the directory; return where the former content was moved, None when there was none.

    Everything is unpacked and every digest compared before anything of the target is touched.
    """
    _check(reader, target)
    stage = target.dir / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    done = 0

    def moved(count: float) -> None:
        nonlocal done
        done += int(count)
        progress(done)

    try:
        for folder in ("workspace/", "records/"):
            for name in reader.names(folder):
                reader.extract(name, place_of(name, folder, stage), moved)
        _put_secret(reader, target, stage)
        former = _move_aside(target.dir)
        for path in sorted(stage.iterdir(), key=lambda it: it.name == "workspace.json"):
            path.rename(target.dir / path.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return former


def _check(reader: Reader, target: Target) -> None:
    wanted = "postgresql" if target.database else "sqlite"
    if reader.manifest.database != wanted:
        raise Invalid(
            f"备份来自 {reader.manifest.database}，而现在配置的是 {wanted}："
            "请按备份设置或去掉环境变量 DATABASE_URL"
        )
    target.dir.mkdir(parents=True, exist_ok=True)
    if not target.force and any(target.dir.iterdir()):
        raise Conflict(f"{target.dir} 不是空目录；确认要替换时加 --force（原内容会移到一旁）")
    if target.database and not target.force:
        _check_no_tables(target.database)
    _check_nobody_runs(target.dir)
    check_room(target.dir, reader.size)


def _check_no_tables(url: str) -> None:
    import psycopg

    try:
        with psycopg.connect(url) as made:
            found = made.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise Unavailable(f"连不上 DATABASE_URL 指向的数据库：{error}") from error
    if found:
        raise Conflict(
            "DATABASE_URL 指向的数据库不是空的；确认要替换时加 --force（原有的表会删除）"
        )


def _check_nobody_runs(directory: Path) -> None:
    lock = directory / "lock"
    if not lock.exists():
        return
    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(f"{directory} 正在运行，请先停止再恢复") from None
    finally:
        os.close(descriptor)


def _put_secret(reader: Reader, target: Target, stage: Path) -> None:
    """Give the restored workspace its master key: the backup's, the one named, or the former."""
    goal = stage / "secret"
    source = target.secret or target.dir / "secret"
    if not goal.exists() and source.exists():
        if _print_of(source) == reader.manifest.master:
            shutil.copyfile(source, goal)
        elif target.secret is not None:
            raise Invalid(f"{source} 不是这份备份的主密钥 {reader.manifest.master}")
    for path in (goal, stage / "journal.key"):
        if path.exists():
            path.chmod(0o600)


def _print_of(path: Path) -> str:
    try:
        return fingerprint(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except ValueError:
        return ""


def _move_aside(directory: Path) -> Path | None:
    here = [path for path in directory.iterdir() if path.name != STAGE]
    former = [path for path in here if not path.name.startswith("before-restore-")]
    if not former:
        return None
    aside = directory / f"before-restore-{clock.real_now():%Y%m%dT%H%M%S}"
    aside.mkdir()
    for path in former:
        path.rename(aside / path.name)
    return aside


def lacks_secret(directory: Path, master: str) -> bool:
    """Tell whether the master key of a backup is not to be found."""
    given = os.environ.get("ANLAN_SECRET_FILE")
    path = Path(given) if given else directory / "secret"
    return not path.exists() or _print_of(path) != master


@contextmanager
def any_secret(directory: Path) -> Iterator[None]:
    """Let Django start without the master key: nothing personal is read in the meantime."""
    if (directory / "secret").exists() or "ANLAN_SECRET_FILE" in os.environ:
        yield
        return
    with tempfile.NamedTemporaryFile("w", suffix=".secret") as file:
        file.write(secrets.token_hex(SECRET_BYTES))
        file.flush()
        os.environ["ANLAN_SECRET_FILE"] = file.name
        try:
            yield
        finally:
            del os.environ["ANLAN_SECRET_FILE"]
