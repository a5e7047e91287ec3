"""What gauges had measured up to a moment: sums of rain, newest levels beside their limits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.base.regions import scope
from anlan.kernel import clock
from anlan.sense.models import Stream
from anlan.sense.selectors.observations import reader

Values = NDArray[np.float64]
HOUR_MS: Final = 3_600_000
#: Hours over which rain is added up.
HOURS: Final = (1, 3, 24)
#: A level older than this is not the one of the moment.
FRESH: Final = timedelta(hours=3)
#: A sum of which more is missing than this is a lower bound.
WHOLE: Final = 0.9


@dataclass(frozen=True)
class Rain:
    """One gauge: hours -> mm, None where no value came; hours whose sum lacks values."""

    name: str
    region: str
    sums: dict[int, float | None]
    short: frozenset[int]
    newest_at: datetime | None


@dataclass(frozen=True)
class Level:
    """The newest value of one stream with its limits, None where none was fresh."""

    name: str
    region: str
    value: float | None
    at: datetime | None
    #: kind of limit -> its value.
    limits: dict[str, float]
    #: Code of the station.
    code: str = ""

    def over(self, kinds: Collection[str]) -> float | None:
        """Tell how far it is above the highest of some limits that it reached; None for below."""
        if self.value is None:
            return None
        reached = [
            limit
            for kind in kinds
            if (limit := self.limits.get(kind)) is not None and self.value >= limit
        ]
        return self.value - max(reached) if reached else None  # fmt: skip

    @property
    def is_judged(self) -> bool:
        """Whether it has a value and something to hold it against."""
        return self.value is not None and bool(self.limits)


def streams_of(region: str, quantity: str) -> list[Stream]:
    """List the streams of a quantity in a region, one a station."""
    rows = scope.below(Stream.objects.filter(quantity=quantity, retired_at=None), region)
    found = {row.station_id: row for row in rows.select_related("station").order_by("-code")}
    return [found[key] for key in sorted(found)]


def rain_at(region: str, at: datetime) -> list[Rain]:
    """Add up the rain of every gauge of a region."""
    streams = streams_of(region, "rain")
    until = int(at.timestamp() * 1000) + 1
    hours = max(HOURS)
    total = {row.number: np.zeros(hours) for row in streams}
    count = {row.number: np.zeros(hours) for row in streams}
    newest: dict[int, int] = {}
    if streams:
        since = until - hours * HOUR_MS
        told = reader().buckets(
            sorted(total), since, until, HOUR_MS, origin_ms=since % HOUR_MS
        )  # fmt: skip
        columns = (told.number, told.start, told.n, told.total, told.last_time)
        for key, start, n, amount, time in zip(*columns, strict=True):
            place = (int(start) - since) // HOUR_MS
            if 0 <= place < hours:
                total[int(key)][place], count[int(key)][place] = amount, n
            newest[int(key)] = max(int(time), newest.get(int(key), 0))
    return [
        _rain(row, total[row.number], count[row.number], newest.get(row.number)) for row in streams
    ]


def _rain(row: Stream, total: Values, count: Values, newest: int | None) -> Rain:
    sums: dict[int, float | None] = {}
    short = set()
    for hours in HOURS:
        values = float(count[-hours:].sum())
        sums[hours] = round(float(total[-hours:].sum()), 1) if values else None
        if values and row.interval_s and values * row.interval_s < WHOLE * hours * 3600:
            short.add(hours)
    return Rain(row.station.name, str(row.region_id), sums, frozenset(short), _moment(newest))


def levels_at(region: str, quantity: str, at: datetime, *, back: timedelta = FRESH) -> list[Level]:
    """Read the newest level of every stream of a quantity in a region, looking so far back."""
    streams = streams_of(region, quantity)
    until = int(at.timestamp() * 1000) + 1
    since = until - int(back.total_seconds() * 1000)
    last: dict[int, tuple[float, int]] = {}
    if streams:
        told = reader().buckets(
            sorted(row.number for row in streams), since, until, until - since,
            origin_ms=since % (until - since),
        )  # fmt: skip
        for key, value, time in zip(told.number, told.last, told.last_time, strict=True):
            last[int(key)] = (float(value), int(time))
    return [_level(row, last.get(row.number)) for row in streams]


def _level(row: Stream, last: tuple[float, int] | None) -> Level:
    value, time = last or (None, None)
    limits = {kind: float(limit) for kind, limit in (row.levels or {}).items()}
    return Level(
        row.station.name, str(row.region_id), value, _moment(time), limits, row.station.code
    )  # fmt: skip


def _moment(time_ms: int | None) -> datetime | None:
    return None if time_ms is None else datetime.fromtimestamp(time_ms / 1000, UTC)


def flood_limits(at: datetime) -> Sequence[str]:
    """Name the limits of a reservoir that count on a day: of the season, else normal storage."""
    day = f"{clock.local(at):%m-%d}"
    for row in codes.table("season"):
        start, end = row.text("start") or "", row.text("end") or ""
        if row.code in ("meiyu", "typhoon") and start <= day <= end:
            return (f"flood-limit-{row.code}",)
    return ("normal",)
