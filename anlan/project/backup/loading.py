"""Filling a PostgreSQL database from a backup's tables, and bringing any database up to date."""

from django.db import connection, transaction

from anlan.base.db import migrating
from anlan.kernel.errors import Invalid
from anlan.project.backup.archive import Reader
from anlan.project.backup.making import columns_of

#: Where the tables lie in the backup.
FOLDER = "tables/"


def drop_tables() -> None:
    """Empty the database; the caller was told to."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {_quoted(table)} CASCADE")


def load(reader: Reader) -> None:
    """Make the tables as they were at the time of the backup, and fill them."""
    wanted = [(app, name) for app, name in reader.manifest.migrations]
    executor = migrating.Executor(connection)
    unknown = [key for key in wanted if key not in executor.loader.graph.nodes]
    if unknown:
        raise Invalid(f"备份由更新的版本制作（{unknown[0][0]} {unknown[0][1]}），请先升级安澜")
    executor.migrate(wanted)
    members = reader.names(FOLDER)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        everything = ", ".join(_quoted(_table_of(member)) for member in members)
        cursor.execute(f"TRUNCATE {everything}")
        for member in members:
            _fill(reader, member)
            _set_sequences(_table_of(member))


def _table_of(member: str) -> str:
    return member.removeprefix(FOLDER).removesuffix(".copy")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _fill(reader: Reader, member: str) -> None:
    """Pour a member into its table; its first line names the columns."""
    chunks = reader.chunks(member)
    head = next(chunks)
    while b"\n" not in head:
        head += next(chunks)
    line, _, rest = head.partition(b"\n")
    names = ", ".join(map(_quoted, line.decode().split(",")))
    statement = f"COPY {_quoted(_table_of(member))} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as rows:
        rows.write(rest)
        for data in chunks:
            rows.write(data)


def _set_sequences(table: str) -> None:
    """Let the next numbers follow those restored."""
    with connection.cursor() as cursor:
        for column in columns_of(cursor, table):
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [_quoted(table), column])
            sequence = cursor.fetchone()[0]
            if sequence is None:
                continue
            following = f"COALESCE(MAX({_quoted(column)}), 0) + 1"
            cursor.execute(
                f"SELECT setval(%s, {following}, false) FROM {_quoted(table)}",  # noqa: S608 - quoted
                [sequence],
            )


def bring_up_to_date() -> None:
    """Apply the migrations that came after the backup."""
    migrating.migrate()
