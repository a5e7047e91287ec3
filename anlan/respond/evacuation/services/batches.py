"""A batch's way: drafted with its list, dropped, declared safe again, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Sum

from anlan import codes
from anlan.base.db.inserting import insert_rows, insert_values
from anlan.base.obligations.services import settle
from anlan.base.outbox.services import publish
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.places.models import DangerZone
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.forecast.selectors.rows import run_for
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.kernel.ids import new_id
from anlan.respond.evacuation.events import DangerLifted
from anlan.respond.evacuation.kinds import KIND, STRAY, SUBJECT
from anlan.respond.evacuation.models import Entry, Evacuation, Part
from anlan.respond.evacuation.selectors.gathering import Found, Listed, gather
from anlan.respond.evacuation.services.finding import check, locked, note
from anlan.respond.evacuation.states import SHELTERED

#: Rows of one transaction.
BATCH = 1000
LONGEST_NOTE = 300
COLUMNS = (
    "id", "evacuation_id", "part_id", "household_id", "resident_id", "zone_id", "once", "origin",
    "seal", "name", "phone", "people", "listed", "urgency", "first", "lead_id", "stay",
    "shelter_id", "unplaced", "state", "inside_id", "reason", "said_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a batch is asked for.

    `zones` are chosen by hand; without them those of the hazards count, in `regions` or, with a
    signed `run`, in the villages it says must leave, or in the whole of `region`. `once` makes what
    a handler proposes one draft.
    """

    title: str
    region: str
    hazards: Sequence[str]
    zones: Sequence[str] = ()
    regions: Sequence[str] = ()
    run: str = ""
    expected_at: datetime | None = None
    latest_at: datetime | None = None
    note: str = ""
    case: str = ""
    response: str = ""
    once: str | None = None


def draft_evacuation(*, ask: Ask, by: Actor) -> str:
    """Draft a batch and draw up its list; returns its id, the old one's when `once` was asked.

    Nobody is told anything yet. Raises `Invalid` with errors by field.
    """
    region = scope.normalise(ask.region)
    permit(by, "evacuations.draft", region)
    _check(ask, region, by)
    known = Evacuation.objects.filter(once=ask.once).first() if ask.once else None
    if known is not None and known.state != "building":
        return known.pk
    batch = known or _begin(ask, region, by)
    build_list(evacuation=batch.pk, by=by)
    return batch.pk


def _check(ask: Ask, region: str, by: Actor) -> None:
    errors: dict[str, list[str]] = {}
    if not ask.title.strip():
        errors["title"] = ["请写明名称"]
    unknown = [key for key in ask.hazards if key not in codes.hazards()]
    if unknown or not ask.hazards:
        errors["hazards"] = ["请选择灾种"]
    if not Region.objects.filter(pk=region, valid_to=None).exists():
        errors["region"] = ["没有这个地区"]
    outside = [c for c in ask.regions if not scope.covers(scope.prefix(region), scope.normalise(c))]
    if outside:
        errors["regions"] = ["不在这个批次的地区之内"]
    zones = scope.below(DangerZone.objects.filter(pk__in=ask.zones, retired_at=None), region)
    if zones.count() != len(set(ask.zones)):
        errors["zones"] = ["有的危险区不存在，或不在这个批次的地区之内"]
    if ask.run and run_for(ask.run, by).signing != "approved":
        errors["run"] = ["预报没有签署，不能据此转移"]
    if errors:
        raise Invalid("有几处需要改正", errors=errors)


def _begin(ask: Ask, region: str, by: Actor) -> Evacuation:
    try:
        with transaction.atomic():
            batch = Evacuation.objects.create(
                title=ask.title.strip()[:100], region_id=region, hazards=list(ask.hazards),
                case=ask.case, asked={"zones": list(ask.zones), "regions": list(ask.regions)},
                run=ask.run, response=ask.response, once=ask.once, expected_at=ask.expected_at,
                latest_at=ask.latest_at, note=ask.note.strip()[:LONGEST_NOTE],
                created_at=clock.now(), created_by=by.ref,
            )  # fmt: skip
            note(batch, "drafted", by, {"hazards": batch.hazards, "run": ask.run})
    except IntegrityError:
        return Evacuation.objects.get(once=ask.once)
    return batch


