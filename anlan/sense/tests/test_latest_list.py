"""The list of newest values, written from arrays: any words, any figures, nothing made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.engines.series import Columns
from anlan.kernel import clock, workspace
from anlan.sense.models import Station, Stream
from anlan.sense.selectors.latest_list import latest_list
from anlan.sense.services.epochs import turn_epoch
from anlan.sense.store.latest import LatestWriter
from anlan.sense.tests.conftest import COUNTY, TOWN, World, actor

pytestmark = pytest.mark.django_db

SAYS = '前坑\\ "二号", 左岸'


@pytest.fixture
def shown(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LatestWriter]:
    """A plant of an awkward name, and somewhere to show values."""
    Station.objects.filter(pk=world.plant.pk).update(name=SAYS)
    Stream.objects.filter(pk=world.level.pk).update(low=10.0)
    turn_epoch()
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    made = LatestWriter(tmp_path)
    yield made
    made.close()


def rows(region: str = COUNTY, **asked: Any) -> list[dict[str, Any]]:
    told = json.loads(latest_list(actor("duty-officer", region), **asked))
    assert isinstance(told, list)
    return told


def test_each_row_says_what_is_known_of_its_stream(shown: LatestWriter) -> None:
    now = int(clock.now().timestamp() * 1000)
    at = [now, now - 86_400_000, 2**62]
    shown.put(Columns.of([1, 2, 3], at, [12.0, 1e-9, 3.0], [0, 4, 0]), now)
    level, *gas = rows()
    assert level["nearest"] == {
        "kind": "warning", "label": "警戒水位", "label_en": "Warning stage",
        "value": 12.3, "distance": 0.3, "share": 0.8696,
    }  # fmt: skip
    assert (level["value"], level["standing"], level["old"]) == (12.0, "normal", False)
    assert np.datetime64(level["time"][:-1], "ms").astype(int) == now
    assert [row["station"]["name"] for row in gas] == [SAYS, SAYS]
    assert [row["nearest"] for row in gas] == [None, None]
    assert [row["value"] for row in gas] == [1e-9, 3.0]
    assert [row["flags"] for row in gas] == [4, 0]
    assert [row["old"] for row in gas] == [True, False]
    assert all(row["level"] is None for row in gas)
    assert gas[1]["time"].startswith("1970-01-01")  # outside of what dates reach


def test_a_stream_without_a_value_is_unknown_and_not_zero(shown: LatestWriter) -> None:
    shown.put(Columns.of([2], [0], [0.0]), 0)
    told = {row["code"]: row for row in rows()}
    unknown, zero = told["RIVER-1.level"], told["PLANT-1.gas1"]
    assert (unknown["value"], unknown["time"], unknown["flags"]) == (None, None, 0)
    assert (unknown["standing"], unknown["nearest"]) == ("none", None)
    assert (zero["value"], zero["standing"]) == (0.0, "silent")


@pytest.mark.usefixtures("shown")
def test_the_list_can_be_narrowed_to_nothing() -> None:
    assert len(rows()) == 3
    assert [row["code"] for row in rows(TOWN)] == ["RIVER-1.level"]
    assert [row["code"] for row in rows(q="二号", size=1)] == ["PLANT-1.gas1"]
    assert rows(q="nowhere") == []
    assert rows("339902000000") == []
    assert len(rows()) == 3
