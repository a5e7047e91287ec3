"""How many, where and how: 应转 = 集中安置 + 投亲靠友 + 未转, now or at any moment since.

Now is counted over the roll; a moment over the list as ordered and the ticks until then. Both give
the same, because a tick and what it does to the roll are one transaction; a test drives both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from anlan.respond.evacuation.models import Entry, Tick
from anlan.respond.evacuation.states import HOME, INSIDE, PREPARED, SUMS, WAITING, counts_as

#: village -> state -> how many.
Tally = dict[str, dict[str, "Number"]]


@dataclass(frozen=True)
class Number:
    """People, and how many entries there are besides of whom nobody knows how many they are."""

    people: int = 0
    unknown: int = 0

    def __add__(self, other: "Number") -> "Number":
        return Number(self.people + other.people, self.unknown + other.unknown)

    def __sub__(self, other: "Number") -> "Number":
        return Number(self.people - other.people, self.unknown - other.unknown)

    def __bool__(self) -> bool:
        return bool(self.people or self.unknown)

    def told(self) -> dict[str, int]:
        """Give it as JSON."""
        return {"people": self.people, "unknown": self.unknown}


NOBODY = Number()


@dataclass(frozen=True)
class Sums:
    """The sum of one region: what is due and its three parts, and what lies inside them."""

    due: Number
    parts: Mapping[str, Number]
    inside: Mapping[str, Number]

    def told(self) -> dict[str, dict[str, int]]:
        """Give it as JSON; home again is told together, wherever they had been."""
        home = sum((self.inside[key] for key in HOME.values()), NOBODY)
        shown = {key: number.told() for key, number in (*self.parts.items(), *self.inside.items())}
        return {"due": self.due.told(), **shown, "home": home.told()}


def tally(evacuation: str, at: datetime | None = None) -> Tally:
    """Count by village and state: on the roll as it stands, or by the ticks until a moment."""
    return _standing(evacuation) if at is None else recounted(evacuation, at)


def _standing(evacuation: str) -> Tally:
    rows = Entry.objects.filter(evacuation=evacuation, evacuation__ordered_at__isnull=False)
    grouped = rows.values_list("part__region_id", "state").order_by().annotate(
        n=Sum("people"), missing=Count("pk", filter=Q(people=None))
    )  # fmt: skip
    found: Tally = defaultdict(dict)
    for region, state, people, unknown in grouped:
        found[region][state] = Number(people or 0, unknown)
    return dict(found)


def recounted(evacuation: str, at: datetime | None = None) -> Tally:
    """Count the list as ordered and every tick until a moment, or until now."""
    found = _opening(evacuation, at)
    rows = Tick.objects.filter(evacuation=evacuation, applies=True)
    if at is not None:
        rows = rows.filter(at__lte=at)
    grouped = rows.values_list("region_id", "was", "state").order_by().annotate(
        n=Sum("people"), missing=Count("pk", filter=Q(people=None))
    )  # fmt: skip
    for region, was, state, people, unknown in grouped:
        number = Number(people or 0, unknown)
        if state:
            found[region][state] += number
        if was:
            found[region][was] -= number
    return {
        region: {state: number for state, number in states.items() if number}
        for region, states in found.items()
    }


def coursed(evacuations: Sequence[str], moments: Sequence[datetime]) -> list[Sums]:
    """Add some evacuations up at each of some moments, in their order: two queries for all."""
    wanted = list(evacuations)
    listed = (
        Entry.objects.filter(
            evacuation__in=wanted, origin__in=PREPARED, evacuation__ordered_at__isnull=False
        )
        .order_by()
        .values_list("evacuation__ordered_at")
        .annotate(n=Sum("listed"), missing=Count("pk", filter=Q(listed=None)))
    )
    changes = [(at, "", WAITING, Number(people or 0, rest)) for at, people, rest in listed]
    ticks = Tick.objects.filter(evacuation__in=wanted, applies=True)
    changes += [
        (at, was, state, Number(people or 0, people is None))
        for at, was, state, people in ticks.values_list("at", "was", "state", "people")
    ]
    changes.sort(key=lambda one: one[0])
    found: list[Sums] = []
    states: dict[str, Number] = defaultdict(lambda: NOBODY)
    place = 0
    for moment in moments:
        while place < len(changes) and changes[place][0] <= moment:
            _, was, state, number = changes[place]
            if state:
                states[state] += number
            if was:
                states[was] -= number
            place += 1
        found.append(sums([states]))
    return found


def _opening(evacuation: str, at: datetime | None) -> dict[str, dict[str, Number]]:
    """Count the list as it was ordered; before that nobody was due."""
    found: dict[str, dict[str, Number]] = defaultdict(lambda: defaultdict(lambda: NOBODY))
    rows = Entry.objects.filter(evacuation=evacuation, origin__in=PREPARED)
    ordered = {"evacuation__ordered_at__isnull": False} if at is None else {
        "evacuation__ordered_at__lte": at
    }  # fmt: skip
    grouped = rows.filter(**ordered).values_list("part__region_id").order_by().annotate(
        n=Sum("listed"), missing=Count("pk", filter=Q(listed=None))
    )  # fmt: skip
    for region, people, unknown in grouped:
        found[region][WAITING] = Number(people or 0, unknown)
    return found


def sums(states: Iterable[Mapping[str, Number]]) -> Sums:
    """Add up some villages."""
    counts = counts_as()
    parts = dict.fromkeys(SUMS, NOBODY)
    inside = dict.fromkeys(INSIDE, NOBODY)
    due = NOBODY
    for village in states:
        for state, number in village.items():
            counted = counts.get(state, "none")
            if counted in parts:
                parts[counted] += number
                due += number
            if state in inside:
                inside[state] += number
    return Sums(due, parts, inside)
