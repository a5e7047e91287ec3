"""Where a rule would have fired over the stored history, before anybody switches it on."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may
from anlan.engines.series import Columns
from anlan.engines.threshold import Program
from anlan.engines.threshold import backtest as run
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.sense.bindings import Binding
from anlan.sense.rules import words
from anlan.sense.rules.compiling import Compiled, compile_rules
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.spec import Spec, read_spec
from anlan.sense.rules.validation import check
from anlan.sense.selectors.directory import streams_directory
from anlan.sense.selectors.nearness import Extremes, nearest
from anlan.sense.selectors.observations import reader
from anlan.sense.selectors.rules import region_name

LONGEST = timedelta(days=92)
#: Values looked at in one go; more would keep the asker, and everybody else, too long.
MOST_VALUES = 60_000_000
MOST_FIRES = 500
#: Streams whose curves are offered.
MOST_WATCHED = 200
#: Expected seconds between values where nobody says.
USUAL_S = 300
MS = 1000


@dataclass
class Fire:
    """One alarm the rule would have raised."""

    binding: Binding
    level: int | None
    start_ms: int
    end_ms: int | None = None
    value: float | None = None
    #: Watches that are in, with their levels.
    inside: dict[str, int | None] = field(default_factory=dict)


def backtest(
    actor: Actor, spec: Mapping[str, Any], region: str, since: datetime, until: datetime
) -> dict[str, Any]:
    """Run a draft over the stored values of the streams it would watch.

    Seasons and levels are taken as they hold on the last day. `Invalid` for a rule that makes no
    sense and for a period or a scope that is too long.
    """
    began = time.perf_counter()
    region_name(actor, region)
    read = read_spec(spec)
    check(read)
    last = min(until, clock.now())
    if since.tzinfo is None or not since < last or last - since > LONGEST:
        raise Invalid(f"时段应在 {LONGEST.days} 天以内", errors={"from": ["时段不对"]})
    rows = [row for row in streams_directory().rows if may(actor, "observations.view", row.region)]
    rule = RuleRow("draft", "draft", 0, region, read)
    made = compile_rules([rule], rows, clock.local(last).date())
    account = made.accounts["draft"]
    program = Program(made.watches)
    _check_size(program, rows, since, last)
    counted = _Counted(program, since, last, read.kind)
    told = run(program, counted.chunks(), until_ms=_ms(last))
    fires = _fires(made, told)
    names = {row.station: row.station_name for row in rows}
    codes = {row.id: row.code for row in rows}
    return {
        "from": since,
        "to": last,
        "values": counted.values,
        "took_ms": round((time.perf_counter() - began) * MS, 1),
        "matters": len({fire.binding.matter for fire in fires}),
        "days": _days(fires, since, last),
        "fires": [_shown(fire, names, codes) for fire in fires[-MOST_FIRES:][::-1]],
        "fires_total": len(fires),
        "streams": account.watched,
        "lacking": account.lacking,
        "reason": account.reason,
        "watched": _watched(program, rows),
        "nearest": _nearest(made, counted, rows, read),
        **_unit(read),
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * MS)


def _unit(spec: Spec) -> dict[str, Any]:
    return {
        "unit": words.unit_of(spec.quantity), "decimals": words.decimals_of(spec.quantity)
    }  # fmt: skip


def _watched(program: Program, rows: Sequence[StreamRow]) -> list[dict[str, Any]]:
    """Name the streams that were looked at, so that their curves can be."""
    numbers = set(program.streams.tolist())
    looked = [row for row in rows if row.number in numbers][:MOST_WATCHED]
    return [{"code": row.code, "name": row.name, "place": row.station_name} for row in looked]


def _nearest(
    made: Compiled, counted: "_Counted", rows: Sequence[StreamRow], spec: Spec
) -> list[dict[str, Any]]:
    """Tell which streams came nearest without firing; of rules on single values."""
    if counted.extremes is None:
        return []
    known = {row.id: row for row in rows}
    numbers = {row.id: row.number for row in rows}
    rising = spec.op.startswith(">")
    return [
        {
            "stream": known[one.stream].code, "place": known[one.stream].station_name,
            "value": one.value, "limit": one.limit, "level": one.level, "left": one.left,
        }
        for one in nearest(made.bindings, numbers, counted.extremes, rising=rising)
    ]  # fmt: skip


def _check_size(
    program: Program, rows: Sequence[StreamRow], since: datetime, until: datetime
) -> None:
    watched = set(program.streams.tolist())
    seconds = (until - since).total_seconds()
    values = sum(seconds / (row.interval_s or USUAL_S) for row in rows if row.number in watched)
    if values > MOST_VALUES:
        raise Invalid("要看的数据太多，请缩短时段或缩小范围", errors={"from": ["时段太长"]})


class _Counted:
    """Stored values for a back-test, counted on the way."""

    def __init__(self, program: Program, since: datetime, until: datetime, kind: str) -> None:
        self._numbers = program.streams
        self._since, self._until = _ms(since), _ms(until)
        self._together = kind not in ("level", "sum", "rate")
        self.values = 0
        self.extremes = Extremes(program.streams) if kind == "level" else None

    def chunks(self) -> Iterator[Columns]:
        """Give whole streams one after another; where several are judged together, by days."""
        if not len(self._numbers):
            return
        step = 86_400 * MS if self._together else self._until - self._since
        for start in range(self._since, self._until, step):
            parts = reader().scan(self._numbers, start, min(start + step, self._until))
            if self._together:
                parts = iter([Columns.concat(list(parts))])
            for part in parts:
                self.values += len(part)
                if self.extremes is not None:
                    self.extremes.note(part)
                if len(part):
                    yield part


def _fires(made: Compiled, told: Any) -> list[Fire]:
    """Fold transitions into alarms, one a matter at a time, the worst level kept."""
    open_: dict[str, Fire] = {}
    fires: list[Fire] = []
    order = np.argsort(told.time, kind="stable")
    columns = (told.watch, told.time, told.state, told.value)
    for watch, time_ms, state, value in zip(
        *(column[order].tolist() for column in columns), strict=True
    ):
        binding = made.bindings[watch]
        if binding is None:
            continue
        fire = open_.get(binding.matter)
        if state:
            if fire is None:
                fire = _again(fires, binding, time_ms)
                open_[binding.matter] = fire
            fire.inside[binding.watch] = binding.level
            _worsen(fire, binding, value)
        elif fire is not None:
            fire.inside.pop(binding.watch, None)
            if not fire.inside:
                fire.end_ms = time_ms
                del open_[binding.matter]
    return fires


def _again(fires: list[Fire], binding: Binding, time_ms: int) -> Fire:
    """Go on with the matter's last alarm when it comes back soon, else begin one."""
    for fire in reversed(fires[-200:]):
        if fire.binding.matter == binding.matter:
            soon = fire.end_ms is not None and time_ms - fire.end_ms <= binding.again_s * MS
            if soon:
                fire.end_ms = None
                return fire
            break
    fire = Fire(binding, binding.level, time_ms)
    fires.append(fire)
    return fire


def _worsen(fire: Fire, binding: Binding, value: float) -> None:
    worse = (binding.level or 9) < (fire.level or 9)
    if worse or fire.value is None:
        fire.binding, fire.level = binding, binding.level
        fire.value = None if value != value else value


def _shown(fire: Fire, names: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, Any]:
    one = fire.binding
    return {
        "matter": one.matter,
        "title": one.says,
        "place": names.get(one.station or "", ""),
        "station": one.station,
        "stream": codes.get(one.stream or ""),
        "level": fire.level,
        "start": datetime.fromtimestamp(fire.start_ms / MS, UTC),
        "end": None if fire.end_ms is None else datetime.fromtimestamp(fire.end_ms / MS, UTC),
        "value": fire.value,
        "limit": one.limit,
    }


def _days(fires: Sequence[Fire], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Count alarms by the day they would have begun; days without are there."""
    found: dict[date, int] = defaultdict(int)
    for fire in fires:
        found[clock.local(datetime.fromtimestamp(fire.start_ms / MS, UTC)).date()] += 1
    first, last = clock.local(since).date(), clock.local(until).date()
    return [
        {"day": day.isoformat(), "raised": found[day]}
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]
