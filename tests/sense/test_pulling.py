"""A county takes in another department's platform with one file and no code; nothing is lost."""

import time
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from anlan.engines.threshold import Level, Program
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.runner import Runner
from anlan.gateways.sources.sharing import FOLDER, alone
from anlan.gateways.sources.states import FILE, Attempt, Counts, State, States
from anlan.protocols.declared.secrets import Secrets
from anlan.protocols.observations import Decoded
from anlan.sense.bindings import Binding, Change
from anlan.sense.intake import Directory, Intake, Owner
from anlan.sense.intake.desk import Desk
from anlan.sense.intake.intake import Books
from anlan.sense.intake.watching import RuleBook
from anlan.sense.receipts import Receipt
from anlan.sense.rules.rows import StreamRow
from anlan.sense.selectors.directory import Streams
from anlan.sense.store import open_store
from anlan.sense.store.latest import LatestWriter
from tests.sense.mock_platform import (
    LATE_BY,
    PASSWORD,
    STEP,
    Platform,
    Row,
    rows_between,
    serving,
)

pytestmark = [pytest.mark.story, pytest.mark.slow]

START = datetime(2026, 6, 20, 0, 0, tzinfo=UTC)
HOURS = 7
STATIONS = 4
CODES = tuple(f"{station:08d}-{item}" for station in range(1, STATIONS + 1) for item in "ZP")
#: The first station's level, above which the one rule speaks.
FLOODED = 2.0
HIGH = Binding(
    watch="high", matter="rule:high", rule="r", version=1, hazard="flood", level=2,
    limit=FLOODED, unit="m", decimals=2, says="水位", again_s=60,
)  # fmt: skip
#: One flood while the platform is away, one while it is there.
MISSED = (START + timedelta(hours=2, minutes=20), START + timedelta(hours=2, minutes=50))
SEEN = (START + timedelta(hours=5), START + timedelta(hours=5, minutes=30))
AWAY = (START + timedelta(hours=2, minutes=1), START + timedelta(hours=4, minutes=1))
LATE_AFTER = timedelta(minutes=15)

DECLARED = """
title = "县水利局水雨情平台"
title_en = "County water bureau: hydrology"
region = "339901"
enabled = true

[owner]
unit = "县水利局"
person = "陈工"
phone = "0570-1234567"

[schedule]
every = "5min"
late_after = "15min"
timeout = "5s"

[request]
url = "{address}{door}/api/hydro/list"
[request.query]
startTime = "{{from}}"
endTime = "{{to}}"
pageNo = "{{page}}"
pageSize = "{{size}}"

[auth]
kind = "login"
username = "duty"
secret = "file:water-bureau"
header = "X-Access-Token"
token = "data.token"
expires_in = "data.expires"
[auth.request]
url = "{address}/auth/token"
json = {{ user = "{{username}}", pwd = "{{secret|md5}}" }}

[answer]
ok = {{ path = "code", is = 0 }}
{expired}
message = "msg"

[paging]
kind = "page"
size = 40
end = "total"
total = "data.total"

[window]
format = "%Y-%m-%d %H:%M:%S"
first = "30min"
overlap = "1h"
chunk = "30min"

[form]
charset = "gb18030"

[mapping]
records = "data.list"
[mapping.station]
path = "STCD"
width = 8
[mapping.time]
path = "TM"
format = "%Y-%m-%d %H:%M:%S"
[[mapping.values]]
path = "Z"
stream = "{{station}}-Z"
unit = "m"
[[mapping.values]]
path = "P"
stream = "{{station}}-P"
unit = "mm"
"""

Key = tuple[str, int]


