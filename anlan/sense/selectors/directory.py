"""Every stream in use, as the ingest process must know it: one query, arrays, an edition."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan import codes
from anlan.codes import quantities
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.kernel.units import unit as unit_named
from anlan.sense.models import Epoch, Maintenance, Rule, RuleVersion, Stream
from anlan.sense.rules.compiling import Compiled, compile_rules
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.spec import read_spec

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """Streams in use by number, ascending; arrays are (n,) in that order.

    A stored value is ``sent * factor + offset`` in the unit of the quantity; `offset` has `added`
    in it already.
    """

    edition: int
    rows: tuple[StreamRow, ...]
    number: NDArray[np.int32]
    factor: Floats
    offset: Floats
    #: Added after the unit was converted (a gauge's zero); 0 where nothing is.
    added: Floats
    #: Range of the instrument in the quantity's unit; NaN where only the quantity's own holds.
    low: Floats
    high: Floats
    #: Expected seconds between values; NaN where not known.
    interval_s: Floats
    #: Under a maintenance window at the time of asking.
    maintained: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the streams."""
        return len(self.rows)


def epoch() -> int:
    """Read how often anything here changed; one small query."""
    return Epoch.objects.filter(id=1).values_list("count", flat=True).first() or 0


def mark() -> str:
    """Read what is another with every change, in this database and in no other; "" at first."""
    return Epoch.objects.filter(id=1).values_list("mark", flat=True).first() or ""


_COLUMNS = (
    "id", "code", "number", "quantity", "region_id", "station_id", "station__code",
    "station__name", "station__kind", "name", "station__gateway_id", "station__gateway__name",
    "interval_s", "levels", "station__lon", "station__lat", "status", "station__status",
    "unit", "added", "low", "high", "item",
)  # fmt: skip


def streams_directory(at: datetime | None = None, heard: Collection[int] | None = None) -> Streams:
    """Read the streams in use and what hangs around them, with the edition they are of.

    `heard`: numbers of the streams of which a value ever came; None takes all of them so.

    Maintenance is told as of `at` (now). A stream whose unit nobody can convert any more is taken
    as sent in the quantity's unit; its form refuses such a unit.
    """
    edition = epoch()
    found = list(Stream.objects.filter(retired_at=None).order_by("number").values_list(*_COLUMNS))
    watched = {row.code: bool(row.flag("watched")) for row in codes.table("station-status")}
    rows = tuple(_row(one, watched, heard) for one in found)
    scales = [_scale(one[18], one[3]) for one in found]
    added = _floats([one[19] for one in found], 0.0)
    return Streams(
        edition=edition,
        rows=rows,
        number=np.array([row.number for row in rows], np.int32),
        factor=np.array([factor for factor, _ in scales], np.float64),
        offset=np.array([offset for _, offset in scales], np.float64) + added,
        added=added,
        low=_floats([one[20] for one in found]),
        high=_floats([one[21] for one in found]),
        interval_s=_floats([one[12] for one in found]),
        maintained=_maintained(rows, at or clock.now()),
    )


def _row(
    one: tuple[Any, ...], watched: dict[str, bool], heard: Collection[int] | None
) -> StreamRow:
    return StreamRow(
        id=one[0], code=one[1], number=one[2], quantity=one[3], region=one[4], station=one[5],
        station_code=one[6], station_name=one[7], station_kind=one[8], name=one[9],
        gateway=one[10], gateway_name=one[11] or "", interval_s=one[12], levels=one[13] or {},
        lon=one[14], lat=one[15],
        watched=watched.get(one[16], True) and watched.get(one[17], True),
        heard=heard is None or one[2] in heard, item=one[22],
    )  # fmt: skip


def _scale(given: str, quantity: str) -> tuple[float, float]:
    """Tell factor and offset from a unit to the quantity's."""
    kept = quantities.get(quantity)
    if not given or kept is None:
        return 1.0, 0.0
    try:
        source, target = unit_named(given), unit_named(kept.unit)
    except Invalid:
        return 1.0, 0.0
    if source.dimension != target.dimension:
        return 1.0, 0.0
    return source.factor / target.factor, (source.offset - target.offset) / target.factor


def _floats(values: list[float | None], missing: float = np.nan) -> Floats:
    return np.array([missing if one is None else one for one in values], np.float64)


def _maintained(rows: tuple[StreamRow, ...], at: datetime) -> NDArray[np.bool_]:
    works = Maintenance.objects.filter(ended_at=None, starts__lte=at, ends__gt=at)
    under = {one for work in works.values_list("gateway", "station", "stream") for one in work}
    under.discard(None)
    if not under:
        return np.zeros(len(rows), np.bool_)
    return np.array(
        [row.id in under or row.station in under or row.gateway in under for row in rows], np.bool_
    )


def next_turn(at: datetime | None = None) -> datetime | None:
    """Tell when maintenance next begins or ends; None when none is announced."""
    now = at or clock.now()
    coming = Maintenance.objects.filter(ended_at=None, ends__gt=now)
    moments = [one for work in coming.values_list("starts", "ends") for one in work if one > now]
    return min(moments, default=None)


def rule_rows() -> list[RuleRow]:
    """Read the rules in force, each with the version that is switched on."""
    live = Rule.objects.filter(active__isnull=False, retired_at=None)
    rules = {pk: (code, region, active) for pk, code, region, active in live.values_list(
        "pk", "code", "region_id", "active"
    )}  # fmt: skip
    versions = RuleVersion.objects.filter(rule__in=rules).values_list("rule_id", "number", "spec")
    return [
        RuleRow(pk, rules[pk][0], number, rules[pk][1], read_spec(spec))
        for pk, number, spec in versions
        if number == rules[pk][2]
    ]


def rule_book(streams: Streams, at: datetime | None = None) -> Compiled:
    """Compile the rules in force for these streams, as they hold on the day of `at` (now)."""
    day = clock.local(at or clock.now()).date()
    return compile_rules(sorted(rule_rows(), key=lambda one: one.code), streams.rows, day)
