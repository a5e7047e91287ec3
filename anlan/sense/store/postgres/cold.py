"""The cold tier: old days in the same Parquet files as the embedded store's, named in PostgreSQL.

::

    DIR/telemetry/cold/*.parquet    rows sorted by stream number, then time
    telemetry.file                  their manifest: draft, kept or gone

Only a kept file is read. A file is named as a draft before it is made, and as gone before it is
removed, so that whatever moment a process is killed at the next writer knows every file that may
lie about. A file nobody names is left alone: another database may.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from anlan.engines.series import Columns, Numbers
from anlan.kernel.errors import Unavailable
from anlan.kernel.ids import new_id
from anlan.sense.store.postgres.schema import Connection
from anlan.sense.store.segments.files import Filed, Files, groups_of
from anlan.sense.store.segments.schema import Place, may_remove, sync_folder
from anlan.sense.store.tail import member

#: Entries of the manifest a process remembers.
REMEMBERED: Final = 4096

COLUMNS: Final = (
    "name, day, level, rows, first_number, last_number, since_ms, until_ms, kept_days, groups"
)


class Shelf:
    """The files as one process reads them. Not safe for two threads."""

    def __init__(self, directory: Path, *, mapped: bool = True) -> None:
        self.place = Place(directory)
        self.folder = self.place.files / "cold"
        self.files = Files(self.folder, mapped=mapped)
        self._known: dict[str, Filed] = {}

    def named(
        self, connection: Connection, numbers: Numbers, since_ms: int, until_ms: int
    ) -> list[Filed]:
        """List the files that may hold rows of these streams (sorted numbers), by first time."""
        if not len(numbers):
            return []
        rows = connection.execute(
            "SELECT name FROM telemetry.file WHERE state = 'kept' AND since_ms < %s"
            " AND until_ms >= %s AND first_number <= %s AND last_number >= %s"
            " ORDER BY since_ms, name",
            (until_ms, since_ms, int(numbers[-1]), int(numbers[0])),
        ).fetchall()
        names = [str(name) for (name,) in rows]
        known = {name: self._known[name] for name in names if name in self._known}
        asked = [name for name in names if name not in known]
        if asked:
            learnt = _read(connection, "name = ANY(%s)", (asked,))
            known.update((filed.name, filed) for filed in learnt)
            self._remember(known)
        return [known[name] for name in names]

    def rows(self, filed: Filed, numbers: Numbers, since_ms: int, until_ms: int) -> Columns:
        """Read the rows of some streams (sorted numbers, none twice) in [since, until)."""
        low, high = int(numbers[0]), int(numbers[-1])
        groups = groups_of(filed, low, high, since_ms, until_ms)
        bounds = filed.groups[groups]
        wanted = np.searchsorted(numbers, bounds["first"], "left") < np.searchsorted(
            numbers, bounds["last"], "right"
        )
        rows = self.files.read(filed, groups[wanted])
        rows = rows.take(slice(*np.searchsorted(rows.number, [low, high + 1]).tolist()))
        fit = member(rows.number, numbers) & (rows.time >= since_ms) & (rows.time < until_ms)
        return rows.take(fit)

    def close(self) -> None:
        """Close the files."""
        self.files.close()

    def _remember(self, found: dict[str, Filed]) -> None:
        if len(self._known) + len(found) > REMEMBERED:
            self._known.clear()
        self._known.update(found)


def kept(connection: Connection) -> list[Filed]:
    """List every file there is."""
    return _read(connection, "state = 'kept'", ())


def _read(connection: Connection, where: str, values: tuple[Any, ...]) -> list[Filed]:
    query = f"SELECT {COLUMNS} FROM telemetry.file WHERE {where} ORDER BY since_ms, name"  # noqa: S608 - our own words
    return [Filed.of(row) for row in connection.execute(query.encode(), values, binary=True)]


def draft(connection: Connection, shelf: Shelf, first_ms: int) -> str:
    """Name a file to be made, by its first day and a word never used again."""
    if not shelf.folder.is_dir():
        shelf.folder.mkdir(parents=True, exist_ok=True)
        sync_folder(shelf.place.files)
        sync_folder(shelf.place.dir)
    day = np.datetime64(first_ms, "ms").astype("datetime64[D]")
    name = f"{day}-{new_id()}.parquet"
    connection.execute("INSERT INTO telemetry.file (name, state) VALUES (%s, 'draft')", (name,))
    return name


def keep(connection: Connection, came: Iterable[tuple[Filed, bytes]]) -> None:
    """Record files that are made, each with its digest; within a transaction."""
    for filed, digest in came:
        done = connection.execute(
            "UPDATE telemetry.file SET state = 'kept', day = %s, level = %s, rows = %s,"
            " first_number = %s, last_number = %s, since_ms = %s, until_ms = %s, kept_days = %s,"
            " groups = %b, digest = %b WHERE name = %s AND state = 'draft'",
            (*filed.row()[1:], digest, filed.name),
        )
        if done.rowcount != 1:
            raise RuntimeError(f"{filed.name} is no draft")


def let_go(connection: Connection, gone: Iterable[str]) -> None:
    """Record files that are read no more; within a transaction."""
    names = list(gone)
    if names:
        connection.execute(
            "UPDATE telemetry.file SET state = 'gone' WHERE name = ANY(%s)", (names,)
        )


def remove(connection: Connection, shelf: Shelf, names: Iterable[str]) -> bool:
    """Remove drafts and files that are gone; False when somebody holds all files just now."""
    wanted = list(names)
    if not wanted or not shelf.place.files.is_dir():
        return True
    with may_remove(shelf.place) as free:
        if not free:
            return False
        for name in wanted:
            (shelf.folder / name).unlink(missing_ok=True)
            (shelf.folder / f".{name}.new").unlink(missing_ok=True)
    connection.execute(
        "DELETE FROM telemetry.file WHERE name = ANY(%s) AND state <> 'kept'", (wanted,)
    )
    return True


def sweep(connection: Connection, shelf: Shelf) -> None:
    """Remove what an earlier writer left: drafts of before a kill, files that were gone."""
    rows = connection.execute("SELECT name FROM telemetry.file WHERE state <> 'kept'").fetchall()
    remove(connection, shelf, [name for (name,) in rows])


def missing(folder: Path) -> Unavailable:
    """Say that a kept file is not where it should be."""
    return Unavailable(
        f"观测的冷数据文件不在 {folder}：几台机器要共用这个目录，恢复数据库时要一并恢复它",
        retry=False,
    )