@dataclass
class Watch:
    """A clock that goes when it is told to."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def millis(self) -> int:
        return int(self.at.timestamp() * 1000)


class County:
    """The county's intake over a store of its own, with one rule; notes how values came."""

    def __init__(self, home: Path, watch: Watch) -> None:
        self.watch = watch
        self.changes: list[Change] = []
        self.first_live: set[Key] = set()
        self.first_late: set[Key] = set()
        #: Values handed over as of now that were old.
        self.stale: list[Key] = []
        self.store = open_store(home)
        high = Level(key="high", stream=1, op=">=", limit=FLOODED, hysteresis=0.2)
        rules = RuleBook(1, Program((high,)), (HIGH,))
        self.intake = Intake(
            store=self.store, shown=LatestWriter(home), desk=Desk(self.changes.extend),
            books=Books(Directory.of(_streams()), rules), now_ms=watch.millis,
            reconcile=lambda _: None,
        )  # fmt: skip
        self.intake.start()

    def submit(self, decoded: Decoded, source: Declaration, backfill: bool) -> "Future[Receipt]":
        """Take columns in as the ingest process does."""
        now = self.watch.millis()
        for at in range(len(decoded)):
            key = (decoded.codes[decoded.stream[at]], int(decoded.time[at]))
            if not backfill and now - key[1] > LATE_AFTER / timedelta(milliseconds=1):
                self.stale.append(key)
            if key not in self.first_live and key not in self.first_late:
                (self.first_late if backfill else self.first_live).add(key)
        owner = Owner(f"source:{source.key}")
        return self.intake.submit(decoded, owner, now, backfill=backfill)

    def stored(self) -> dict[Key, float]:
        """Read the store as anybody does."""
        found: dict[Key, float] = {}
        for number, code in enumerate(CODES, start=1):
            kept = self.store.raw(number, 0, self.watch.millis() + 1, None)
            found |= {
                (code, int(at)): float(value)
                for at, value in zip(kept.time, kept.value, strict=True)
            }
        return found

    def close(self) -> None:
        while not self.intake.idle:
            time.sleep(0.01)
        self.intake.stop()


def _streams() -> Streams:
    """The registers: a level and a rain at every station."""
    count = len(CODES)
    rows = tuple(
        StreamRow(
            id=f"s{number}", code=code, number=number, region="339901101000",
            quantity="water-level" if code.endswith("Z") else "rain", station=code[:8],
            station_code=code[:8], station_name="站", station_kind="river",
        )
        for number, code in enumerate(CODES, start=1)
    )  # fmt: skip
    return Streams(
        edition=1, rows=rows, number=np.arange(1, count + 1, dtype=np.int32),
        factor=np.ones(count), offset=np.zeros(count), added=np.zeros(count),
        low=np.full(count, np.nan), high=np.full(count, np.nan),
        interval_s=np.full(count, 300.0), maintained=np.zeros(count, bool),
    )  # fmt: skip


BROKEN = "设备故障"
MARKS = (9999.9, "--", "", -9999, None)


def values_of(row: Row) -> dict[Key, float]:
    """Tell what a row of the platform means, read by a person."""
    found: dict[Key, float] = {}
    if row.broken_time:
        return found
    millis = int(row.at.timestamp() * 1000)
    if row.level != BROKEN:
        found[f"{row.station:08d}-Z", millis] = float(row.level)
    if row.rain not in MARKS:
        found[f"{row.station:08d}-P", millis] = float(row.rain)
    return found


def expected(rows: list[Row]) -> dict[Key, float]:
    """Tell what the platform's table means."""
    found: dict[Key, float] = {}
    for row in rows:
        found |= values_of(row)
    return found


@dataclass
class Day:
    """A platform, and a county that pulls it."""

    home: Path
    platform: Platform
    watch: Watch
    county: County
    runner: Runner

    def go_on(self, until: datetime, restart_at: datetime | None = None) -> None:
        """Let time pass, a minute at a time."""
        while self.watch.at < until:
            self.watch.at += timedelta(minutes=1)
            self.runner.step()
            if restart_at is not None and self.watch.at == restart_at:
                self.runner.stop()
                self.runner = _runner(self)

    @property
    def state(self) -> State:
        return States(self.home / FOLDER / FILE).get("water")

    @property
    def tries(self) -> list[Attempt]:
        return States(self.home / FOLDER / FILE).tries("water", 10_000)


