"""What one page tells a village: its dangers, its people, its shelters, who does what and when.

Read for all villages of a response in a fixed number of queries; no resident is named.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum, TextField
from django.db.models.functions import Cast

from anlan.base.households.models import Household, Resident
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.respond.evacuation.selectors.gathering import SAFE, leads_of, village_of
from anlan.respond.papers.selectors.numbers import Seat, seats
from anlan.respond.responses.models import Response, StepDebt
from anlan.respond.responses.selectors.steps import steps_said

#: A shelter that nobody goes to.
SHUT = ("closed", "out-of-use")


@dataclass(frozen=True)
class Duty:
    """A step that a post of the village owes."""

    title: str
    do: str
    post: str
    due_at: datetime | None


@dataclass
class Guide:
    """One village."""

    code: str
    name: str
    zones: list[DangerZone] = field(default_factory=list)
    shelters: list[Shelter] = field(default_factory=list)
    #: None is not known: no register has any household here.
    households: int | None = None
    residents: int | None = None
    #: Households of which nobody knows how many live there.
    unsized: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    lead: str | None = None
    seats: list[Seat] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)


def guides_for(response: Response) -> dict[str, Guide]:
    """Read every village where a response holds."""
    inside = [scope.prefix(code) for code in response.regions]
    rows = Region.objects.filter(
        scope.within(inside, "code"), level=Level.VILLAGE, valid_to=None
    ).order_by("code")
    guides = {code: Guide(code, name) for code, name in rows.values_list("code", "name")}
    _zones(guides, inside)
    _people(guides, inside)
    _shelters(guides, inside)
    for code, lead in leads_of(guides).items():
        guides[code].lead = lead
    _duties(guides, response)
    return guides


def with_seats(guides: Mapping[str, Guide], found: Sequence[Seat]) -> None:
    """Give each village the posts of its own that are printed in the directory as well."""
    for seat in found:
        if (guide := guides.get(village_of(seat.region))) is not None:
            guide.seats.append(seat)


def keepers(guides: Mapping[str, Guide]) -> dict[str, Seat]:
    """Read the posts that zones, shelters and villages name, wherever they are."""
    wanted = {one.lead for one in guides.values() if one.lead}
    for guide in guides.values():
        for zone in guide.zones:
            wanted |= {post for post in (zone.watcher_id, zone.transfer_lead_id) if post}
        wanted |= {one.keeper_id for one in guide.shelters if one.keeper_id}
        wanted |= {one.post for one in guide.duties if one.post}
    return seats(sorted(wanted))


def _zones(guides: Mapping[str, Guide], inside: Sequence[str]) -> None:
    rows = DangerZone.objects.filter(scope.within(inside), retired_at=None).exclude(
        status__in=SAFE
    )  # fmt: skip
    for zone in rows.select_related("shelter").defer("outline").order_by("-people", "code"):
        if (guide := guides.get(village_of(zone.region_id))) is not None:
            guide.zones.append(zone)


def _people(guides: Mapping[str, Guide], inside: Sequence[str]) -> None:
    homes = Household.objects.filter(scope.within(inside), retired_at=None)
    told = homes.values_list("region_id").annotate(
        n=Count("pk"), people=Sum("size"), unsized=Count("pk", filter=Q(size=None))
    )  # fmt: skip
    for region, count, people, unsized in told.order_by():
        if (guide := guides.get(village_of(region))) is not None:
            guide.households = (guide.households or 0) + count
            guide.residents = (guide.residents or 0) + (people or 0)
            guide.unsized += unsized
    for region, groups, count in _grouped(inside):
        if (guide := guides.get(village_of(region))) is not None:
            guide.groups.update(dict.fromkeys(groups, count))


def _grouped(inside: Sequence[str]) -> Iterator[tuple[str, list[str], int]]:
    """Count residents by the groups they belong to: few lists differ."""
    rows = Resident.objects.filter(scope.within(inside), retired_at=None, away=False)
    told = rows.annotate(text=Cast("groups", TextField())).values_list("region_id", "text")
    for region, text, count in told.annotate(n=Count("pk")).order_by():
        found: Any = json.loads(text)
        yield region, found, count


def _shelters(guides: Mapping[str, Guide], inside: Sequence[str]) -> None:
    """Give each village its own shelters, and those its zones send people to."""
    by_village: dict[str, dict[str, Shelter]] = defaultdict(dict)
    rows = Shelter.objects.filter(scope.within(inside), retired_at=None).exclude(status__in=SHUT)
    for one in rows.order_by("code"):
        by_village[village_of(one.region_id)][one.pk] = one
    for code, guide in guides.items():
        own = by_village[code]
        for zone in guide.zones:
            if zone.shelter is not None:
                own.setdefault(zone.shelter.pk, zone.shelter)
        guide.shelters = list(own.values())


def _duties(guides: Mapping[str, Guide], response: Response) -> None:
    rows = list(
        StepDebt.objects.filter(step__response=response, closed_at=None)
        .filter(Q(obligation=None) | Q(obligation__closed_at=None))
        .select_related("step")
        .order_by("due_at", "step__rank", "pk")
    )
    said = steps_said({one.step_id for one in rows})
    for one in rows:
        guide = guides.get(one.region_id)
        if guide is None:
            continue
        told = said.get(one.step_id)
        guide.duties.append(
            Duty(one.step.title, told[2].do if told else "", one.post_id or "", one.due_at)
        )
