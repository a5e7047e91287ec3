"""Packs as the page of a response shows them: how far each is, who printed it, why it failed."""

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.base.jobs.models import Job
from anlan.base.obligations.models import Obligation
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit
from anlan.base.regions import scope
from anlan.base.regions import selectors as regions
from anlan.base.regions.models import Level
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.respond.papers import deed_names
from anlan.respond.papers.models import Pack
from anlan.respond.papers.states import PRINT, STATES, WHYS
from anlan.respond.responses.models import Response

VIEW = "papers.view"
TOWN_LENGTH = scope.LENGTHS[Level.TOWN - 1]


def listed(actor: Actor, response: str) -> dict[str, Any]:
    """List the packs of a response, the latest first, and what the actor may do."""
    permit(actor, VIEW)
    row = Response.objects.filter(pk=response).first()
    if row is None or not (may(actor, VIEW, row.region_id) or _own_towns(actor, row)):
        raise Missing("没有这个响应")
    packs = list(Pack.objects.filter(response=row).defer("named").order_by("-number"))
    jobs = {one.pk: one for one in Job.objects.filter(pk__in=[pack.job for pack in packs])}
    names = permissions.names_of({ref for one in packs for ref in (one.asked_by, one.printed_by)})
    owed = _owed(packs)
    return {
        "items": [
            _pack(one, (jobs.get(one.job), owed.get(one.pk)), names, is_newest=place == 0)
            for place, one in enumerate(packs)
        ],
        "may": {
            "make": row.ended_at is None and may(actor, "papers.make", row.region_id),
            "take": may(actor, "papers.take", row.region_id),
        },
        "towns": [] if may(actor, "papers.take", row.region_id) else _own_towns(actor, row),
        "as_of": clock.now(),
    }


def _own_towns(actor: Actor, row: Response) -> list[dict[str, str]]:
    """List the actor's own townships where a response holds: their part is theirs to take."""
    code = scope.prefix(actor.region) if actor.region else ""
    if len(code) < TOWN_LENGTH:
        return []
    town = scope.pad(code[:TOWN_LENGTH])
    inside = any(scope.covers(scope.prefix(one), town) for one in row.regions)
    if not inside or not may(actor, "papers.take", town):
        return []
    return [{"region": town, "name": regions.names([town]).get(town, town)}]


def _owed(packs: Sequence[Pack]) -> dict[str, Obligation]:
    rows = Obligation.objects.filter(
        kind=PRINT, subject_kind=deed_names.PACK, subject__in=[one.pk for one in packs]
    ).select_related("debtor")
    return {row.subject: row for row in rows}


def _pack(
    one: Pack,
    around: tuple[Job | None, Obligation | None],
    names: Mapping[str, str],
    *,
    is_newest: bool,
) -> dict[str, Any]:
    job, owed = around
    state = state_of(one, job)
    if state == "made" and not is_newest:
        state = "superseded"
    return {
        "id": one.pk, "number": one.number, "why": one.why, "why_label": WHYS[one.why][0],
        "why_label_en": WHYS[one.why][1], "stage_title": one.stage_title, "state": state,
        "state_label": STATES[state][0], "state_label_en": STATES[state][1],
        "progress": job.progress if job and state == "making" else None,
        "error": _reason(job) if state in ("failed", "retrying") else "",
        "asked_at": one.asked_at, "asked_by_name": names.get(one.asked_by, one.asked_by),
        "made_at": one.made_at, "size": one.size, "sm3": one.digest, "counts": one.counts,
        "printed_at": one.printed_at, "printed_by_name": names.get(one.printed_by, one.printed_by),
        "destroyed_at": one.destroyed_at,
        "obligation": owed.pk if owed else None, "post_title": owed.debtor.title if owed else None,
        "due_at": owed.answer_due if owed and owed.closed_at is None else None,
        "late": bool(owed and owed.closed_at is None and owed.lapsed_at),
    }  # fmt: skip


def state_of(one: Pack, job: Job | None) -> str:
    """Tell how a pack stands: made or not, by the job that makes it."""
    if one.destroyed_at is not None:
        return "destroyed"
    if one.made_at is not None:
        return "printed" if one.printed_at else "made"
    if job is None or job.state in (Job.State.FAILED, Job.State.DROPPED):
        return "failed"
    return "retrying" if job.error and job.state == Job.State.WAITING else "making"


def _reason(job: Job | None) -> str:
    """Tell the last line of why a job failed: the rest is for the page of what is stuck."""
    lines = [line for line in (job.error if job else "").splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
