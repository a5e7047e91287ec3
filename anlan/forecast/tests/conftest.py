"""A coast with a tide station and a valley with a danger zone, and people who may look at them."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.people.models import Unit
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.places.models import DangerZone
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.engines.series import Columns
from anlan.forecast.models import Basin, TidePoint
from anlan.kernel import clock, workspace
from anlan.sense.models import Station, Stream
from anlan.sense.selectors import observations
from anlan.sense.store import open_store

__all__ = ["migrated", "workspace_of_tests"]

CITY, COUNTY, NEIGHBOUR = "339900000000", "339901000000", "339902000000"
COAST, VALLEY = "339901101000", "339901102000"
HARBOUR, UPPER, LOWER = "339901101201", "339901102201", "339901102202"
BY = system("test")
#: Ten in the morning in Beijing, a spring tide near.
NOW = datetime(2026, 8, 13, 2, 0, tzinfo=UTC)
LEVELS = {"tide-blue": 3.0, "tide-yellow": 3.4, "tide-orange": 3.8, "tide-red": 4.3}


def actor(role: str, region: str = COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


LEAD = actor("duty-lead")
OFFICER = actor("duty-officer")
VILLAGE = actor("village", UPPER)
TOWNSHIP = actor("township", VALLEY)
CHARLIE = actor("duty-lead", NEIGHBOUR, "charlie")


def row(**more: Any) -> dict[str, Any]:
    """What every row of a register has."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return {"created_at": now, "changed_at": now, "changed_by": "system:test", **more}


@dataclass
class World:
    """What there is."""

    tide: Station
    rain: Station
    point: TidePoint
    level: Stream
    fallen: Stream
    zone: DangerZone
    basins: tuple[Basin, Basin]


class Turn:
    """A clock that the test turns."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def forward(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Let the test turn the workspace's clock, from `NOW` on."""
    made = Turn(NOW)
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a workspace of its own: its observations, its folders of runs."""
    workspace.create(tmp_path / "home", kind="live", name="forecasts")
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path / "home"))
    monkeypatch.delenv("TELEMETRY_URL", raising=False)
    observations._reader.cache_clear()
    yield tmp_path / "home"
    observations._reader.cache_clear()


def ms(moment: datetime) -> int:
    """Tell a moment in milliseconds."""
    return round(moment.timestamp() * 1000)


Tell = Callable[[Stream, list[datetime], list[float]], None]


@pytest.fixture
def tell(home: Path) -> Tell:
    """Let streams tell values, as the ingest process stores them."""

    def store(stream: Stream, times: list[datetime], values: list[float]) -> None:
        kept = open_store(home)
        columns = Columns.of([stream.number] * len(times), [ms(one) for one in times], values)
        kept.append(columns, ms(NOW))
        kept.close()

    return store


@pytest.fixture
def world(db: None, home: Path, turn: Turn) -> World:  # noqa: ARG001 - what it needs around it
    """A harbour with a tide gauge by Kanmen's constants, a valley of two basins and one gauge."""
    for code, name, high, parent in (
        ("330000000000", "某省", 1, None), (CITY, "某市", 2, "330000000000"),
        (COUNTY, "云屿县", 3, CITY), (NEIGHBOUR, "邻县", 3, CITY), (COAST, "海门镇", 4, COUNTY),
        (VALLEY, "云岭乡", 4, COUNTY), (HARBOUR, "海门村", 5, COAST), (UPPER, "前坑村", 5, VALLEY),
        (LOWER, "后坑村", 5, VALLEY),
    ):  # fmt: skip
        Region.objects.create(code=code, name=name, level=high, parent_id=parent)
    Unit.objects.create(**row(code="U1", name="应急局", kind="emergency-bureau", region_id=COUNTY))
    tide = Station.objects.create(
        **row(code="CW-1", name="海门潮位站", kind="tide", region_id=HARBOUR, lon=121.5, lat=28.3)
    )
    rain = Station.objects.create(
        **row(code="YL-1", name="前坑雨量站", kind="rain", region_id=UPPER, lon=121.3, lat=28.5)
    )
    level = Stream.objects.create(
        **row(code="CW-1-T", station=tide, quantity="tide-level", region_id=HARBOUR, number=1,
              interval_s=300, levels=LEVELS)
    )  # fmt: skip
    fallen = Stream.objects.create(
        **row(code="YL-1-P", station=rain, quantity="rain", region_id=UPPER, number=2,
              interval_s=300)
    )  # fmt: skip
    point = TidePoint.objects.create(
        **row(station=tide, region_id=HARBOUR, reference="kanmen", mean=0.2, ratio=1.0, later=0.0)
    )
    zone = DangerZone.objects.create(
        **row(code="W-1", name="前坑溪边", kind="flash-flood", hazards=["flash-flood"],
              region_id=UPPER, lon=121.31, lat=28.51, status="active",
              thresholds=[[1, 40, 50], [3, 70, 90], [6, 95, 120]])
    )  # fmt: skip
    below = Basin.objects.create(
        **row(code="XLY-2", name="后坑溪", region_id=LOWER, area=18.0, curve_number=78, lag=1.5,
              lon=121.32, lat=28.48)
    )  # fmt: skip
    above = Basin.objects.create(
        **row(code="XLY-1", name="前坑溪", region_id=UPPER, area=12.0, curve_number=80, lag=1.0,
              downstream=below, length=3000, slope=0.01, width=15, roughness=0.04, lon=121.3,
              lat=28.5)
    )  # fmt: skip
    return World(tide, rain, point, level, fallen, zone, (above, below))


def sea(point: TidePoint, times: list[datetime], more: float = 0.0) -> list[float]:
    """Tell the tide of a point as it would be measured, `more` metres higher."""
    from anlan.engines.tide import Constants, predict

    constants, _ = Constants.of({name: (high, lag) for name, high, lag in point.waves()})
    moments = np.array([ms(one) for one in times], np.int64)
    return [
        (point.mean or 0.0) + float(one) + more
        for one in predict(constants, moments) * (point.ratio or 1.0)
    ]


def every(minutes: int, since: datetime, until: datetime) -> list[datetime]:
    """List moments in equal steps, the first one step after `since`."""
    steps = math.floor((until - since) / timedelta(minutes=minutes))
    return [since + timedelta(minutes=minutes * (n + 1)) for n in range(steps)]
