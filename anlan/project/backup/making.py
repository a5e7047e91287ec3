"""Making a backup while everything runs."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, transaction

import anlan
from anlan.base.journal import selectors as journal
from anlan.base.vault.ciphers import fingerprint
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict
from anlan.project.backup.archive import Manifest, Progress, Writer, check_room
from anlan.sense.store.segments.schema import Place, hold_files

#: Made anew by running processes, or nobody else's business.
LEFT_OUT = frozenset(
    ("lock", "write.lock", "leader.lock", "control.sock", "wake", "run", "log", "tmp",
     "latest.mmap", "exercises")  # an exercise is a workspace of its own, with keys of its own
)  # fmt: skip
LEFT_OUT_BEGINNINGS = ("anlan.pid", ".", "before-restore-", "secret")
#: What SQLite keeps beside a database; the copy is made with it and needs none.
BESIDES = ("-wal", "-shm", "-journal")
SQLITE = b"SQLite format 3\x00"


def make(path: Path, *, with_secret: bool, progress: Progress) -> Manifest:
    """Write a backup of this process's workspace to `path`.

    Erased persons are not readable in it: their keys are gone, and the copies of the databases
    have no free pages in which anything could linger.
    """
    if path.exists():
        raise Conflict(f"{path} 已存在，请换一个文件名")
    home = workspace.current()
    check_room(path.resolve().parent, size_of(home.dir))
    writer = Writer(path, progress)
    try:
        # First the signed heads, then the database, then the files it points at: what comes later
        # may be newer than what points at it, never older.
        _add(writer, home.dir, _files(home.dir / "anchors"))
        with hold_files(Place(home.dir)):  # observation files the copied database names
            manifest = _records(writer, home, with_secret=with_secret, beside=path.resolve().parent)
            rest = (it for it in _files(home.dir) if not it.is_relative_to(home.dir / "anchors"))
            _add(writer, home.dir, rest)
        if with_secret:
            with writer.member("workspace/secret") as sink:
                sink.write(home.secret().hex().encode("ascii") + b"\n")
        writer.finish(manifest)
    except BaseException:
        writer.abandon()
        raise
    return manifest


def size_of(directory: Path) -> int:
    """Count the bytes a backup of a directory holds before it is packed."""
    return sum(path.stat().st_size for path in _walk(directory))


def _walk(directory: Path) -> Iterator[Path]:
    """Walk the files worth keeping, databases included."""
    if not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        if path.name in LEFT_OUT or path.name.startswith(LEFT_OUT_BEGINNINGS):
            continue
        if path.is_dir():
            files = (one for one in sorted(path.rglob("*")) if one.is_file())
            yield from (one for one in files if not one.name.endswith(BESIDES))
        elif path.is_file() and not path.name.endswith(BESIDES):
            yield path


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except FileNotFoundError:
        return False


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in _walk(directory) if not _is_database(path))


def _add(writer: Writer, home: Path, paths: Iterator[Path]) -> None:
    for path in paths:
        writer.copy(f"workspace/{path.relative_to(home).as_posix()}", path)


def _records(
    writer: Writer, home: workspace.Workspace, *, with_secret: bool, beside: Path
) -> Manifest:
    """Copy the databases and tell what they hold."""
    head = journal.head()
    for path in (one for one in _walk(home.dir) if _is_database(one)):
        _copy_sqlite(writer, f"records/{path.relative_to(home.dir).as_posix()}", path, beside)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy_tables(writer)
        return Manifest(
            made_at=clock.real_now().isoformat(timespec="seconds"),
            version=anlan.__version__,
            workspace={"kind": home.kind, "name": home.name, "title": home.title},
            database=connection.vendor,
            master=fingerprint(home.secret()),
            with_secret=with_secret,
            migrations=_migrations(),
            journal={"seq": head.seq, "chain": head.chain},
        )


def _migrations() -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return [list(row) for row in cursor.fetchall()]


def _copy_sqlite(writer: Writer, name: str, path: Path, beside: Path) -> None:
    """Copy a database that others write to: a consistent state, only its living content."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".anlan-backup-") as folder:
        copied = Path(folder) / "copy"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as source:
            source.execute("VACUUM INTO ?", [str(copied)])
        writer.copy(name, copied)


def _copy_tables(writer: Writer) -> None:
    """Copy every table of one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = columns_of(cursor, table)
            with writer.member(f"tables/{table}.copy") as sink:
                sink.write((",".join(columns) + "\n").encode())
                names = ", ".join(map(connection.ops.quote_name, columns))
                quoted = connection.ops.quote_name(table)
                with cursor.cursor.copy(f"COPY {quoted} ({names}) TO STDOUT") as rows:
                    for data in rows:
                        sink.write(bytes(data))


def columns_of(cursor: Any, table: str) -> list[str]:
    """List a table's columns."""
    return [it.name for it in connection.introspection.get_table_description(cursor, table)]
