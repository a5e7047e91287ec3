"""Who must leave, as it is printed: batches as they stand, then whom the registers add.

A pack is made while the draft of a response is still being drawn up, so the prepared lists of the
danger zones are read as well; nobody stands on paper twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from anlan import codes
from anlan.base.db.among import among
from anlan.base.households.models import Household, Resident
from anlan.base.places.models import DangerZone
from anlan.base.regions import scope
from anlan.base.vault.services import open_many
from anlan.respond.evacuation.models import Entry, Evacuation, Part
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.gathering import Found, Listed, gather
from anlan.respond.evacuation.selectors.roll import ordered, told
from anlan.respond.responses.models import Response

#: Batches that are meant to be carried out, and entries opened together.
STANDING = ("draft", "ordered")
TOGETHER = 1000
#: Special groups of one person that are named.
GROUPS = 2
HOUSE = ("seal", "head", "phone", "address")


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody who must leave."""

    name: str
    phone: str
    address: str
    #: None is not known, and printed so.
    people: int | None
    groups: str
    #: Needs help before the others.
    special: bool
    lead: str | None
    where: str
    state: str = ""


@dataclass
class VillageList:
    """The list of one village."""

    code: str
    lead: str | None = None
    latest_at: datetime | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many are known to be due."""
        return sum(one.people or 0 for one in self.lines)

    @property
    def unknown(self) -> int:
        """Entries of whom nobody knows how many they are."""
        return sum(one.people is None for one in self.lines)


@dataclass
class Lists:
    """Every village's list, and the ids of all whose values were opened for them."""

    villages: dict[str, VillageList] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def of(self, code: str) -> VillageList:
        """Find a village's list, or begin it."""
        return self.villages.setdefault(code, VillageList(code))


def lists_for(response: Response) -> Lists:
    """List who must leave by village: on batches that stand, and in danger zones beside them."""
    lists = Lists()
    taken = set(_from_batches(response, lists))
    asked = Evacuation(
        region_id=response.region_id, hazards=list(response.hazards),
        asked={"zones": [], "regions": list(response.regions)}, expected_at=response.expected_at,
    )  # fmt: skip
    found = gather(asked)
    _place(found, lists)
    _from_registers([one for one in found.listed if one.once not in taken], lists)
    lists.villages = {code: one for code, one in sorted(lists.villages.items()) if one.lines}
    return lists


def batches_of(response: Response) -> "QuerySet[Evacuation]":
    """Find the batches that stand where a response holds; ordered ones first, then the newest."""
    inside = scope.within([scope.prefix(code) for code in response.regions])
    rows = Evacuation.objects.filter(Q(response=response.pk) | inside, state__in=STANDING)
    first = Case(When(state="ordered", then=Value(0)), default=Value(1))
    return rows.order_by(first, "-pk")


def _from_batches(response: Response, lists: Lists) -> Iterator[str]:
    """Take the entries of batches over; yields who is on them."""
    seen: set[str] = set()
    for batch in batches_of(response):
        for part in Part.objects.filter(evacuation=batch, lifted_at=None):
            village = lists.of(part.region_id)
            village.lead = village.lead or part.lead_id
            known = [at for at in (village.latest_at, part.latest_at) if at]
            village.latest_at = min(known, default=None)
        rows = ordered(Entry.objects.filter(evacuation=batch, part__lifted_at=None))
        fresh = [one for one in rows.exclude(state="struck") if (one.once or one.pk) not in seen]
        for start in range(0, len(fresh), TOGETHER):
            _take(fresh[start : start + TOGETHER], lists)
        seen |= {one.once or one.pk for one in fresh}
        yield from (one.once for one in fresh if one.once)


def _take(entries: Sequence[Entry], lists: Lists) -> None:
    for shown in told(entries, clear=True):
        stay = shown["inside_name"] or shown["shelter_name"] or shown["stay_label"]
        lists.of(shown["village"]).lines.append(
            Line(
                name=shown["name"] or shown["head"] or shown["zone_name"],
                phone=shown["phone"], address=shown["address"], people=shown["people"],
                groups=_groups(shown["groups_label"]), special=shown["special"],
                lead=(shown["lead"] or {}).get("post"),
                where=stay or shown["unplaced_label"] or "", state=shown["state_label"],
            )
        )  # fmt: skip
    sealed = Entry.objects.filter(pk__in=[one.pk for one in entries])
    for row in sealed.values_list("seal", "household__seal", "resident_id"):
        lists.named.update(one for one in row if one)


def _place(found: Found, lists: Lists) -> None:
    for one in found.villages:
        village = lists.of(one.code)
        village.lead = village.lead or one.lead
        village.latest_at = village.latest_at or one.latest_at


def _from_registers(listed: Sequence[Listed], lists: Lists) -> None:
    houses = _houses({one.household for one in listed if one.household})
    residents = _residents({one.resident for one in listed if one.resident})
    zones = dict(
        DangerZone.objects.filter(
            among("id", [one.zone for one in listed if one.zone])
        ).values_list("pk", "name")
    )  # fmt: skip
    stays, groups = codes.table("intended-stays"), codes.table("special-groups")
    order = sorted(listed, key=lambda one: (one.first, one.household or "~", one.urgency))
    for one in order:
        home = houses.get(one.household or "", {})
        person = residents.get(one.resident or "", {})
        named = (home.get("seal"), one.resident)
        lists.named.update(key for key in named if key)
        lists.of(one.village).lines.append(
            Line(
                name=person.get("name") or home.get("head") or zones.get(one.zone or "", ""),
                phone=person.get("phone") or home.get("phone") or "",
                address=home.get("address") or "", people=one.people,
                groups=_groups([groups.name(key) for key in person.get("groups", ())]),
                special=one.urgency < ORDINARY, lead=one.lead,
                where=stays.name(one.stay) if one.stay else "",
            )
        )  # fmt: skip


def _groups(names: Sequence[str]) -> str:
    """Name the first special groups somebody belongs to: a line has room for no more."""
    rest = "等" if len(names) > GROUPS else ""
    return "、".join(names[:GROUPS]) + rest


def _houses(wanted: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    rows = list(Household.objects.filter(among("id", list(wanted))).values("pk", *HOUSE))
    opened = open_many([(row["seal"], {key: row[key] for key in HOUSE[1:]}) for row in rows])
    return {
        row["pk"]: {"seal": row["seal"], **texts}
        for row, texts in zip(rows, opened, strict=True)
    }  # fmt: skip


def _residents(wanted: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    rows = list(
        Resident.objects.filter(among("id", list(wanted))).values("pk", "name", "phone", "groups")
    )
    opened = open_many([(row["pk"], {key: row[key] for key in ("name", "phone")}) for row in rows])
    return {
        row["pk"]: {"groups": row["groups"] or (), **texts}
        for row, texts in zip(rows, opened, strict=True)
    }  # fmt: skip
