"""Matters whose losses are counted: which one may see, who reports in them, what is owed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from anlan import codes
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post
from anlan.base.people.selectors.addressing import REPORTERS
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, prefixes, visible
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.kernel.errors import Invalid, Missing
from anlan.relief.deed_names import SUBJECT
from anlan.relief.models import LossMatter, LossReport
from anlan.relief.standing import KIND_OF

VIEW, FIGURES = "losses.view", "losses.figures"
FILL, SEND, OPEN, STEADY = "losses.fill", "losses.send", "losses.open", "losses.steady"
NO_MATTER = "没有这项灾情统计"
#: Levels of regions that report: a county's townships, a township's villages.
REPORTING = (Level.COUNTY, Level.TOWN, Level.VILLAGE)


def listed(actor: Actor, region: str = "") -> list[dict[str, Any]]:
    """List the matters the actor may see, open ones first, the latest first."""
    rows = visible(LossMatter.objects.all(), actor, VIEW, within=region)
    found = sorted(
        rows.select_related("region").order_by("-occurred_at", "-pk"),
        key=lambda one: one.closed_at is not None,
    )
    last = _last_numbers([one.pk for one in found])
    return [told(one) | last.get(one.pk, {}) for one in found]


def _last_numbers(matters: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Tell the newest report of each matter's own county."""
    rows = LossReport.objects.filter(matter__in=matters).order_by("number")
    rows = rows.filter(region_id__in=LossMatter.objects.filter(pk__in=matters).values("region_id"))
    values = rows.values_list("matter_id", "number", "phase", "reported_at", "sent_at")
    return {
        matter: {"number": number, "phase": phase, "reported_at": at, "sent_at": sent}
        for matter, number, phase, at, sent in values
    }


def told(row: LossMatter) -> dict[str, Any]:
    """Tell a matter as lists do."""
    hazard = codes.hazards().get(row.hazard)
    return {
        "id": row.pk, "code": row.code, "title": row.title, "case": row.case,
        "region": row.region_id, "region_name": row.region.name, "hazard": row.hazard,
        "hazard_label": hazard.name if hazard else row.hazard,
        "hazard_label_en": hazard.name_en if hazard else row.hazard,
        "occurred_at": row.occurred_at, "opened_at": row.opened_at, "steady_at": row.steady_at,
        "closed_at": row.closed_at,
    }  # fmt: skip


def seen(actor: Actor, matter: str) -> LossMatter:
    """Find a matter the actor may see."""
    row = LossMatter.objects.select_related("region").filter(pk=matter).first()
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing(NO_MATTER)
    return row


def place_in(matter: LossMatter, region: str) -> Region:
    """Find a region that reports in a matter: its county, a township or a village of it."""
    code = scope.normalise(region)
    row = Region.objects.filter(pk=code, valid_to=None, level__in=REPORTING).first()
    if row is None or not scope.covers(scope.prefix(matter.region_id), code):
        raise Invalid("这个地区不在这项统计之内", errors={"region": ["不在这项统计之内"]})
    return row


def own_place(actor: Actor, matter: LossMatter) -> str:
    """Tell the region of a matter that is the actor's own: the county, or the part they hold."""
    county = scope.prefix(matter.region_id)
    for held in prefixes(actor, FIGURES):
        if county.startswith(held):
            return matter.region_id
        if held.startswith(county):
            return scope.pad(held[: scope.LENGTHS[Level.VILLAGE - 1]])
    return ""


def below(region: Region) -> "QuerySet[Region]":
    """List the regions right below one that reports, in the order of their codes."""
    return Region.objects.filter(parent=region, valid_to=None, level__in=REPORTING).order_by("code")


def latest(
    matter: str, regions: "Sequence[str] | QuerySet[Region]", at: datetime | None = None
) -> dict[str, LossReport]:
    """Find the newest report of each region, as things stood at a moment (default now)."""
    rows = LossReport.objects.filter(matter=matter, region__in=regions).order_by("number")
    if at is not None:
        rows = rows.filter(reported_at__lte=at)
    return {row.region_id: row for row in rows}


def phase_of(matter: LossMatter, before: LossReport | None) -> str:
    """Tell which phase the next report of a region is of."""
    if matter.steady_at is not None:
        return "final"
    return "first" if before is None else "progress"


def debtor_of(region: str) -> str | None:
    """Find the post that reports the losses of a region: its information officer, else who can."""
    live = Post.objects.filter(region=region, role__in=REPORTERS, retired_at=None)
    rows = [(REPORTERS.index(role), rank, pk) for pk, role, rank in
            live.values_list("pk", "role", "rank")]  # fmt: skip
    return min(rows)[2] if rows else None


def subject_of(matter: str, region: str) -> str:
    """Name what a region owes of a matter: each settles its own only."""
    return f"{matter}:{region}"


def owed(matter: LossMatter, region: str) -> list[dict[str, Any]]:
    """List what is owed of a region: kind, until when, since when it is late."""
    rows = Obligation.objects.filter(
        kind__in=KIND_OF.values(), subject_kind=SUBJECT, subject=subject_of(matter.pk, region)
    ).order_by("issued_at")
    return [
        {
            "id": row.pk, "kind": row.kind, "title": row.title, "due": row.answer_due,
            "closed_at": row.closed_at, "lapsed_at": row.lapsed_at, "state": row.state,
        }
        for row in rows
    ]  # fmt: skip


def names(refs: Sequence[str]) -> dict[str, str]:
    """Name those who did something."""
    return permissions.names_of(set(refs))
