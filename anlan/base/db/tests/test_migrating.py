"""Our quick way through the migrations makes the tables that Django's own makes."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace, migrated, new_database, workspace_of_tests
from anlan.kernel import workspace

__all__ = ["migrated", "workspace_of_tests"]

#: Twenty seconds of Django's: on PostgreSQL once an issue.
pytestmark = [
    pytest.mark.slow(module_s=25),
    *([pytest.mark.soak] if os.environ.get("DATABASE_URL") else []),
]

SHAPES = {
    "": """
    SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name
    """,
    "postgresql": """
    SELECT table_name, column_name, data_type, character_maximum_length::text, is_nullable,
        column_default, is_identity FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT tablename, indexname, indexdef, '', '', '', '' FROM pg_indexes
        WHERE schemaname = 'public'
    UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3
    """,
}
ASKED = """
import json, sys
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(sys.argv[1])
    shapes = cursor.fetchall()
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    print(json.dumps([shapes, cursor.fetchall()]))
"""


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[RealWorkspace]:
    """A workspace that Django's own command migrated."""
    workspace.create(tmp_path / "plain", kind="live", name="plain")
    if not os.environ.get("DATABASE_URL"):
        yield _by_django(RealWorkspace(tmp_path / "plain", ""))
        return
    with new_database() as url:
        yield _by_django(RealWorkspace(tmp_path / "plain", url))


def _by_django(made: RealWorkspace) -> RealWorkspace:
    told = made.anlan("django", "migrate")
    assert told.returncode == 0, told.stdout + told.stderr
    return made


def _shapes(made: RealWorkspace) -> list[Any]:
    asked = SHAPES["postgresql" if made.database_url else ""]
    told: list[Any] = json.loads(made.do(ASKED, asked).splitlines()[-1])
    return told


def test_a_new_workspace_has_the_tables_that_djangos_own_migrating_makes(
    migrated: RealWorkspace, plain: RealWorkspace
) -> None:
    ours, theirs = _shapes(migrated), _shapes(plain)
    assert len(ours[0]) > 300
    assert ours == theirs
