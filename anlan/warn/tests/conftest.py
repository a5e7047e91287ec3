"""Two counties side by side, with boundaries, duty rooms, commanders, and words of a station."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from anlan.base.conftest import workspace_of_tests
from anlan.base.people.models import Post, Unit
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.regions import scope
from anlan.base.regions.models import Boundary, Region
from anlan.comms.tests.conftest import home
from anlan.engines.series import Columns
from anlan.kernel import clock, workspace
from anlan.sense.models import Station, Stream
from anlan.sense.store import open_store
from anlan.sense.store.latest import LatestWriter

__all__ = ["home", "workspace_of_tests"]

CITY = "339900000000"
COUNTY, NEIGHBOUR = "339901000000", "339902000000"
WEST, EAST = "339901101000", "339901102000"
A1, A2 = "339901101201", "339901101202"
B1, B2 = "339901102201", "339901102202"
NEAR_TOWN, N1 = "339902101000", "339902101201"
BY = system("test")

#: code, name, level, parent, west and east edge; all reach from 28.0 to 28.2 north.
REGIONS = [
    ("330000000000", "某省", 1, None, None),
    (CITY, "某市", 2, "330000000000", (121.0, 121.6)),
    (COUNTY, "云屿县", 3, CITY, (121.0, 121.4)),
    (NEIGHBOUR, "邻县", 3, CITY, (121.4, 121.6)),
    (WEST, "云岭乡", 4, COUNTY, (121.0, 121.2)),
    (EAST, "海门镇", 4, COUNTY, (121.2, 121.4)),
    (NEAR_TOWN, "邻镇", 4, NEIGHBOUR, (121.4, 121.6)),
    (A1, "前坑村", 5, WEST, (121.0, 121.1)),
    (A2, "后坑村", 5, WEST, (121.1, 121.2)),
    (B1, "东岙村", 5, EAST, (121.2, 121.3)),
    (B2, "西岙村", 5, EAST, (121.3, 121.4)),
    (N1, "邻村", 5, NEAR_TOWN, (121.4, 121.6)),
]

#: Posts: code, role, region.
POSTS = [
    ("P-DUTY", "duty-officer", COUNTY), ("P-LEAD", "duty-leader", COUNTY),
    ("P-CHIEF", "commander", COUNTY), ("P-WEST", "duty-officer", WEST),
    ("P-A1", "village-head", A1), ("P-N", "duty-officer", NEIGHBOUR),
]  # fmt: skip


def actor(role: str, region: str = COUNTY, name: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


OFFICER = actor("duty-officer")
COLLEAGUE = actor("duty-officer", name="colleague")
LEAD = actor("duty-lead")
CHIEF = actor("commander")
SECTION = actor("section")
TOWNSHIP = actor("township", WEST)
VILLAGE = actor("village", A1)
CHARLIE = actor("duty-lead", NEIGHBOUR, "charlie")


def row(**more: Any) -> dict[str, Any]:
    """What every row of a register has."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return {"created_at": now, "changed_at": now, "changed_by": "system:test", **more}


@dataclass
class World:
    """What there is."""

    posts: dict[str, Post] = field(default_factory=dict)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    """Regions with boundaries and a few posts."""
    for code, name, level, parent, edges in REGIONS:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)
        if edges:
            west, east = edges
            box = shapely.box(west, 28.0, east, 28.2)
            Boundary.objects.create(
                region_id=code, wkb=shapely.to_wkb(box), west=west, south=28.0, east=east,
                north=28.2, datum="wgs84",
            )  # fmt: skip
    made = World()
    for code, region in (("U1", COUNTY), ("U2", NEIGHBOUR)):
        Unit.objects.create(
            **row(code=code, name=f"应急局{code}", kind="emergency-bureau", region_id=region)
        )
    units = {unit.region_id: unit for unit in Unit.objects.all()}
    for code, role, region in POSTS:
        unit = units[scope.pad(region[:6])]
        made.posts[code] = Post.objects.create(
            **row(code=code, title=f"{role}{code}", unit=unit, role=role, region_id=region)
        )
    return made


