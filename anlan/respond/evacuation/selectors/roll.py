"""The roll of a batch, a page at a time: whoever needs help first, then as households stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from anlan import codes
from anlan.base.households.models import Household, Resident
from anlan.base.permissions.actor import Actor
from anlan.base.places.models import Shelter
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.vault import selectors as vault
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.pages import parts_seen, seen
from anlan.respond.evacuation.selectors.people import masked, open_names, responsible
from anlan.respond.evacuation.states import UNPLACED, counts_as

SIZE, MOST = 50, 200
#: Kinds of filters that are no state of their own.
PENDING, UNPLACED_ONLY = "pending", "unplaced"


@dataclass(frozen=True)
class Query:
    """Which entries: by village or above, state, special groups, shelter, and a name."""

    region: str = ""
    #: A state, ``pending`` (未转) or ``unplaced`` (no place found).
    state: str = ""
    special: bool = False
    shelter: str = ""
    q: str = ""
    page: int = 1
    size: int = SIZE


def page(actor: Actor, evacuation: str, query: Query) -> dict[str, Any]:
    """List a page of entries, names masked."""
    batch = seen(actor, evacuation)
    rows = narrowed(actor, batch, query)
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    total = rows.count()
    return {
        "items": told(list(ordered(rows)[start : start + size])), "total": total,
        "page": max(query.page, 1), "size": size, "as_of": clock.now(),
    }  # fmt: skip


def narrowed(actor: Actor, batch: Evacuation, query: Query) -> "QuerySet[Entry]":
    """Narrow the entries of a batch to those asked for that the actor may see."""
    rows = Entry.objects.filter(evacuation=batch)
    rows = rows.filter(part__in=parts_seen(actor, batch).values("pk"))
    if query.region:
        rows = rows.filter(scope.within([scope.prefix(query.region)], "part__region_id"))
    rows = _in_state(rows, query.state)
    if query.special:
        rows = rows.filter(first__lt=ORDINARY)
    if query.shelter:
        rows = rows.filter(Q(inside=query.shelter) | Q(inside=None, shelter=query.shelter))
    return _named(rows, query.q.strip()) if query.q.strip() else rows


def _in_state(rows: "QuerySet[Entry]", state: str) -> "QuerySet[Entry]":
    if not state:
        return rows
    if state == UNPLACED_ONLY:
        return rows.exclude(unplaced="")
    if state == PENDING:
        pending = [code for code, kind in counts_as().items() if kind == "pending"]
        return rows.filter(state__in=pending)
    if state not in codes.table("evacuation-states"):
        raise Invalid("没有这种状态", errors={"state": ["没有这种状态"]})
    return rows.filter(state=state)


def _named(rows: "QuerySet[Entry]", q: str) -> "QuerySet[Entry]":
    """Find by a name, whole or in part, or by the last four figures of a telephone."""
    kind = "tail4" if len(q) == 4 and q.isdecimal() else "chars"
    residents = vault.subjects_matching(kind, q, among=Resident.objects.values("pk"))
    homes = vault.subjects_matching(kind, q, among=Household.objects.values("seal"))
    own = vault.subjects_matching(kind, q, among=rows.values("seal"))
    return rows.filter(
        Q(resident__in=residents) | Q(household__seal__in=homes) | Q(seal__in=own)
        | Q(household__code=q)
    )  # fmt: skip


def ordered(rows: "QuerySet[Entry]") -> "QuerySet[Entry]":
    """Put special groups first, households together, the named before the rest."""
    home = F("household_id").asc(nulls_last=True)
    return rows.order_by("first", "part__region_id", home, "urgency", "pk")


def told(entries: Sequence[Entry], *, clear: bool = False) -> list[dict[str, Any]]:
    """Tell entries as JSON in a fixed number of queries; in `clear` only to who may read it."""
    names = open_names([one.pk for one in entries])
    leads = responsible({one.lead_id or "" for one in entries})
    shelters = _shelters(entries)
    villages = dict(_villages(entries))
    places = regions.names(villages.values())
    states, reasons = codes.table("evacuation-states"), codes.table("evacuation-reasons")
    stays = codes.table("intended-stays")
    items = []
    for one in entries:
        reason, why = reasons.get(one.reason), UNPLACED.get(one.unplaced)
        who = names[one.pk]
        village = villages[one.pk]
        items.append(
            {
                "id": one.pk, **(who if clear else masked(who)), "people": one.people,
                "household": one.household_id, "resident": one.resident_id, "zone": one.zone_id,
                "origin": one.origin, "special": one.urgency < ORDINARY,
                "village": village, "village_name": places.get(village, village),
                "lead": leads.get(one.lead_id or ""), "stay": one.stay or None,
                "stay_label": stays.name(one.stay) if one.stay else None,
                "stay_label_en": stays.name(one.stay, "en") if one.stay else None,
                "shelter": one.shelter_id, "shelter_name": shelters.get(one.shelter_id or ""),
                "unplaced": one.unplaced or None, "unplaced_label": why[0] if why else None,
                "unplaced_label_en": why[1] if why else None,
                "inside": one.inside_id, "inside_name": shelters.get(one.inside_id or ""),
                "state": one.state, "state_label": states.name(one.state),
                "state_label_en": states.name(one.state, "en"),
                "color": states[one.state].text("color"), "reason": one.reason or None,
                "reason_label": reason.name if reason else None,
                "reason_label_en": reason.name_en if reason else None, "said_at": one.said_at,
            }
        )  # fmt: skip
    return items


def _shelters(entries: Sequence[Entry]) -> dict[str, str]:
    wanted = {key for one in entries for key in (one.shelter_id, one.inside_id) if key}
    return dict(Shelter.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _villages(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    rows = Entry.objects.filter(pk__in=[one.pk for one in entries])
    return list(rows.values_list("pk", "part__region_id"))
