"""What the tests share: the migrated database that Django's own test database begins as."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest

from anlan.base.conftest import RealWorkspace, migrated

__all__ = ["migrated"]

# No test is timed: how long an example takes tells what else the machine does.
hypothesis.settings.register_profile("anlan", deadline=None)
hypothesis.settings.load_profile("anlan")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001 - named before it is made
    migrated: RealWorkspace,
) -> Iterator[None]:
    """Let Django's test database begin migrated: its own migrating then has nothing left to do."""
    from django.db import connection
    from django.db.backends.signals import connection_created

    def pour(connection: Any, **_: Any) -> None:
        if connection.is_in_memory_db() and not connection.introspection.table_names():
            with closing(sqlite3.connect(migrated.sqlite)) as source:
                source.backup(connection.connection)

    if migrated.database_url:
        connection.settings_dict["TEST"]["TEMPLATE"] = urlsplit(migrated.database_url).path[1:]
    else:
        connection_created.connect(pour)
    yield
    connection_created.disconnect(pour)
