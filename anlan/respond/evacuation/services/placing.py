"""Assigning shelters: the one place that decides who goes where.

Greedy and honest: special groups first, then whoever must leave soonest; the shelter their own list
names where it can take them, else the nearest. Never more than a shelter holds, also while two
batches are assigned at once: each transaction holds the rows of the entries and then of the
shelters it may use, and counts the room anew. Never a shelter in a danger zone of the same hazards
or in the water. Whoever finds none keeps the reason.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F

from anlan.base.permissions.actor import Actor
from anlan.base.places.models import Shelter
from anlan.kernel.errors import Conflict
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.nearest import Group, Placed, place
from anlan.respond.evacuation.selectors.shelters import KEPT, endangered, in_reach, rooms
from anlan.respond.evacuation.services.finding import locked, note
from anlan.respond.evacuation.states import OWED_A_PLACE

#: Entries of one transaction, as near as households are kept together.
BATCH = 1000


@dataclass
class Placing:
    """How many people got a place, and how many entries got none, by reason."""

    placed: int = 0
    people: int = 0
    unplaced: dict[str, int] = field(default_factory=dict)


def assign_shelters(*, evacuation: str, by: Actor) -> Placing:
    """Keep a place for everybody who goes to a shelter and has none; tells how it went.

    May be called again at any time: places that are good stay, those in shelters that have been
    shut or have come into danger are given anew.
    """
    with transaction.atomic():
        batch = locked(evacuation, "draft", by)
        if batch.state not in ("draft", "ordered"):
            raise Conflict("只有草稿和已下达的批次可以分配安置场所")
    ground = endangered(batch)
    bad = ground.in_zone | ground.flooded
    usable = set(
        in_reach(batch).filter(status__in=KEPT).exclude(pk__in=bad).values_list("pk", flat=True)
    )
    _release(batch, usable)
    outcome = Placing()
    for some in _batches(batch):
        _place_some(some, usable, outcome)
    with transaction.atomic():
        note(batch, "placed", by, {"placed": outcome.placed, "unplaced": outcome.unplaced})
    return outcome


def _waiting(batch: Evacuation) -> Any:
    rows = Entry.objects.filter(evacuation=batch, state__in=OWED_A_PLACE)
    return rows.filter(stay__in=("", "shelter"))


def _release(batch: Evacuation, usable: set[str]) -> None:
    kept = _waiting(batch).filter(shelter__isnull=False)
    used = set(kept.order_by().values_list("shelter_id", flat=True).distinct())
    gone = used - usable
    if gone:
        kept.filter(shelter__in=gone).update(shelter=None)


class _Claim:
    """A household, or whoever stands on the list alone."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.people: int | None = 0
        self.row: dict[str, Any] = {}

    def add(self, row: dict[str, Any]) -> None:
        """Take one more of the household."""
        self.row = self.row or row
        self.entries.append(row["pk"])
        known = self.people is not None and row["people"] is not None
        self.people = (self.people or 0) + row["people"] if known else None

    def group(self) -> Group:
        """Tell what the placing asks: how many, from where, and what their lists name."""
        row = self.row
        lon, lat = row["household__lon"], row["household__lat"]
        if lon is None or lat is None:
            lon, lat = row["zone__lon"], row["zone__lat"]
        if lon is None or lat is None:
            lon, lat = row["part__region__lon"], row["part__region__lat"]
        wanted = (row["household__shelter_id"], row["zone__shelter_id"])
        return Group(self.entries[0], self.people, lon, lat, tuple(one for one in wanted if one))


COLUMNS = (
    "pk", "people", "household_id", "household__lon", "household__lat", "household__shelter_id",
    "zone__lon", "zone__lat", "zone__shelter_id", "part__region__lon", "part__region__lat",
)  # fmt: skip


def _batches(batch: Evacuation) -> Iterator[list[_Claim]]:
    """Yield who has no place yet, by urgency and by when; households whole."""
    rows = _waiting(batch).filter(shelter=None).order_by(
        "first", F("part__latest_at").asc(nulls_last=True), "household_id", "pk"
    )  # fmt: skip
    claims: dict[str, _Claim] = defaultdict(_Claim)
    for row in rows.values(*COLUMNS):
        claims[row["household_id"] or row["pk"]].add(row)
    some: list[_Claim] = []
    count = 0
    for claim in claims.values():
        some.append(claim)
        count += len(claim.entries)
        if count >= BATCH:
            yield some
            some, count = [], 0
    if some:
        yield some


@transaction.atomic
def _place_some(claims: Sequence[_Claim], usable: set[str], outcome: Placing) -> None:
    # Entries before shelters, as ticks do, so that nobody waits for each other.
    ids = [pk for claim in claims for pk in claim.entries]
    free = set(
        Entry.objects.select_for_update()
        .filter(pk__in=ids, shelter=None, state__in=OWED_A_PLACE)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    held = Shelter.objects.select_for_update().filter(pk__in=usable, status__in=KEPT)
    open_rooms = rooms(list(held.order_by("pk")))
    mine = {claim.entries[0]: claim for claim in claims if free.issuperset(claim.entries)}
    placed = place([claim.group() for claim in mine.values()], open_rooms)
    _write(placed, mine, outcome)


def _write(placed: Sequence[Placed], claims: dict[str, _Claim], outcome: Placing) -> None:
    by_shelter: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in placed:
        claim = claims[one.group]
        by_shelter[one.shelter, one.why] += claim.entries
        if one.shelter:
            outcome.placed += len(claim.entries)
            outcome.people += claim.people or 0
        else:
            outcome.unplaced[one.why] = outcome.unplaced.get(one.why, 0) + len(claim.entries)
    for (shelter, why), entries in by_shelter.items():
        rows = Entry.objects.filter(pk__in=entries)
        rows.update(shelter=shelter or None, unplaced=why)
