"""A county takes in another department's platform with one file and no code; nothing is lost."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.gateways.sources.runner import FOLDER, Runner
from anlan.gateways.sources.secrets import Secrets
from anlan.gateways.sources.states import FILE, Attempt, Counts, State, States
from anlan.protocols.observations import Decoded, Rejection
from anlan.sense.receipts import Receipt
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


@dataclass
class Kept:
    """Takes columns in as the store does: the first value of a stream and time is the value."""

    watch: Watch
    live: dict[Key, float] = field(default_factory=dict)
    late: dict[Key, float] = field(default_factory=dict)
    duplicates: int = 0
    #: Values handed over as of now that were old.
    stale: list[Key] = field(default_factory=list)

    def submit(self, decoded: Decoded, source: str, backfill: bool) -> "Future[Receipt]":
        assert source == "water"
        before = self.count
        duplicates = 0
        for at in range(len(decoded)):
            key = (decoded.codes[decoded.stream[at]], int(decoded.time[at]))
            age = self.watch() - datetime.fromtimestamp(key[1] / 1000, UTC)
            if not backfill and age > LATE_AFTER:
                self.stale.append(key)
            if key in self.live or key in self.late:
                duplicates += 1
            else:
                (self.late if backfill else self.live)[key] = float(decoded.value[at])
        self.duplicates += duplicates
        done: Future[Receipt] = Future()
        rejected: list[Rejection] = decoded.rejected
        done.set_result(Receipt(self.count - before, duplicates, rejected))
        return done

    @property
    def count(self) -> int:
        return len(self.live) + len(self.late)


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
    kept: Kept
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
    return Runner(day.home, day.kept.submit, now=day.watch, real_now=day.watch)


def _begin(home: Path, address: str, platform: Platform, watch: Watch, door: str) -> Day:
    sources = home / "conf" / "sources"
    sources.mkdir(parents=True)
    expired = "" if door else 'expired = { path = "code", is = 40101 }'
    text = DECLARED.format(address=address, door=door, expired=expired)
    (sources / "water.toml").write_text(text, encoding="utf-8")
    Secrets(home).keep("water-bureau", PASSWORD)
    kept = Kept(watch)
    return Day(home, platform, watch, kept, Runner(home, kept.submit, now=watch, real_now=watch))


@pytest.mark.parametrize("door", ["", "/strict"], ids=["code in the answer", "HTTP 401"])
def test_a_day_with_an_outage_is_taken_in_to_the_last_value(tmp_path: Path, door: str) -> None:
    end = START + timedelta(hours=HOURS)
    watch = Watch()
    # The first pull reaches back half an hour; the table begins where that does.
    rows = rows_between(START - timedelta(minutes=25), end, STATIONS)
    platform = Platform(rows, now=watch, away_from=AWAY[0], away_until=AWAY[1])
    with serving(platform) as address:
        day = _begin(tmp_path, address, platform, watch, door)
        day.go_on(START + timedelta(hours=1, minutes=2))
        platform.forget_tokens()
        day.go_on(AWAY[0] + timedelta(hours=1))
        failing = day.state
        day.go_on(end + LATE_BY + STEP, restart_at=AWAY[1] + timedelta(hours=1))
        day.runner.stop()

    assert "中断" in failing.reason
    assert failing.failures >= 3
    assert failing.good_until_ms is not None
    wanted = expected(rows)
    assert day.kept.live | day.kept.late == wanted
    assert day.kept.stale == []

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
    assert set(day.kept.late) == _too_late(rows, day.tries) & set(wanted)
    # Asked for anew before each end, and once more after the platform had forgotten.
    assert platform.refused == 1


def _too_late(rows: list[Row], tries: list[Attempt]) -> set[Key]:
    """Tell what came late: of the late rows and the outage's, what was old when first seen."""
    pulls = sorted(datetime.fromtimestamp(one.at_ms / 1000, UTC) for one in tries if one.ok)
    found: set[Key] = set()
    for row in rows:
        seen = next(at for at in pulls if at >= row.shown_from)
        if seen - row.at > LATE_AFTER:
            found |= set(values_of(row))
    return found
