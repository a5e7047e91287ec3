"""Tables of the schema ``telemetry``, and connections.

::

    telemetry.batch         commits as they came: received, note, the rows as one body
    telemetry.observation   closed rows, partitioned by day (UTC), long past ones by month
    telemetry.hourly        their hourly roll-ups
    telemetry.revision      values that came later for keys already taken
    telemetry.kept          bodies of keepers; telemetry.state: ``closed``, telemetry.head
    telemetry.file          the cold tier's manifest; DIR/telemetry/cold/*.parquet (see `cold`)

A commit is one row of `batch`, so that appending waits for one write. Within seconds its rows move
to `observation` by COPY, their roll-ups with them, in one transaction that moves ``closed``: what
any session sees is each row once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import psycopg
from psycopg import errors

from anlan.kernel.errors import AnlanError, Conflict, Invalid, Unavailable

VERSION: Final = 2
#: Key of the advisory locks: one that writes, one that makes tables.
WRITER: Final = 0x616E6C61
MAKER: Final = 0x616E6C62
PATIENCE: Final = "2s"

Connection = psycopg.Connection[Any]

TABLES: Final[tuple[LiteralString, ...]] = (
    "CREATE SCHEMA telemetry",
    """CREATE TABLE telemetry.state (key text PRIMARY KEY, value bigint NOT NULL)""",
    "INSERT INTO telemetry.state VALUES ('closed', 0), ('version', 1), ('hours', -1)",
    """CREATE TABLE telemetry.batch (
        seq bigint PRIMARY KEY, received_ms bigint NOT NULL, rows integer NOT NULL,
        note bytea NOT NULL, body bytea NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 10000)""",
    "ALTER TABLE telemetry.batch ALTER body SET STORAGE EXTERNAL",
    """CREATE TABLE telemetry.observation (
        number integer NOT NULL, time timestamptz NOT NULL, value double precision NOT NULL,
        flags integer NOT NULL, PRIMARY KEY (number, time)
    ) PARTITION BY RANGE (time)""",
    """CREATE TABLE telemetry.partition (
        name text PRIMARY KEY, since_ms bigint NOT NULL, until_ms bigint NOT NULL,
        kept_days integer NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE telemetry.hourly (
        number integer NOT NULL, hour timestamptz NOT NULL, n integer NOT NULL,
        low double precision NOT NULL, high double precision NOT NULL,
        total double precision NOT NULL, last double precision NOT NULL,
        last_time timestamptz NOT NULL, PRIMARY KEY (number, hour)
    ) WITH (fillfactor = 80)""",
    """CREATE TABLE telemetry.revision (
        number integer NOT NULL, time timestamptz NOT NULL, value double precision NOT NULL,
        flags integer NOT NULL, received_ms bigint NOT NULL, PRIMARY KEY (number, time, value)
    )""",
    "CREATE TABLE telemetry.kept (key text PRIMARY KEY, seq bigint, body bytea NOT NULL)",
    "CREATE TABLE telemetry.head (id integer PRIMARY KEY CHECK (id = 1), body bytea NOT NULL)",
)

#: What each later version adds.
UPGRADES: Final[dict[int, tuple[LiteralString, ...]]] = {
    2: (
        "ALTER TABLE telemetry.partition ADD COLUMN written_ms bigint NOT NULL DEFAULT 0",
        """CREATE TABLE telemetry.file (
            name text PRIMARY KEY, state text NOT NULL CHECK (state IN ('draft', 'kept', 'gone')),
            day integer, level integer, rows bigint, first_number integer, last_number integer,
            since_ms bigint, until_ms bigint, kept_days integer, groups bytea, digest bytea
        )""",
        "CREATE INDEX file_since_ms ON telemetry.file (since_ms) WHERE state = 'kept'",
    ),
}


def connect(url: str) -> Connection:
    """Open a connection; `Unavailable` when the server does not answer."""
    with outages():
        return psycopg.connect(url, autocommit=True, connect_timeout=10)


def prepare(connection: Connection) -> None:
    """Make the tables when they are not there, and add what a later version has.

    Raises
    ------
    Invalid
        They are a later version's.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKER,))
        if not exists(connection):
            for statement in TABLES:
                connection.execute(statement)
        for number in range(version(connection) + 1, VERSION + 1):
            for statement in UPGRADES[number]:
                connection.execute(statement)
            connection.execute(
                "UPDATE telemetry.state SET value = %s WHERE key = 'version'", (number,)
            )


def version(connection: Connection) -> int:
    """Tell the tables' version; `Invalid` for one later than ours."""
    row = connection.execute("SELECT value FROM telemetry.state WHERE key = 'version'").fetchone()
    has = int(row[0]) if row else 0
    if has > VERSION:
        raise Invalid("观测数据库由更新的版本写成，请先升级安澜")
    return has


def exists(connection: Connection) -> bool:
    """Tell whether the tables are there."""
    found = connection.execute("SELECT to_regclass('telemetry.head')").fetchone()
    return found is not None and found[0] is not None


def become_writer(connection: Connection) -> None:
    """Hold the writer's place as long as the connection lives; `Conflict` when it is taken.

    Waits a little: the server lets go of a killed process's place only when it notices.
    """
    try:
        with connection.transaction():
            connection.execute("SELECT set_config('lock_timeout', %s, true)", (PATIENCE,))
            connection.execute("SELECT pg_advisory_lock(%s)", (WRITER,))
    except errors.LockNotAvailable:
        raise Conflict("观测数据库正由另一个进程写入，同一数据库只能有一个接入进程") from None


@contextmanager
def outages() -> Iterator[None]:
    """Turn what an absent or full server raises into a sentence."""
    try:
        yield
    except AnlanError:
        raise
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise Unavailable(f"观测数据库没有响应或空间不足，请检查 TELEMETRY_URL：{error}") from error


@contextmanager
def snapshot(connection: Connection, *, holding: bool = False) -> Iterator[Connection]:
    """Read one state, whatever is written meanwhile.

    holding: no partition leaves until the end. Without, one whose rows have moved to a file between
    the state's beginning and the first look at them would be missing, and the file not yet there.
    """
    begin: LiteralString = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    if holding:
        begin += "; LOCK TABLE ONLY telemetry.observation IN ACCESS SHARE MODE"
    with connection.transaction():
        connection.execute(begin)
        yield connection
