"""One village's roll, as few characters as may be: what the phone page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anlan.base.places.models import Shelter
from anlan.respond.evacuation.models import Entry, Part
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.counting import Number, Sums, sums
from anlan.respond.evacuation.selectors.people import open_names
from anlan.respond.evacuation.selectors.roll import ordered

#: Shelters offered besides those kept for somebody here.
OFFERED = 12


@dataclass
class Home:
    """Those who are ticked together: a household, or who stands alone."""

    key: str
    entries: list[Entry] = field(default_factory=list)
    told: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> Number:
        """How many they are."""
        known = [one.people for one in self.entries if one.state != "struck"]
        return Number(sum(people or 0 for people in known), sum(people is None for people in known))

    @property
    def special(self) -> bool:
        """Whether anybody of them needs help."""
        return any(one.urgency < ORDINARY for one in self.entries)

    @property
    def states(self) -> list[str]:
        """The states they are in, each once."""
        return list(dict.fromkeys(one.state for one in self.entries))


def homes(part: Part, only: str = "") -> list[Home]:
    """List the households of a village, special groups first, names in clear."""
    rows = ordered(part.entries.all())
    if only:
        rows = rows.filter(household=only) | ordered(part.entries.filter(pk=only))
    entries = list(rows)
    names = open_names([one.pk for one in entries])
    found: dict[str, Home] = {}
    for one in entries:
        key = one.household_id or one.pk
        home = found.setdefault(key, Home(key))
        home.entries.append(one)
        home.told.append(names[one.pk])
    return list(found.values())


def summed(homes_: Sequence[Home]) -> Sums:
    """Add up a village from its households."""
    counted: dict[str, Number] = {}
    for one in (entry for home in homes_ for entry in home.entries):
        number = Number(one.people or 0, int(one.people is None))
        counted[one.state] = counted.get(one.state, Number()) + number
    return sums([counted])


def shelters_for(part: Part) -> list[tuple[str, str]]:
    """List shelters to choose from: those kept for somebody here, then others of the township."""
    kept = part.entries.exclude(shelter=None).order_by().values("shelter").distinct()
    own = list(Shelter.objects.filter(pk__in=kept).order_by("code").values_list("pk", "name"))
    town = part.region_id[:9]
    near = Shelter.objects.filter(region__code__startswith=town, retired_at=None)
    near = near.exclude(status__in=("closed", "out-of-use")).exclude(pk__in=[pk for pk, _ in own])
    return own + list(near.order_by("code").values_list("pk", "name")[:OFFERED])
