"""kill -9 while days become files: the partition or its files, never neither, never both."""

import os

import psycopg
import pytest

from anlan.sense.store.tests.conftest import Shop
from anlan.sense.store.tests.test_killed import killed_at, points

pytestmark = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL"), reason="runs where the run has a PostgreSQL"
)

TIERS = ["cold"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    points(
        "partitions.remove:after:2",  # the partition is dropped, nothing is committed
        "cold.draft:after:2",  # the file is named, and not there
        "cooling.write:after:2",  # it is there, the partition too
        "cooling.write:after:4",
        "partitions.remove:before:2",  # compared, not yet swapped
        "cold.keep:after:3",  # the last moment before the commit
        "partitions.known:before:9",  # some work later
        "cold.let_go:after:1",  # merged, not yet committed
        "cold.remove:before:2",  # merged, the replaced files still there
    ),
)
def test_a_kill_at_the_worst_moment_of_cooling_loses_nothing(shop: Shop, point: str) -> None:
    killed_at(shop, point)
    left = {path.name for path in (shop.dir / "telemetry" / "cold").iterdir()}
    shop.shut(shop.store())
    with psycopg.connect(shop.url) as connection:
        named = connection.execute("SELECT name, state FROM telemetry.file").fetchall()
    there = {path.name for path in (shop.dir / "telemetry" / "cold").iterdir()}
    assert {(name, "kept") for name in there} == set(named)
    assert there <= left