def build_list(*, evacuation: str, by: Actor) -> Found:
    """Draw up the list of a draft anew; whoever is on another batch under way is left out.

    Interrupted half-way, the batch says so and may be drawn up again.
    """
    with transaction.atomic():
        batch = locked(evacuation, "draft", by)
        if batch.state != "building":
            check(batch, "building")
            Evacuation.objects.filter(pk=evacuation).update(state="building")
    _clear(evacuation)
    found = gather(batch)
    with transaction.atomic():
        parts = {
            one.code: Part(
                evacuation=batch, region_id=one.code, lead_id=one.lead,
                expected_at=one.expected_at, latest_at=one.latest_at, rule=one.rule,
                flooded=one.flooded, surface=one.surface,
            )
            for one in found.villages
        }  # fmt: skip
        insert_rows(list(parts.values()))
    rows = (_row(one, batch.pk, parts[one.village]) for one in found.listed)
    while some := list(islice(rows, BATCH)):
        with transaction.atomic():
            insert_values(Entry, COLUMNS, some)
    Evacuation.objects.filter(pk=evacuation, state="building").update(state="draft")
    return found


def _clear(evacuation: str) -> None:
    while some := list(Entry.objects.filter(evacuation=evacuation).values_list("pk")[:BATCH]):
        Entry.objects.filter(pk__in=[pk for (pk,) in some]).delete()
    Part.objects.filter(evacuation=evacuation).delete()


def _row(one: Listed, batch: str, part: Part) -> tuple[object, ...]:
    key = new_id()
    return (
        key, batch, part.pk, one.household, one.resident, one.zone, one.once, one.origin,
        one.seal or key, "", "", one.people, one.people, one.urgency, one.first,
        one.lead or part.lead_id, one.stay, None, "", "waiting", None, "", None,
    )  # fmt: skip


def drop_evacuation(*, evacuation: str, by: Actor, reason: str = "") -> None:
    """Drop a batch that was never ordered; the places kept for it are free again."""
    with transaction.atomic():
        batch = locked(evacuation, "draft", by)
        check(batch, "dropped")
        Evacuation.objects.filter(pk=evacuation).update(
            state="dropped", closed_at=clock.now(), closed_by=by.ref
        )
        note(batch, "dropped", by, {"reason": reason.strip()[:LONGEST_NOTE]})


def lift_danger(
    *, evacuation: str, by: Actor, villages: Sequence[str] = (), reason: str = ""
) -> int:
    """Declare that it is safe again, in some villages or all of them; returns how many.

    Only from here on may anybody return. What is still owed for these villages is withdrawn.
    """
    wanted = {scope.normalise(code) for code in villages}
    with transaction.atomic():
        batch = locked(evacuation, "view", by)
        if batch.state != "ordered":
            check(batch, "lifted")
        parts = [
            one
            for one in batch.parts.select_for_update().filter(lifted_at=None).order_by("pk")
            if not wanted or one.region_id in wanted
        ]
        for code in {one.region_id for one in parts} or {batch.region_id}:
            permit(by, "evacuations.lift", code)
        now = clock.now()
        batch.parts.filter(pk__in=[one.pk for one in parts]).update(lifted_at=now, lifted_by=by.ref)
        if not batch.parts.filter(lifted_at=None).exists():
            Evacuation.objects.filter(pk=evacuation).update(state="lifted")
        codes_ = tuple(one.region_id for one in parts)
        note(batch, "lifted", by, {"villages": list(codes_), "reason": reason[:LONGEST_NOTE]})
        subjects = [(SUBJECT, one.pk) for one in parts]
        settle(kind=KIND, subjects=subjects, by=by, done=False)
        settle(kind=STRAY, subjects=subjects, by=by, done=False)
        publish(
            DangerLifted(
                case=batch.case, evacuation=batch.pk, region=batch.region_id, villages=codes_,
                by=by.ref, lifted_at=now,
            )
        )  # fmt: skip
    return len(parts)


def close_evacuation(*, evacuation: str, by: Actor) -> None:
    """Close a batch; refused while somebody is still in a shelter."""
    with transaction.atomic():
        batch = locked(evacuation, "lift", by)
        check(batch, "closed")
        inside = batch.entries.filter(state=SHELTERED)
        if inside.exists():
            number = inside.aggregate(Sum("people"))["people__sum"] or 0
            raise Conflict(f"还有 {number} 人在安置场所，返回打勾以后再结束")
        Evacuation.objects.filter(pk=evacuation).update(
            state="closed", closed_at=clock.now(), closed_by=by.ref
        )
        note(batch, "closed", by, {})
