"""The same tests on both stores: segments, or where the run has a PostgreSQL that, and that again
with everything moved to files as soon as it can be.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from anlan.base.conftest import new_database, workspace_of_tests
from anlan.engines.series import Columns
from anlan.sense.store import open_reader, open_store
from anlan.sense.store.interface import Reader, Report, Retention, Store
from anlan.sense.store.postgres.writing import PostgresStore

__all__ = ["workspace_of_tests"]

#: Noon of 3 August 2026 in Beijing.
NOON = 1_785_729_600_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class ColdStore(PostgresStore):
    """PostgreSQL, its upkeep followed each time by that of a week later."""

    def maintain(self, now_ms: int, retention: Retention | None = None) -> Report:
        """See `interface.Store.maintain`."""
        done = super().maintain(now_ms, retention)
        if not done.more:
            later = Retention(cold_days=3)
            while super().maintain(now_ms + 7 * DAY, later).more:
                pass
        return done


@dataclass
class Shop:
    """A store and readers of it, closed at the end."""

    dir: Path
    url: str
    #: Old days go to files at once, and every day counts as old.
    cold: bool = False
    _open: list[Reader] = field(default_factory=list)

    def store(self) -> Store:
        """Open it for writing."""
        made = ColdStore(self.url, self.dir) if self.cold else open_store(self.dir, self.url)
        self._open.append(made)
        return made

    def reader(self) -> Reader:
        """Open it for reading."""
        made = open_reader(self.dir, self.url)
        self._open.append(made)
        return made

    def shut(self, one: Reader) -> None:
        """Close one of them."""
        one.close()
        self._open.remove(one)

    def shut_all(self) -> None:
        """Close what is open."""
        for one in list(self._open):
            self.shut(one)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a shop on every tier this run has, or on those its module names."""
    if "shop" in metafunc.fixturenames:
        tiers = ["postgres", "cold"] if os.environ.get("DATABASE_URL") else ["segments"]
        metafunc.parametrize("tier", getattr(metafunc.module, "TIERS", tiers))


@pytest.fixture
def shop(tmp_path: Path, tier: str) -> Iterator[Shop]:
    """Give an empty place for a store."""
    if tier == "segments":
        made = Shop(tmp_path, "")
        yield made
        made.shut_all()
        return
    with new_database() as url:
        made = Shop(tmp_path, url, cold=tier == "cold")
        yield made
        made.shut_all()


@pytest.fixture
def store(shop: Shop) -> Store:
    """Give an empty store."""
    return shop.store()


def put(store: Store, columns: Columns, now_ms: int = NOON) -> int:
    """Do what the door does: store what is fresh, keep revisions; give the number of fresh rows."""
    sifted = store.sift(columns)
    store.append(columns.take(sifted.fresh), now_ms)
    store.revise(columns.take(sifted.changed), now_ms)
    return int(sifted.fresh.sum())


def settle(store: Store, now_ms: int = NOON + HOUR, retention: Retention | None = None) -> Report:
    """Do all the upkeep that is due at a time; give the sum of the reports."""
    total = Report()
    for _ in range(200):
        one = store.maintain(now_ms, retention)
        total = Report(
            total.closed + one.closed,
            total.compacted + one.compacted,
            total.dropped + one.dropped,
            total.unseen + one.unseen,
        )
        if not one.more:
            return total
    raise AssertionError("the upkeep never ends")


Rows = Callable[[Columns], list[tuple[int, int, float, int]]]


def listed(columns: Columns) -> list[tuple[int, int, float, int]]:
    """Give columns as rows to compare."""
    return list(
        zip(
            columns.number.tolist(),
            columns.time.tolist(),
            columns.value.tolist(),
            columns.flags.tolist(),
            strict=True,
        )
    )
