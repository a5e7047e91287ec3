"""Reading the workspace that is copied, in one snapshot, while it goes on working.

Whatever the source, its rows come into the process's own (SQLite) database with the columns of
its models. Nothing is ever written to the source.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from django.db import connection
from django.db.models import Model

from anlan.base.vault.keyring import Master
from anlan.base.vault.models import Key
from anlan.project.exercises import choice, queries

BATCH = 2000


@dataclass(frozen=True)
class Terms:
    """How rows change on the way."""

    #: Master keys of the source and of the exercise.
    old: Master
    new: Master
    #: Whole days by which the registers' dates are moved.
    days: int

    def wrap(self, subject: str, wrapped: bytes, fingerprint: str) -> bytes:
        """Wrap a subject's key with the exercise's master key; b"" for one that is no more.

        The old wrapping never reaches the copy, so whoever finds a copy finds nothing that the
        source's master key would open.
        """
        key = self.old.unwrap(subject, bytes(wrapped), fingerprint) if wrapped else None
        return b"" if key is None else self.new.wrap(subject, key)


class Source(Protocol):
    """A workspace's database, open for reading in one snapshot until `close`."""

    def migrations(self) -> set[tuple[str, str]]:
        """Name the migrations applied there."""

    def head(self) -> tuple[int, str]:
        """Tell the end of its journal: number and chain value of the last entry."""

    def masters(self) -> set[str]:
        """Name the master keys that wrap its keys, by fingerprint."""

    def pour(self, model: type[Model]) -> int:
        """Copy the rows of a model; return how many."""

    def close(self) -> None:
        """Let go of the snapshot."""

    def erased(self) -> set[str]:
        """Name what is erased by now (`queries.erased`); after `close`."""


def told_head(row: Any) -> tuple[int, str]:
    """Turn the last entry's row into what `Source.head` tells."""
    return (0, "") if row is None else (int(row[0]), bytes(row[1]).hex())


class SqliteSource:
    """A database file, attached to our own connection: rows never pass through Python."""

    SCHEMA = "source."

    def __init__(self, path: Path, terms: Terms) -> None:
        self._terms, self._uri = terms, f"{path.resolve().as_uri()}?mode=ro"
        connection.ensure_connection()
        self._raw: Any = connection.connection
        self._raw.execute("ATTACH DATABASE ? AS source", [self._uri])
        self._raw.create_function("rewrap", 3, terms.wrap, deterministic=False)
        self._raw.execute("BEGIN")

    def migrations(self) -> set[tuple[str, str]]:
        """Name the migrations applied there."""
        rows = self._raw.execute(queries.migrations(self.SCHEMA))
        return {(app, name) for app, name in rows}

    def copy_tables(self) -> None:
        """Make its tables here, empty, as migrated as they are there: to migrate takes seconds."""
        ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type <> 'table'"
        made = self._raw.execute(queries.select("sql", f"{self.SCHEMA}sqlite_master", ours))
        for (statement,) in made.fetchall():
            self._raw.execute(statement)
        applied = queries.select("*", f"{self.SCHEMA}django_migrations")
        self._raw.execute(f"INSERT INTO main.django_migrations {applied}")

    def head(self) -> tuple[int, str]:
        """Tell the end of its journal."""
        return told_head(self._raw.execute(queries.head(self.SCHEMA)).fetchone())

    def masters(self) -> set[str]:
        """Name the master keys that wrap its keys."""
        return {one for (one,) in self._raw.execute(queries.masters(self.SCHEMA))}

    def pour(self, model: type[Model]) -> int:
        """Copy the rows of a model by one statement."""
        names = [field.column for field in choice.fields(model)]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(self._value(model, name) for name in names)
        made = self._raw.execute(
            f'INSERT INTO main."{model._meta.db_table}" ({columns}) '
            + queries.rows(model, values, self.SCHEMA)
        )
        return int(made.rowcount)

    def _value(self, model: type[Model], column: str) -> str:
        terms = self._terms
        if model is Key and column == "wrapped":
            return "rewrap(subject, wrapped, master)"
        if model is Key and column == "master":
            return f"'{terms.new.fingerprint}'"
        if terms.days and column in choice.moved_columns(model):
            # Times keep their clock reading to the microsecond; SQLite's own would cut it.
            return (
                f"date(substr(\"{column}\", 1, 10), '{terms.days:+d} days')"
                f' || substr("{column}", 11)'
            )
        return f'"{column}"'

    def close(self) -> None:
        """End the transaction that holds snapshot and copy."""
        self._raw.execute("COMMIT")
        self._raw.execute("DETACH DATABASE source")

    def erased(self) -> set[str]:
        """Name what is erased by now."""
        with closing(sqlite3.connect(self._uri, uri=True, timeout=60)) as fresh:
            return {one for (one,) in fresh.execute(queries.erased())}


class PostgresSource:
    """A PostgreSQL database: rows stream through Python, a batch at a time."""

    def __init__(self, url: str, terms: Terms) -> None:
        import psycopg

        self._url, self._terms = url, terms
        self._there: Any = psycopg.connect(url)
        self._there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def migrations(self) -> set[tuple[str, str]]:
        """Name the migrations applied there."""
        return {(app, name) for app, name in self._there.execute(queries.migrations())}

    def head(self) -> tuple[int, str]:
        """Tell the end of its journal."""
        return told_head(self._there.execute(queries.head()).fetchone())

    def masters(self) -> set[str]:
        """Name the master keys that wrap its keys."""
        return {one for (one,) in self._there.execute(queries.masters())}

    def pour(self, model: type[Model]) -> int:
        """Copy the rows of a model through its fields, which know both databases."""
        own = choice.fields(model)
        columns = ", ".join(f'"{field.column}"' for field in own)
        marks = ", ".join(["%s"] * len(own))
        into = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'  # noqa: S608 - our own names
        count = 0
        with self._there.cursor(name="rows") as rows, connection.cursor() as cursor:
            rows.itersize = BATCH
            rows.execute(queries.rows(model, columns))
            for batch in _batches(rows):
                cursor.executemany(into, [self._turned(model, own, row) for row in batch])
                count += len(batch)
        return count

    def _turned(self, model: type[Model], own: list[Any], row: Any) -> list[Any]:
        terms = self._terms
        values = dict(zip((field.column for field in own), row, strict=True))
        if model is Key:
            values["wrapped"] = terms.wrap(values["subject"], values["wrapped"], values["master"])
            values["master"] = terms.new.fingerprint
        for column in choice.moved_columns(model) if terms.days else ():
            if values[column] is not None:
                values[column] += timedelta(days=terms.days)
        return [
            field.get_db_prep_save(values[field.column], connection=connection) for field in own
        ]

    def close(self) -> None:
        """Let go of the snapshot."""
        self._there.close()

    def erased(self) -> set[str]:
        """Name what is erased by now."""
        import psycopg

        with psycopg.connect(self._url) as fresh:
            rows: Any = fresh.execute(queries.erased())
            return {one for (one,) in rows}


def _batches(rows: Any) -> Iterator[list[Any]]:
    while batch := rows.fetchmany(BATCH):
        yield batch
