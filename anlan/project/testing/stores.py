"""A second run, on another database, of those tests only that ask for a database.

Django refuses a test its database unless the test asks, and a workspace with a database of its own
comes from a fixture too; so what asks for neither proves the same on every database, once.
Loaded as a plugin of pytest; ``--only-database`` switches it on.
"""

import re
from functools import cache
from pathlib import Path

import pytest

#: The fixtures by which a test reaches a database: Django's, and a workspace's.
DATABASES = frozenset({"db", "transactional_db", "migrated"})
#: How a file says that its tests, or those beside it, make themselves a database without them.
OWN = re.compile(r"""\bnew_database\(|environ(\.get\(|\[)["']DATABASE_URL""")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--only-database", action="store_true", help="run only tests that ask for a database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a change of database cannot change, and count it as left out."""
    if config.getoption("only_database"):
        left = [item for item in items if not _asks(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _asks(item)]


def _asks(item: pytest.Item) -> bool:
    named = DATABASES.intersection(getattr(item, "fixturenames", ()))
    return bool(named) or item.get_closest_marker("django_db") is not None or _own(item.path)


@cache
def _own(module: Path) -> bool:
    files = (module, module.with_name("conftest.py"))
    return any(it.exists() and OWN.search(it.read_text(encoding="utf-8")) for it in files)
