"""The questions asked of a source's or an exercise's tables; both databases understand them."""

from django.db.models import Model

from anlan.project.exercises import choice


def select(columns: str, table: str, where: str = "") -> str:
    """Write a query; all three come from our own models."""
    return f"SELECT {columns} FROM {table}" + (f" WHERE {where}" if where else "")  # noqa: S608


def migrations(schema: str = "") -> str:
    """Ask which migrations are applied."""
    return select("app, name", f"{schema}django_migrations")


def head(schema: str = "") -> str:
    """Ask for number and chain value of the journal's last entry."""
    return (
        select("seq, chain", f"{schema}journal_entry", "seq IS NOT NULL")
        + " ORDER BY seq DESC LIMIT 1"
    )


def masters(schema: str = "") -> str:
    """Ask for the fingerprints of the master keys that wrap living keys."""
    return select("DISTINCT master", f"{schema}vault_key", "destroyed_at IS NULL")


def rows(model: type[Model], columns: str, schema: str = "") -> str:
    """Ask for the rows of a model that are copied."""
    where = f"subject IN ({_subjects(schema)})" if choice.is_of_vault(model) else ""
    return select(columns, f'{schema}"{model._meta.db_table}"', where)


def _subjects(schema: str) -> str:
    """Ask whose keys and tokens go along."""
    own = [f"SELECT '{name}'" for name in choice.OWN_KEYS]
    owners = [select(f'"{column}"', f'{schema}"{table}"') for table, column in choice.subjects()]
    return " UNION ".join([*owners, *own])


def erased() -> str:
    """Ask for the ids of everything erased: destroyed keys, and rows of `choice.erasable`."""
    rows_ = [select("id", f'"{table}"', "erased_at IS NOT NULL") for table in choice.erasable()]
    return " UNION ".join([select("subject", "vault_key", "destroyed_at IS NOT NULL"), *rows_])


def living(among: str) -> str:
    """Ask which ids of `among` (a query) are not erased."""
    keys = select("subject", "vault_key", f"destroyed_at IS NULL AND subject IN ({among})")
    rows_ = [
        select("id", f'"{table}"', f"erased_at IS NULL AND id IN ({among})")
        for table in choice.erasable()
    ]
    return " UNION ".join([keys, *rows_])
