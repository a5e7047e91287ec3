"""Partitions of `observation`: a day each, made ahead; for long past days a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from psycopg import errors, sql

from anlan.engines.series import DAY_MS, Columns
from anlan.sense.store.interface import Report, Retention
from anlan.sense.store.postgres.schema import Connection

#: Days made before they begin.
AHEAD: Final = 2
#: Days back that get a partition each even when nothing of their month is there yet.
RECENT: Final = 31


@dataclass(frozen=True)
class Partition:
    """A table of the rows of [since, until)."""

    name: str
    since_ms: int
    until_ms: int
    #: Retention it has already been through, days.
    kept_days: int = 0
    #: When rows last came to it that were not of the day itself; 0 for never.
    written_ms: int = 0

    @property
    def table(self) -> sql.Identifier:
        """Its name in a statement."""
        return sql.Identifier("telemetry", self.name)


def known(connection: Connection) -> list[Partition]:
    """List the partitions by time."""
    rows = connection.execute(
        "SELECT name, since_ms, until_ms, kept_days, written_ms FROM telemetry.partition"
        " ORDER BY since_ms"
    )
    return [Partition(*row) for row in rows]


def ensure(connection: Connection, days: Iterable[int], today: int) -> list[Partition]:
    """Make what is missing for these days (since 1970) and the next ones; give all there are."""
    there = known(connection)
    for day in sorted({*days, *range(today, today + AHEAD + 1)}):
        at = day * DAY_MS
        if any(one.since_ms <= at < one.until_ms for one in there):
            continue
        made = _choose(day, today, there)
        _make(connection, made)
        there.append(made)
    return there


def _choose(day: int, today: int, there: list[Partition]) -> Partition:
    date = np.datetime64(day, "D")
    month = date.astype("datetime64[M]")
    begin, end = (int((month + step).astype("datetime64[D]").astype(int)) for step in (0, 1))
    started = any(one.since_ms < end * DAY_MS and one.until_ms > begin * DAY_MS for one in there)
    if started or today - RECENT <= day <= today + AHEAD:
        return Partition(f"observation_{str(date).replace('-', '_')}", day * DAY_MS,
                         (day + 1) * DAY_MS)  # fmt: skip
    name = f"observation_{str(month).replace('-', '_')}"
    return Partition(name, begin * DAY_MS, end * DAY_MS)


def _make(connection: Connection, made: Partition) -> None:
    """Make the table beside the others, then attach it: nobody who reads or writes waits."""
    since, until = (_literal(ms) for ms in (made.since_ms, made.until_ms))
    with connection.transaction():
        for statement in (
            "CREATE TABLE {table} (LIKE telemetry.observation INCLUDING ALL)",
            "ALTER TABLE telemetry.observation ATTACH PARTITION {table}"
            " FOR VALUES FROM ({since}) TO ({until})",
        ):
            connection.execute(
                sql.SQL(statement).format(table=made.table, since=since, until=until)
            )
        connection.execute(
            "INSERT INTO telemetry.partition (name, since_ms, until_ms) VALUES (%s, %s, %s)",
            (made.name, made.since_ms, made.until_ms),
        )


def _literal(ms: int) -> sql.Literal:
    return sql.Literal(f"{np.datetime64(ms, 'ms')}+00")


def split(rows: Columns, there: Iterable[Partition]) -> list[tuple[Partition, Columns]]:
    """Split rows by partition; each has one."""
    low, high = int(rows.time.min()), int(rows.time.max())
    found = []
    for one in there:
        if one.since_ms > high or one.until_ms <= low:
            continue
        here = (rows.time >= one.since_ms) & (rows.time < one.until_ms)
        if here.any():
            found.append((one, rows.take(here)))
    return found


def stamp(connection: Connection, written: Iterable[Partition], now_ms: int) -> None:
    """Note that rows came to partitions late: who copies one to a file looks whether they did."""
    late = [one.name for one in written if not one.since_ms <= now_ms < one.until_ms]
    if late:
        connection.execute(
            "UPDATE telemetry.partition SET written_ms = %s WHERE name = ANY(%s)", (now_ms, late)
        )


def thin(connection: Connection, retention: Retention, now_ms: int) -> Report | None:
    """Drop or thin the oldest partition due; None when there is none."""
    lengths = sorted({*retention.by_number.values(), retention.raw_days or 0} - {0})
    for one in known(connection):
        age = (now_ms - one.until_ms) / DAY_MS
        over = [days for days in lengths if days < age and days > one.kept_days]
        if not over:
            continue
        longest = max([retention.raw_days or 0, *retention.by_number.values()])
        if retention.raw_days is not None and longest <= max(over):
            return _drop(connection, one)
        _delete(connection, one, retention, max(over))
        return Report(more=True)
    return None


def remove(connection: Connection, gone: Partition) -> None:
    """Drop a partition, within a transaction; `LockNotAvailable` when it is read for too long."""
    connection.execute("SET LOCAL lock_timeout = '2s'")
    connection.execute(sql.SQL("DROP TABLE {}").format(gone.table))
    connection.execute("DELETE FROM telemetry.partition WHERE name = %s", (gone.name,))


def _drop(connection: Connection, gone: Partition) -> Report:
    try:
        with connection.transaction():
            remove(connection, gone)
    except errors.LockNotAvailable:
        return Report()  # somebody reads it: at the next call
    return Report(dropped=1, more=True)


def _delete(connection: Connection, thinned: Partition, retention: Retention, days: int) -> None:
    short = [number for number, own in retention.by_number.items() if own <= days]
    long = [number for number, own in retention.by_number.items() if own > days]
    if retention.raw_days is not None and retention.raw_days <= days:
        query, numbers = sql.SQL("DELETE FROM {} WHERE number <> ALL(%s)"), long
    else:
        query, numbers = sql.SQL("DELETE FROM {} WHERE number = ANY(%s)"), short
    with connection.transaction():
        connection.execute(query.format(thinned.table), (numbers,))
        connection.execute(
            "UPDATE telemetry.partition SET kept_days = %s WHERE name = %s", (days, thinned.name)
        )