def at(minutes: float = 0) -> datetime:
    """Tell a whole second near now."""
    return clock.now().replace(microsecond=0) + timedelta(minutes=minutes)


def beijing(moment: datetime) -> str:
    """Write a time as the national message does."""
    return clock.local(moment).strftime("%Y-%m-%d %H:%M:%S+08:00")


TEXT = (
    "云屿县气象台继续发布暴雨红色预警信号：预计未来3小时内我县将出现100毫米以上的降水，请注意防范。"
)


def national(  # noqa: PLR0913 - the elements of a message, all by name
    *,
    number: str = "33990141600000_20260801080000",
    sent: datetime | None = None,
    action: str = "Alert",
    status: str = "Actual",
    event: str = "11B03",
    colour: str = "Red",
    text: str = TEXT,
    codes: Sequence[str] = (COUNTY,),
    polygon: str = "",
    circle: str = "",
    references: str = "",
    expires: datetime | None = None,
    station: str = "云屿县气象台",
) -> bytes:
    """Write a message as a station would, without our own writer."""
    ends = beijing(expires) if expires else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert><identifier>{number}</identifier><sender>{station}</sender>
<senderCode>{number[:14]}</senderCode><sendTime>{beijing(sent or at())}</sendTime>
<status>{status}</status><msgType>{action}</msgType><scope>Public</scope>
<secClassification>None</secClassification><note/><references>{references}</references>
<info><language>zh-CN</language><eventType>{event}</eventType><urgency>Unknown</urgency>
<severity>{colour}</severity><certainty>Unknown</certainty><effective/><onset/>
<expires>{ends}</expires><senderName>{station}</senderName>
<headline>{station}发布预警[{colour}]</headline><description>{text}</description>
<instruction>停止集会，转移危险区人员。</instruction><web/>
<area><areaDesc>云屿县</areaDesc><polygon>{polygon}</polygon><circle>{circle}</circle>
<geocode>{",".join(codes)}</geocode></area></info></alert>""".encode()


def box(west: float, south: float, east: float, north: float) -> str:
    """Write a polygon as messages do: latitude first, closed."""
    corners = [(south, west), (south, east), (north, east), (north, west), (south, west)]
    return " ".join(f"{lat},{lon}" for lat, lon in corners)


class Turn:
    """A clock that the test turns."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def forward(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Let the test turn the workspace's clock."""
    made = Turn(clock.now())
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., datetime]:
    """A clock that only goes on when it is told to."""
    at = [datetime(2026, 8, 3, 2, 0, tzinfo=clock.real_now().tzinfo)]  # 10:00 in Beijing
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def forward(**spans: float) -> datetime:
        at[0] += timedelta(**spans)
        return at[0]

    return forward


@pytest.fixture
def intake(
    passing: Callable[..., datetime],  # noqa: ARG001 - the clock first
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., None]]:
    """Two stations a village, a value a minute; call it to let those not named report.

    What was measured `behind_s` ago comes only now.
    """
    real = workspace.current()
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    monkeypatch.setattr(workspace, "current", lambda: real)
    numbers: dict[str, list[int]] = {}
    for place, village in enumerate((A1, A2, B1, B2)):
        for second in range(2):
            number = place * 2 + second + 1
            station = Station.objects.create(
                **row(code=f"S{number}", name=f"测站{number}", kind="rain", region_id=village)
            )
            Stream.objects.create(
                **row(code=f"S{number}.r", station=station, quantity="rain", interval_s=60,
                      number=number, region_id=village)
            )  # fmt: skip
            numbers.setdefault(village, []).append(number)
    writer = LatestWriter(tmp_path)

    store = open_store(tmp_path)

    def report(*, but: tuple[str, ...] = (), behind_s: int = 0) -> None:
        heard = [n for village in (A1, A2, B1, B2) if village not in but for n in numbers[village]]
        at = int(clock.now().timestamp() * 1000)
        columns = Columns(
            np.array(heard, np.int32), np.full(len(heard), at - behind_s * 1000),
            np.zeros(len(heard)),
            np.zeros(len(heard), np.uint16),
        )  # fmt: skip
        store.append(columns, at)
        writer.put(columns, at)

    yield report
    store.close()
    writer.close()
