"""Reviews as the pages show them: the list, and one with its delays and lessons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anlan.base.cases.selectors import members, root_of
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, permit, visible
from anlan.kernel import clock
from anlan.kernel.errors import Missing
from anlan.learn.models import Lesson, Review
from anlan.learn.selectors.delays import delays
from anlan.learn.states import ABOUT, LINKS, OPEN, STATES
from anlan.plans.selectors.steps import spec_at

VIEW, WRITE = "reviews.view", "reviews.write"
SIZE = 50


@dataclass(frozen=True)
class Wanted:
    """Which reviews: of a region, of one response, of a matter with all merged into it."""

    region: str = ""
    response: str = ""
    case: str = ""


ANY = Wanted()


def listed(actor: Actor, wanted: Wanted = ANY, page: int = 1) -> dict[str, Any]:
    """List reviews, the open ones first."""
    permit(actor, VIEW)
    rows = visible(Review.objects.all(), actor, VIEW, within=wanted.region)
    if wanted.response:
        rows = rows.filter(response=wanted.response)
    if wanted.case:
        rows = rows.filter(case__in=members(root_of(wanted.case)))
    start = (max(page, 1) - 1) * SIZE
    shown = rows.select_related("region", "response").order_by("finished_at", "-pk")
    return {
        "items": [_row(row) for row in shown[start : start + SIZE]],
        "total": rows.count(), "page": page, "size": SIZE, "as_of": clock.now(),
    }  # fmt: skip


def one(actor: Actor, review: str) -> dict[str, Any]:
    """Read a review; its delays as they are now, as they were then once it is finished."""
    row = (
        Review.objects.select_related("region", "response", "response__plan")
        .filter(pk=review)
        .first()
    )
    if row is None or not may(actor, VIEW, row.region_id):
        raise Missing("没有这次复盘")
    lessons = list(
        row.lessons.filter(struck_at=None).select_related("post", "obligation").order_by("pk")
    )
    names = permissions.names_of({row.finished_by, *(one.noted_by for one in lessons)} - {""})
    spec = spec_at(row.response.plan_id, row.response.version)
    writes = row.state == OPEN and may(actor, WRITE, row.region_id)
    return {
        **_row(row), "conclusion": row.conclusion, "turn": row.turn, "may_write": writes,
        "plan": row.response.plan_id, "plan_title": row.response.plan.title,
        "version": row.response.version, "finished_by_name": names.get(row.finished_by, ""),
        "lessons": [_lesson(one, names) for one in lessons],
        "delays": row.measured if row.measured is not None else delays(row.response),
        "about": [{"key": k, "label": zh, "label_en": en} for k, (zh, en) in ABOUT.items()],
        "links": [{"key": k, "label": zh, "label_en": en} for k, (zh, en) in LINKS.items()],
        "steps": _steps([(step.key, step.title) for step in spec.steps]),
        "as_of": row.finished_at if row.measured is not None else clock.now(),
    }  # fmt: skip


def _steps(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "title": title} for key, title in pairs]


def _row(row: Review) -> dict[str, Any]:
    zh, en = STATES[row.state]
    return {
        "id": row.pk, "title": row.title, "region": row.region_id,
        "region_name": row.region.name, "case": row.case, "state": row.state, "state_label": zh,
        "state_label_en": en, "response": row.response_id, "worst": row.response.worst,
        "started_at": row.response.started_at, "ended_at": row.response.ended_at,
        "opened_at": row.opened_at, "due_at": row.due_at, "obligation": row.obligation,
        "late": row.finished_at is None and row.due_at < clock.now(),
        "finished_at": row.finished_at,
    }  # fmt: skip


def _lesson(one: Lesson, names: dict[str, str]) -> dict[str, Any]:
    owed = one.obligation
    return {
        "id": one.pk, "about": one.about, "about_label": ABOUT[one.about][0],
        "about_label_en": ABOUT[one.about][1], "found": one.found, "advice": one.advice,
        "link": one.link, "step": one.step, "post": one.post_id,
        "post_title": one.post.title if one.post else "", "due_on": one.due_on,
        "revise": one.revise, "revision": one.revision,
        "noted_at": one.noted_at, "noted_by_name": names.get(one.noted_by, one.noted_by),
        "obligation": owed.pk if owed else "", "state": owed.state if owed else "",
        "closed_at": owed.closed_at if owed else None,
    }  # fmt: skip
