"""People who are on no list (增加): written down where they are found, at a door or a shelter."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.households.models import Household
from anlan.base.permissions.gate import may
from anlan.base.places.models import Shelter
from anlan.base.places.services import note_occupancy
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Forbidden, Invalid, Missing
from anlan.kernel.ids import new_id
from anlan.respond.evacuation.models import Entry, Evacuation, Part, Tick
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.gathering import leads_of, village_of
from anlan.respond.evacuation.services.finding import note, under_way
from anlan.respond.evacuation.services.ticking import Ticker
from anlan.respond.evacuation.states import ADDED, RELATIVES, SHELTERED, WAITING

#: What somebody may be who is written down.
POSSIBLE = (WAITING, SHELTERED, RELATIVES)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who is on no list: from which village, and how many they are."""

    village: str
    state: str
    name: str = ""
    phone: str = ""
    people: int = 1
    household: str = ""
    shelter: str = ""
    urgent: bool = False
    said_at: datetime | None = None
    client: str = ""


def add_people(*, evacuation: str, newcomer: Newcomer, ticker: Ticker) -> str:
    """Write somebody down; returns the entry's id, the old one's when the device sent it before.

    From here on they are due like everybody else, and counted where they are.
    """
    village = village_of(scope.normalise(newcomer.village))
    with transaction.atomic():
        batch = Evacuation.objects.select_for_update().filter(pk=evacuation).first()
        if batch is None:
            raise Missing("没有这个转移批次")
        part = Part.objects.filter(evacuation=batch, region=village).first()
        _permit(ticker, part, village)
        under_way(batch)
        seal = _check(newcomer, village)
        once = f"c:{newcomer.client}"[:40] if newcomer.client else None
        known = batch.entries.filter(once=once).first() if once else None
        if known is not None:
            return known.pk
        if part is None:
            lead = leads_of([village]).get(village)
            part = Part.objects.create(
                evacuation=batch, region_id=village, lead_id=lead, latest_at=batch.latest_at
            )
        entry = _entry(newcomer, batch, part, seal, once)
        _write(entry, batch, newcomer, ticker)
    return entry.pk


def _permit(ticker: Ticker, part: Part | None, village: str) -> None:
    allowed = ticker.may(part) if part else may(ticker.by, "evacuations.tick", village)
    if not allowed:
        raise Forbidden("您没有这项权限，或该地区不在您的管辖范围内。请联系安全管理员授权。")


def _check(one: Newcomer, village: str) -> str:
    """Refuse what cannot be written down; tells whose key seals it ("" is one of their own)."""
    errors: dict[str, list[str]] = {}
    if one.state not in POSSIBLE:
        errors["state"] = ["请选择现在在哪里"]
    if one.people < 1:
        errors["people"] = ["人数至少为 1"]
    if len(one.name) > 40 or len(one.phone) > 20:
        errors["name"] = ["姓名或电话太长"]
    if not Region.objects.filter(pk=village).exists():
        errors["village"] = ["没有这个地区"]
    shelters = Shelter.objects.filter(pk=one.shelter, retired_at=None)
    if one.state == SHELTERED and not shelters.exists():
        errors["shelter"] = ["请写明安置在哪个场所"]
    home = Household.objects.filter(pk=one.household or None).first()
    if one.household and (home is None or village_of(home.region_id) != village):
        errors["household"] = ["没有这一户"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)
    return home.seal if home else ""


def _entry(one: Newcomer, batch: Evacuation, part: Part, seal: str, once: str | None) -> Entry:
    key = new_id()
    urgency = 1 if one.urgent else ORDINARY
    inside = one.shelter if one.state == SHELTERED else None
    entry = Entry(
        id=key, evacuation=batch, part=part, household_id=one.household or None, once=once,
        origin=ADDED, seal=seal or key, people=one.people, urgency=urgency, first=urgency,
        lead_id=part.lead_id, stay="relatives" if one.state == RELATIVES else "shelter",
        state=one.state, inside_id=inside, said_at=min(one.said_at or clock.now(), clock.now()),
    )  # fmt: skip
    texts = {"name": one.name.strip(), "phone": one.phone.strip()}
    sealed = vault.seal_many([(entry.seal, texts)])[0]
    entry.name, entry.phone = sealed["name"] or "", sealed["phone"] or ""
    return entry


def _write(entry: Entry, batch: Evacuation, one: Newcomer, ticker: Ticker) -> None:
    entry.save(force_insert=True)
    if not one.household:  # a household's own tokens are those of its row
        vault.index(entry.seal, "chars", [one.name.strip()])
    Tick.objects.create(
        evacuation=batch, region_id=entry.part.region_id, entry=entry, people=one.people,
        state=one.state, shelter_id=entry.inside_id, at=clock.now(),
        said_at=entry.said_at or clock.now(),
        by=ticker.by.ref, device=ticker.device[:40], client=one.client[:40] or None,
    )  # fmt: skip
    if entry.inside_id:
        note_occupancy(changes={entry.inside_id: one.people}, by=ticker.by)
    note(
        batch, "added", ticker.by,
        {"entry": entry.pk, "people": one.people, "state": one.state, "shelter": one.shelter},
        region=entry.part.region_id,
    )  # fmt: skip
