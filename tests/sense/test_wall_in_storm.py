"""The wall while a storm is played: at ten moments its figures are what their exports add up to."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.demo.replay.cursor import Cursor
from tests.sense.demo_workspace import DemoWorkspace
from tests.sense.storm_night import county, played
from tests.sense.storm_wall import WallWatch

pytestmark = [
    pytest.mark.soak,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(os.environ.get("DATABASE_URL")), reason="an exercise is embedded whatever it is of"
    ),
]


@pytest.fixture(scope="module")
def demo(
    migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoWorkspace]:
    yield from county(tmp_path_factory.mktemp("walled"), migrated)


def test_the_wall_adds_up_to_its_exports_at_ten_moments_of_the_storm(demo: DemoWorkspace) -> None:
    place = DemoWorkspace(demo.dir / "exercises" / "walled")
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(played, demo, "walled")
        while Cursor.read(place.dir) is None and not playing.done():
            time.sleep(0.1)
        watch = WallWatch(place, demo.dir / "seen-enough", seed="wall")
        try:
            playing.result()
        finally:
            seen = watch.close()
    assert seen["wrong"] == []
    moments = seen["moments"]
    assert len(moments) >= 10
    known = {key for one in moments for key, value in one.items() if value is not None}
    assert known >= {"calls", "owed", "warnings", "stations", "reservoirs"}
    for key in ("calls", "owed"):
        assert len({one[key] for one in moments}) > 1, f"{key} never moved"