def _runner(day: Day) -> Runner:
    return _runner_of(day.home, day.county, day.watch)


def _runner_of(home: Path, county: County, watch: Watch) -> Runner:
    """Make the schedule of one machine, whatever database the tests run on."""
    return Runner(
        home, county.submit, now=watch, real_now=watch,
        sharing=alone(home),
    )  # fmt: skip


def _begin(home: Path, address: str, platform: Platform, watch: Watch, door: str) -> Day:
    sources = home / "conf" / "sources"
    sources.mkdir(parents=True)
    expired = "" if door else 'expired = { path = "code", is = 40101 }'
    text = DECLARED.format(address=address, door=door, expired=expired)
    (sources / "water.toml").write_text(text, encoding="utf-8")
    Secrets(home).keep("water-bureau", PASSWORD)
    county = County(home, watch)
    return Day(home, platform, watch, county, _runner_of(home, county, watch))


@pytest.mark.parametrize("door", ["", "/strict"], ids=["code in the answer", "HTTP 401"])
def test_a_day_with_an_outage_is_taken_in_to_the_last_value(tmp_path: Path, door: str) -> None:
    end = START + timedelta(hours=HOURS)
    watch = Watch()
    # The first pull reaches back half an hour; the table begins where that does.
    rows = list(map(_flooded, rows_between(START - timedelta(minutes=25), end, STATIONS)))
    platform = Platform(rows, now=watch, away_from=AWAY[0], away_until=AWAY[1])
    with serving(platform) as address:
        day = _begin(tmp_path, address, platform, watch, door)
        day.go_on(START + timedelta(hours=1, minutes=2))
        platform.forget_tokens()
        day.go_on(AWAY[0] + timedelta(hours=1))
        failing = day.state
        day.go_on(end + LATE_BY + STEP, restart_at=AWAY[1] + timedelta(hours=1))
        day.runner.stop()
        day.county.close()

    assert "中断" in failing.reason
    assert failing.failures >= 3
    assert failing.good_until_ms is not None
    wanted = expected(rows)
    assert day.county.stored() == wanted
    assert day.county.stale == []

    state = day.state
    assert (state.reason, state.gaps, state.failures) == ("", (), 0)
    told = platform.told
    whole = [row for row in told if not row.broken_time]
    assert state.total == Counts(
        requests=state.total.requests,
        records=len(told),
        accepted=len(wanted),
        duplicates=sum(len(values_of(row)) for row in told) - len(wanted),
        rejected=sum(row.broken_time for row in told) + sum(row.level == BROKEN for row in whole),
        missing=sum(row.rain in MARKS for row in whole),
        backfilled=state.total.backfilled,
    )
    assert day.county.first_late == _too_late(rows, day.tries) & set(wanted)
    # The flood that was over before anybody knew of it raised nothing as today's.
    assert [one.entered for one in day.county.changes] == [True, False]
    assert all(SEEN[0] <= _moment(one.time_ms) <= SEEN[1] for one in day.county.changes)
    # Asked for anew before each end, and once more after the platform had forgotten.
    assert platform.refused == 1


def _flooded(row: Row) -> Row:
    """Let the first station's level rise, and keep its rows whole while it is high."""
    high = any(start <= row.at < end for start, end in (MISSED, SEEN))
    if row.station != 1 or not high:
        return row
    return replace(row, level="2.60", shown_from=row.at, broken_time=False)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


def _too_late(rows: list[Row], tries: list[Attempt]) -> set[Key]:
    """Tell what came late: of the late rows and the outage's, what was old when first seen."""
    pulls = sorted(datetime.fromtimestamp(one.at_ms / 1000, UTC) for one in tries if one.ok)
    found: set[Key] = set()
    for row in rows:
        seen = next(at for at in pulls if at >= row.shown_from)
        if seen - row.at > LATE_AFTER:
            found |= set(values_of(row))
    return found
