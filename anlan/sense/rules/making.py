"""The table one rule is worked out on: its streams, and the watches made so far."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from anlan.engines.threshold import Watch
from anlan.sense.bindings import Binding
from anlan.sense.rules import words
from anlan.sense.rules.limits import resolve
from anlan.sense.rules.rows import RuleRow, StreamRow
from anlan.sense.rules.spec import Condition, Limit, Spec

ALL = "all"


class Making:
    """Watches of one rule in the making. Keys begin with the rule's code, so none meets another."""

    def __init__(self, rule: RuleRow, streams: Sequence[StreamRow], on: date) -> None:
        self.rule, self.streams, self.on = rule, streams, on
        self.watches: list[Watch] = []
        self.bindings: list[Binding | None] = []
        #: Numbers of streams that are looked at, codes of those that lack a level.
        self.numbers: set[int] = set()
        self.lacking: set[str] = set()

    @property
    def spec(self) -> Spec:
        """What the rule says."""
        return self.rule.spec

    def key(self, watch: str) -> str:
        """Name a watch for the engine."""
        return f"{self.rule.code}/{watch}"

    def add(self, watch: Watch, binding: Binding | None) -> str:
        """Keep a watch; returns its key."""
        self.watches.append(watch)
        self.bindings.append(binding)
        return watch.key

    def limits(self, row: StreamRow) -> Iterator[tuple[Condition, float]]:
        """Give the conditions of the rule that a stream has limits for, with them."""
        for condition in self.spec.conditions:
            limit = self.limit_of(condition.limit, row)
            if limit is not None:
                self.numbers.add(row.number)
                yield condition, limit

    def limit_of(self, limit: Limit | None, row: StreamRow) -> float | None:
        """Find a limit for a stream; one that is lacking is noted."""
        found = None if limit is None else resolve(limit, row.levels, self.on, row.quantity)
        if found is None:
            self.lacking.add(row.code)
        return found

    def by_station(self) -> dict[str, list[StreamRow]]:
        """Group the streams by station."""
        groups: dict[str, list[StreamRow]] = defaultdict(list)
        for row in self.streams:
            groups[row.station].append(row)
        return groups

    def matter(self, row: StreamRow) -> str:
        """Name what an alarm about a stream is about."""
        kind = self.spec.matter
        about: Mapping[str, str | None] = {
            "stream": row.id, "station": row.station, "gateway": row.gateway, "rule": ALL,
        }  # fmt: skip
        return f"{self.rule.code}:{about[kind] or row.station}"

    def bind(  # noqa: PLR0913 - what one watch stands for, all by name
        self,
        *,
        watch: str,
        matter: str,
        says: str,
        condition: Condition | None = None,
        limit: float | None = None,
        quantity: str = "",
        row: StreamRow | None = None,
        single: bool = True,
        under: str = "",
    ) -> Binding:
        """Say what a watch stands for; `single` when one stream's value is judged."""
        spec = self.spec
        whole = spec.matter == "rule"
        station = row.station if row is not None and not whole else None
        return Binding(
            watch=watch,
            matter=matter,
            rule=self.rule.id,
            version=self.rule.version,
            hazard=spec.hazard,
            level=condition.level if condition else None,
            limit=limit,
            unit=words.unit_of(quantity),
            decimals=words.decimals_of(quantity),
            says=says[:200],
            again_s=spec.again_s,
            station=station,
            stream=row.id if row is not None and single else None,
            under=under,
        )
