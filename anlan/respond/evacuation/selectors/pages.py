"""Evacuations as lists and pages show them: batches, and the numbers of one by place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from anlan import codes
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import condition, may
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.evacuation.models import Entry, Evacuation, Part
from anlan.respond.evacuation.models.roll import ORDINARY
from anlan.respond.evacuation.selectors.counting import Number, Tally, sums, tally
from anlan.respond.evacuation.selectors.gathering import town_of
from anlan.respond.evacuation.selectors.people import responsible
from anlan.respond.evacuation.selectors.terms import erased_on
from anlan.respond.evacuation.states import BATCH, UNPLACED, counts_as

VIEW = "evacuations.view"
#: Batches told of in a list, newest first.
MOST = 100


def parts_seen(actor: Actor, batch: Evacuation) -> "QuerySet[Part]":
    """Narrow the villages of a batch to those the actor may see."""
    wanted = condition(actor, VIEW)
    rows = batch.parts.all()
    if wanted is None:
        return rows
    return rows.filter(wanted) if wanted else rows.none()


def seen(actor: Actor, evacuation: str) -> Evacuation:
    """Find a batch of which the actor may see the whole or a village; `Missing` else."""
    batch = Evacuation.objects.select_related("region").filter(pk=evacuation).first()
    if batch is not None and (
        may(actor, VIEW, batch.region_id) or parts_seen(actor, batch).exists()
    ):
        return batch
    raise Missing("没有这个转移批次")


def listed(actor: Actor, *, case: str = "", state: str = "") -> list[dict[str, Any]]:
    """List the batches the actor may see something of, newest first, with their sums."""
    whole, parts = condition(actor, VIEW), condition(actor, VIEW, "parts__region_id")
    rows = Evacuation.objects.all()
    if whole is not None:
        rows = rows.filter((whole or Q(pk__in=())) | (parts or Q(pk__in=()))).distinct()
    if case:
        rows = rows.filter(case=case)
    if state:
        rows = rows.filter(state=state)
    batches = list(rows.select_related("region").order_by("-id")[:MOST])
    mine = condition(actor, VIEW, "part__region_id")
    entries = Entry.objects.filter(evacuation__in=batches)
    if mine is not None:
        entries = entries.filter(mine or Q(pk__in=()))
    counted: dict[str, dict[str, Number]] = defaultdict(dict)
    grouped = entries.values_list("evacuation_id", "state").order_by().annotate(
        n=Sum("people"), missing=Count("pk", filter=Q(people=None))
    )  # fmt: skip
    for pk, code, people, unknown in grouped:
        counted[pk][code] = Number(people or 0, unknown)
    names = permissions.names_of({ref for one in batches for ref in _who(one)})
    return [{**_row(one, names), "sums": sums([counted[one.pk]]).told()} for one in batches]


def _who(one: Evacuation) -> tuple[str, ...]:
    return one.created_by, one.ordered_by, one.closed_by


def _row(one: Evacuation, names: Mapping[str, str]) -> dict[str, Any]:
    state = BATCH[one.state]
    table = codes.table("hazards")
    return {
        "id": one.pk, "title": one.title, "region": one.region_id,
        "region_name": one.region.name, "hazards": one.hazards,
        "hazards_label": [table.name(key) for key in one.hazards],
        "hazards_label_en": [table.name(key, "en") for key in one.hazards],
        "case": one.case, "run": one.run, "response": one.response, "state": one.state,
        "state_label": state.label, "state_label_en": state.label_en, "tone": state.tone,
        "expected_at": one.expected_at, "latest_at": one.latest_at, "note": one.note,
        "created_at": one.created_at, "created_by_name": names.get(one.created_by, ""),
        "ordered_at": one.ordered_at, "ordered_by_name": names.get(one.ordered_by, ""),
        "closed_at": one.closed_at, "closed_by_name": names.get(one.closed_by, ""),
        "erased_at": one.erased_at, "erased_on": erased_on(one),
    }  # fmt: skip


def one(actor: Actor, evacuation: str, at: datetime | None = None) -> dict[str, Any]:
    """Read a batch with its numbers by township and village, now or as known at a moment."""
    batch = seen(actor, evacuation)
    parts = list(parts_seen(actor, batch).order_by("region_id"))
    draft = batch.state in ("building", "draft")
    counted = _drafted(batch) if draft else tally(batch.pk, at)
    mine = [counted.get(one.region_id, {}) for one in parts]
    names = permissions.names_of({*_who(batch), *(one.lifted_by for one in parts)})
    return {
        **_row(batch, names), "sums": sums(mine).told(),
        "villages": _villages(parts, counted, names), "townships": _townships(parts, counted),
        "gaps": _gaps(parts, batch), "verbs": _verbs(actor, batch), "states": _states(),
        "whole": may(actor, VIEW, batch.region_id), "at": at, "as_of": clock.now(),
    }  # fmt: skip


def _drafted(batch: Evacuation) -> Tally:
    """Count a list that was not ordered yet: whom it would have leave."""
    found: Tally = defaultdict(dict)
    grouped = batch.entries.values_list("part__region_id", "state").order_by().annotate(
        n=Sum("people"), missing=Count("pk", filter=Q(people=None))
    )  # fmt: skip
    for region, state, people, unknown in grouped:
        found[region][state] = Number(people or 0, unknown)
    return found


def _villages(
    parts: Sequence[Part], counted: Tally, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    places = regions.names([*(one.region_id for one in parts), *_towns(parts)])
    leads = responsible({one.lead_id or "" for one in parts})
    pending = [state for state, kind in counts_as().items() if kind == "pending"]
    urgent = dict(
        Entry.objects.filter(part__in=parts, urgency__lt=ORDINARY, state__in=pending)
        .order_by().values_list("part_id").annotate(Sum("people"))
    )  # fmt: skip
    now = clock.now()
    rules = codes.table("evacuation-rules")
    found = []
    for one in parts:
        rule = rules.get(one.rule)
        told = sums([counted.get(one.region_id, {})])
        late = one.latest_at is not None and one.latest_at < now and bool(told.parts["pending"])
        found.append(
            {
                "region": one.region_id, "name": places.get(one.region_id, one.region_id),
                "township": town_of(one.region_id),
                "township_name": places.get(town_of(one.region_id), ""),
                "sums": told.told(), "urgent": urgent.get(one.pk) or 0,
                "lead": leads.get(one.lead_id or ""), "expected_at": one.expected_at,
                "latest_at": one.latest_at, "rule": one.rule or None,
                "rule_source": rule.source if rule else "",
                "rule_confidence": rule.confidence if rule else "", "late": late,
                "flooded": one.flooded, "lifted_at": one.lifted_at,
                "lifted_by_name": names.get(one.lifted_by, ""),
            }
        )  # fmt: skip
    return found


def _towns(parts: Sequence[Part]) -> set[str]:
    return {town_of(one.region_id) for one in parts}


def _townships(parts: Sequence[Part], counted: Tally) -> list[dict[str, Any]]:
    by_town: dict[str, list[Mapping[str, Number]]] = defaultdict(list)
    for one in parts:
        by_town[town_of(one.region_id)].append(counted.get(one.region_id, {}))
    places = regions.names(by_town)
    return [
        {"region": code, "name": places.get(code, code), "villages": len(some),
         "sums": sums(some).told()}
        for code, some in sorted(by_town.items())
    ]  # fmt: skip


def _gaps(parts: Sequence[Part], batch: Evacuation) -> dict[str, Any]:
    """Say what is missing: villages nobody answers for, without a time, people without a place."""
    rows = Entry.objects.filter(part__in=parts, evacuation=batch).exclude(unplaced="")
    grouped = rows.order_by().values_list("unplaced").annotate(
        n=Sum("people"), missing=Count("pk", filter=Q(people=None))
    )  # fmt: skip
    unplaced = {code: Number(people or 0, unknown) for code, people, unknown in grouped}
    return {
        "without_lead": sum(one.lead_id is None for one in parts),
        "without_time": sum(one.latest_at is None for one in parts),
        "unplaced": [
            {"why": code, "label": UNPLACED[code][0], "label_en": UNPLACED[code][1],
             **number.told()}
            for code, number in sorted(unplaced.items())
        ],
    }  # fmt: skip


def _states() -> list[dict[str, Any]]:
    """List what may be ticked, with the reasons that go with it, as the tables say."""
    reasons: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in codes.table("evacuation-reasons"):
        reasons[row.text("of") or ""].append(
            {"code": row.code, "name": row.name, "name_en": row.name_en}
        )
    return [
        {
            "code": row.code, "name": row.name, "name_en": row.name_en,
            "ticked": bool(row.flag("ticked")), "reasons": reasons[row.text("reasons") or "-"],
        }
        for row in codes.table("evacuation-states")
    ]  # fmt: skip


def _verbs(actor: Actor, batch: Evacuation) -> list[str]:
    """List what the actor may do with a batch now."""
    offered = {
        "build": ("draft", ("building", "draft")), "assign": ("draft", ("draft", "ordered")),
        "drop": ("draft", ("building", "draft")), "order": ("order", ("draft",)),
        "lift": ("lift", ("ordered",)), "close": ("lift", ("lifted",)),
        "erase": ("erase", ("closed",)),
    }  # fmt: skip
    found = [
        verb
        for verb, (action, states) in offered.items()
        if batch.state in states
        and may(actor, f"evacuations.{action}", batch.region_id)
        and not (verb == "erase" and batch.erased_at)
    ]
    if batch.state in ("ordered", "lifted") and may(actor, "evacuations.tick"):
        found.append("tick")
    return found
