"""Filling a new exercise with its source's registers. Runs in the exercise's own process."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from anlan.base.db.migrating import migrate
from anlan.base.journal.deeds import name_deed
from anlan.base.journal.services import record
from anlan.base.journal.services.sealing import seal_due
from anlan.base.vault.keyring import Master
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict
from anlan.project.exercises import choice
from anlan.project.exercises.following import Reached, catch_up
from anlan.project.exercises.making import Plan, Progress, set_clock
from anlan.project.exercises.places import Copied
from anlan.project.exercises.sources import PostgresSource, Source, SqliteSource, Terms

COPIED = name_deed("workspace.copied", "从工作区复制", "Copied from a workspace")


@dataclass(frozen=True)
class Filled:
    """What came along."""

    rows: dict[str, int]
    head: tuple[int, str]
    days: int
    source: Source


def fill(plan: Plan, progress: Progress) -> Filled:
    """Copy the registers into this process's own, new workspace and open its journal."""
    here = workspace.current()
    days = 0
    if plan.start is not None:
        days = (clock.local(plan.start).date() - clock.local(clock.real_now()).date()).days
    terms = Terms(Master.of(*plan.secrets), Master.of(here.secret()), days)
    source = _open(plan, terms)
    for master in source.masters():
        terms.old.unwrap("", b"", master)  # says so when it is not the key we were given
    filled = Filled(_pour(source, progress), source.head(), days, source)
    source.close()
    _check_whole()
    _note(plan, filled)
    _settle(here.dir / "records.sqlite3")
    return filled


def _open(plan: Plan, terms: Terms) -> Source:
    """Open the source, with empty tables here for its rows."""
    if plan.database:
        migrate()
        _hurry()
        there = PostgresSource(plan.database, terms)
        _check_same_edition(there)
        return there
    _hurry()
    source = SqliteSource(plan.source.dir / "records.sqlite3", terms)
    _check_same_edition(source)
    source.copy_tables()
    return source


def _check_same_edition(source: Source) -> None:
    program = MigrationLoader(None, load=False)
    program.load_disk()
    if source.migrations() != set(program.disk_migrations):
        raise Conflict("来源工作区的数据库结构与本程序的版本不一致，请先对它运行 anlan migrate")


def _hurry() -> None:
    """Write without a log: a copy that is cut off is thrown away whole."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA journal_mode=OFF")
        cursor.execute("PRAGMA synchronous=OFF")


def _pour(source: Source, progress: Progress) -> dict[str, int]:
    models = choice.taken()
    rows = {}
    for number, model in enumerate(models):
        progress(str(model._meta.verbose_name), number, len(models))
        rows[model._meta.label] = source.pour(model)
    progress("", len(models), len(models))
    return {label: count for label, count in rows.items() if count}


def _check_whole() -> None:
    """Look whether everything that is pointed at came along."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        broken = cursor.fetchmany(5)
    if broken:
        raise Conflict(f"复制的行指向没有复制的行：{broken}；请运行 anlan doctor")


def _note(plan: Plan, filled: Filled) -> None:
    """Open the journal: from where, when and by whom all of this was copied."""
    here = workspace.current()
    seq, chain = filled.head
    facts: dict[str, Any] = {
        "source": plan.source.name,
        "source_kind": plan.source.kind,
        "source_entry": seq,
        "source_chain": chain,
        "real_time": clock.real_now().isoformat(timespec="seconds"),
        "operator": plan.by,
        "days_moved": filled.days,
        "rows": filled.rows,
    }
    with transaction.atomic():
        record(deed=COPIED, by="system:workspace", subject=("workspace", here.name), facts=facts)
    while seal_due():
        pass


def _settle(path: Path) -> None:
    """Return the database to its everyday discipline, all of it on the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA journal_mode=WAL")
    connection.close()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_facts(plan: Plan, filled: Filled, directory: Path) -> None:
    """Write down what was copied, and let the exercise's time begin at this moment."""
    Copied(
        source=plan.source.name,
        source_kind=plan.source.kind,
        at=clock.real_now().isoformat(timespec="seconds"),
        by=plan.by,
        speed=plan.speed,
        days=filled.days,
        rows=sum(filled.rows.values()),
    ).write(directory)
    set_clock(directory, start=plan.start, speed=plan.speed)


def forget_meanwhile(filled: Filled, directory: Path) -> Reached | None:
    """Destroy here whom the source erased while it was copied; `directory` has its name by now.

    From then on an erasure in the source finds this copy by itself.
    """
    return catch_up(directory, filled.source.erased())
