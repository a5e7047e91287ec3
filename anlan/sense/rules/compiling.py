"""From rules and streams to watches of the threshold engine, and what each watch stands for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from anlan.base.regions import scope
from anlan.engines.threshold import Watch
from anlan.kernel.errors import AnlanError
from anlan.sense.bindings import Binding
from anlan.sense.rules import grouping, ponds, silence, single
from anlan.sense.rules.limits import holds
from anlan.sense.rules.making import Making
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.spec import Spec


@dataclass
class Account:
    """Why a rule watches what it watches: an answer to "why is this empty?"."""

    #: Streams in scope.
    streams: int = 0
    #: Of them, those at least one watch looks at.
    watched: int = 0
    #: Codes of streams in scope that lack a level the rule asks for (the first of them).
    lacking: list[str] = field(default_factory=list)
    #: Why the rule as a whole watches nothing: out of season, a code table without its row.
    reason: str = ""


@dataclass(frozen=True)
class Compiled:
    """Watches and, at the same places, what they stand for (None: only serves a group)."""

    watches: tuple[Watch, ...]
    bindings: tuple[Binding | None, ...]
    #: By code of the rule.
    accounts: Mapping[str, Account]


Compile = Callable[[Making], None]

KINDS: Mapping[str, Compile] = {
    "level": single.level,
    "rate": single.rate,
    "sum": single.summed,
    "difference": single.difference,
    "silence": silence.silence,
    "count": grouping.count,
    "combination": grouping.combination,
    "tailings": ponds.pond,
}


def compile_rules(rules: Sequence[RuleRow], streams: Sequence[StreamRow], on: date) -> Compiled:
    """Compile rules for the streams there are, as they hold on a day.

    Seasons and levels that change with them make the outcome that of this day: compile anew at
    midnight. A rule that cannot be compiled says why in its account and harms no other.
    """
    watches: list[Watch] = []
    bindings: list[Binding | None] = []
    accounts: dict[str, Account] = {}
    reach = Reach(streams)
    for rule in rules:
        account = accounts[rule.code] = Account()
        account.reason = out_of_force(rule.spec, on)
        if account.reason:
            continue
        mine = reach.of(rule)
        account.streams = len(mine)
        making = Making(rule, mine, on)
        try:
            KINDS[rule.spec.kind](making)
        except (AnlanError, ValueError) as error:
            account.reason = getattr(error, "detail", "") or str(error)
            continue
        account.watched = len(making.numbers)
        account.lacking = sorted(making.lacking)[:50]
        watches += making.watches
        bindings += making.bindings
    return Compiled(tuple(watches), tuple(bindings), accounts)


def out_of_force(spec: Spec, on: date) -> str:
    """Say why a rule is not in force on a day; "" when it is."""
    if spec.effective_from and on < spec.effective_from:
        return f"{spec.effective_from} 起生效"
    if spec.effective_to and on > spec.effective_to:
        return f"已于 {spec.effective_to} 失效"
    if spec.season and not holds(spec.season, on):
        return "不在适用的季节"
    return ""


class Reach:
    """Finds the streams of each rule; by quantity first, so that many rules stay cheap."""

    def __init__(self, streams: Iterable[StreamRow]) -> None:
        self._by_quantity: dict[str, list[StreamRow]] = defaultdict(list)
        self._all: list[StreamRow] = []
        for row in streams:
            self._by_quantity[row.quantity].append(row)
            self._all.append(row)

    def of(self, rule: RuleRow) -> list[StreamRow]:
        """List the streams in a rule's region and scope, of the quantities it looks at."""
        wanted = quantities_of(rule.spec)
        rows = (
            [row for key in wanted for row in self._by_quantity.get(key, ())]
            if wanted
            else self._all
        )
        inside = _inside(rule)
        return sorted((row for row in rows if inside(row)), key=lambda row: row.number)


def quantities_of(spec: Spec) -> tuple[str, ...]:
    """List the quantities a rule looks at; empty is all."""
    named = [spec.quantity, spec.other, *(part.quantity for part in spec.parts)]
    return tuple(dict.fromkeys(key for key in named if key))


def _inside(rule: RuleRow) -> Callable[[StreamRow], bool]:
    where = rule.spec.where
    regions = tuple(scope.prefix(code) for code in where.regions) or ("",)
    own = scope.prefix(rule.region)
    kinds, stations, streams = set(where.kinds), set(where.stations), set(where.streams)

    def inside(row: StreamRow) -> bool:
        return (
            row.region.startswith(own)
            and row.region.startswith(regions)
            and (not kinds or row.station_kind in kinds)
            and (not stations or row.station_code in stations)
            and (not streams or row.code in streams)
        )

    return inside
