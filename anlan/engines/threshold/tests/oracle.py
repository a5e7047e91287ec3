"""The same conditions said plainly and slowly, without rings, arrays or shortcuts."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from anlan.engines.series import BAD, DUPLICATE, FUTURE, LATE
from anlan.engines.threshold import Count, Difference, Level, Rate, Silence, Sum, Watch

Told = tuple[str, int, int, float]
Row = tuple[int, int, float, int]
W = TypeVar("W", bound=Watch)


def micro(value: float) -> int:
    return round(value * 1e6)


def meets(op: str, figure: float, limit: float) -> bool:
    return {
        ">": figure > limit,
        ">=": figure >= limit,
        "<": figure < limit,
        "<=": figure <= limit,
    }[op]


@dataclass
class Machine(Generic[W]):
    """One watch: entered, left, held."""

    watch: W
    told: list[Told]
    active: bool = False
    since: int | None = None
    figure: float = float("nan")
    stepped: int | None = None

    def is_in(self, figure: float, *, leaving: bool) -> bool:
        watch: Watch = self.watch
        if isinstance(watch, Count):
            return figure >= watch.at_least
        assert not isinstance(watch, Silence)
        up = watch.op.startswith(">")
        limit = watch.limit - (watch.hysteresis if up else -watch.hysteresis) * leaving
        if isinstance(watch, Level):
            return meets(watch.op, figure, limit)
        return meets(watch.op, micro(figure), micro(limit))

    def tell(self, time: int, entered: bool, value: float) -> None:
        self.active = entered
        self.told.append((self.watch.key, time, int(entered), value))

    def finish_hold(self, clock: int) -> None:
        due = None if self.since is None else self.since + round(self.watch.hold_s * 1000)
        if due is not None and due < clock:
            self.since = None
            self.tell(due, True, self.figure)

    def step(self, time: int, figure: float, may_enter: bool = True) -> None:
        self.finish_hold(time)
        inside = self.is_in(figure, leaving=False)
        if not self.active:
            if not inside:
                self.since = None
            elif self.since is None and may_enter:
                self.since = time
            if self.since is not None and self.since + round(self.watch.hold_s * 1000) == time:
                self.since = None
                self.tell(time, True, figure)
        if self.active and not self.is_in(figure, leaving=True):
            self.tell(time, False, figure)
        self.figure, self.stepped = figure, time


@dataclass
class Stream:
    seen: int | None = None
    seen_at: int = 0
    last: int | None = None
    value: float = float("nan")
    fed: dict[int, float] = field(default_factory=dict)
    everything: list[tuple[int, float]] = field(default_factory=list)
    fresh: bool = False


class Oracle:
    """Runs watches the slow way; `run` and `tick` give (key, time, entered, figure) in time."""

    def __init__(self, watches: list[Watch]) -> None:
        self.told: list[Told] = []
        self.machines = {watch.key: Machine[Watch](watch, self.told) for watch in watches}
        self.newest: dict[tuple[str, int], tuple[int, float]] = {}
        self.streams: dict[int, Stream] = {}
        self.begun: int | None = None
        self.members: dict[str, int] = dict.fromkeys(self.machines, 0)

    def of(self, kind: type[W]) -> list[Machine[W]]:
        found = [one for one in self.machines.values() if isinstance(one.watch, kind)]
        return cast(list[Machine[W]], found)

    def windowed(self, number: int) -> list[Machine[Sum | Rate]]:
        found = [one for one in self.machines.values()
                 if isinstance(one.watch, Sum | Rate) and one.watch.stream == number]  # fmt: skip
        return cast(list[Machine[Sum | Rate]], found)

    def run(self, rows: list[Row], now: int | None, live: bool = True) -> list[Told]:
        rows = sorted(rows, key=lambda row: row[:2])
        for row in rows:
            self.take(row, now, live)
        for machine in self.of(Difference):
            self.compare(machine, rows, live)
        return self.finish()

    def take(self, row: Row, now: int | None, live: bool) -> None:
        number, time, value, flag = row
        stream = self.streams.setdefault(number, Stream())
        if flag & (FUTURE | DUPLICATE):
            return
        if stream.seen is None or time > stream.seen:
            self.hear(number, stream, time, value)
            stream.seen, stream.seen_at = time, time if now is None else now
        if flag & BAD or value != value:
            return
        late = live and bool(flag & LATE)
        self.feed(number, stream, time, value, late)
        if late or (stream.last is not None and time <= stream.last):
            return
        stream.last, stream.value = time, value
        for machine in self.of(Level):
            if machine.watch.stream == number:
                machine.step(time, value)

    def hear(self, number: int, stream: Stream, time: int, value: float) -> None:
        for machine in self.of(Silence):
            if machine.watch.stream != number:
                continue
            if stream.seen is not None and not machine.active:
                due = stream.seen + round(machine.watch.after_s * 1000)
                if due < time:
                    machine.tell(due, True, float("nan"))
                    machine.stepped = due
            if machine.active:
                moment = max(time, machine.stepped or time)
                machine.tell(moment, False, value)
                machine.stepped = moment

    def feed(self, number: int, stream: Stream, time: int, value: float, late: bool) -> None:
        newest = max(stream.fed, default=None)
        if newest is not None and time > newest:
            self.drain(number, time)
        if newest is not None and time <= newest and not self.is_new(number, time, newest):
            return
        stream.everything.append((time, value))
        stream.fed.setdefault(time, value)
        if newest is None or time > newest:
            stream.fresh = not late
        at = max(stream.fed)
        for machine in self.windowed(number) if stream.fresh else ():
            if machine.stepped is None or machine.stepped <= at:
                covered = at - min(stream.fed) >= round(machine.watch.window_s * 1000)
                low_sum = isinstance(machine.watch, Sum) and machine.watch.op[0] == "<"
                machine.step(at, self.figure(machine, stream, at), covered or not low_sum)

    def is_new(self, number: int, time: int, newest: int) -> bool:
        """Tell whether an older value is inside a window, and no sum has its time already."""
        machines = self.windowed(number)
        ages = [round(one.watch.window_s * 1000) for one in machines]
        sums = [age for age, one in zip(ages, machines, strict=True) if isinstance(one.watch, Sum)]
        age = newest - time
        if age == 0 or age >= max(ages, default=0):
            return False
        return not (time in self.streams[number].fed and age < max(sums, default=0))

    def figure(self, machine: Machine[Sum | Rate], stream: Stream, at: int) -> float:
        watch = machine.watch
        start = at - round(watch.window_s * 1000)
        if isinstance(watch, Sum):
            return sum(micro(one) for time, one in stream.fed.items() if time > start) / 1e6
        inside = [micro(one) for time, one in stream.everything if time > start]
        if not inside:
            return 0.0
        newest = micro(stream.fed[max(stream.fed)])
        least = min(inside) if watch.op[0] == ">" else max(inside)
        return (newest - least) / 1e6

    def drain(self, number: int, clock: int) -> None:
        stream = self.streams[number]
        if not stream.fed:
            return
        for machine in self.windowed(number):
            if not machine.active and machine.since is None:
                continue
            length = round(machine.watch.window_s * 1000)
            begin = max(stream.fed) + round(machine.watch.patience_s * 1000)
            moments = {max(time + length, begin) for time in stream.fed
                       if time > max(stream.fed) - length}  # fmt: skip
            for moment in sorted(moments):
                if begin < clock and moment < clock:
                    machine.step(moment, self.figure(machine, stream, moment), may_enter=False)

    def compare(self, machine: Machine[Difference], rows: list[Row], live: bool) -> None:
        watch = machine.watch
        unfit = BAD | FUTURE | DUPLICATE | (LATE if live else 0)
        for time in sorted({row[1] for row in rows if row[0] in (watch.stream, watch.other)}):
            fit = [row for row in rows if row[1] == time and not row[3] & unfit]
            if not self.note(machine, [row for row in fit if row[2] == row[2]]):
                continue
            one, other = (self.newest.get((watch.key, side)) for side in (0, 1))
            if one and other and abs(one[0] - other[0]) <= round(watch.max_age_s * 1000):
                machine.step(max(one[0], other[0]), micro(one[1] - other[1]) / 1e6)

    def note(self, machine: Machine[Difference], rows: list[Row]) -> bool:
        """Keep what is newer on either side of a difference; tell whether anything was."""
        changed = False
        for side, number in enumerate((machine.watch.stream, machine.watch.other)):
            key = machine.watch.key, side
            for row in rows:
                if row[0] == number and (key not in self.newest or row[1] > self.newest[key][0]):
                    self.newest[key] = (row[1], row[2])
                    changed = True
        return changed

    def clock(self, stream: Stream | None, now: int) -> int:
        if stream is None or stream.seen is None:
            return now
        return stream.seen + max(0, now - stream.seen_at)

    def tick(self, now: int) -> list[Told]:
        self.begun = now if self.begun is None else self.begun
        for machine in self.of(Silence):
            stream = self.streams.get(machine.watch.stream)
            since = self.begun if stream is None or stream.seen is None else stream.seen
            due = since + round(machine.watch.after_s * 1000)
            if not machine.active and due < self.clock(stream, now):
                machine.tell(due, True, float("nan"))
                machine.stepped = due
        for number in self.streams:
            self.drain(number, self.clock(self.streams[number], now))
        for held in self.machines.values():
            clocks = [self.clock(self.streams.get(one), now) for one in self.leaves(held.watch)]
            held.finish_hold(min([now, *clocks]))
        return self.finish()

    def leaves(self, watch: Watch) -> set[int]:
        if isinstance(watch, Count):
            return set().union(*(self.leaves(self.machines[one].watch) for one in watch.members))
        if isinstance(watch, Difference):
            return {watch.stream, watch.other}
        return {watch.stream}

    def finish(self) -> list[Told]:
        told = sorted(self.told, key=lambda one: one[1])
        for depth in range(1, 4):
            more: list[Told] = []
            groups = [one for one in self.of(Count) if self.depth(one.watch) == depth]
            for time in sorted({one[1] for one in told}):
                now = [one for one in told if one[1] == time]
                for machine in groups:
                    mine = [one for one in now if one[0] in machine.watch.members]
                    self.members[machine.watch.key] += sum(1 if one[2] else -1 for one in mine)
                    machine.told = more
                    if mine:
                        moment = max(time, time if machine.stepped is None else machine.stepped)
                        machine.step(moment, self.members[machine.watch.key])
            told = sorted([*told, *more], key=lambda one: one[1])
        for machine in self.of(Count):
            machine.told = self.told
        self.told.clear()
        return told

    def depth(self, watch: Watch) -> int:
        if not isinstance(watch, Count):
            return 0
        return 1 + max(self.depth(self.machines[one].watch) for one in watch.members)
