"""Tests of the numbers: how many were reached, and the list of those that reach nobody."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from anlan.base.people.models import Post
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.regions.models import Region
from anlan.comms.channels import channel_of
from anlan.comms.models import Message, Readiness, ReadinessPlan
from anlan.comms.reasons import NO_RECEIPT
from anlan.comms.rights import VIEW
from anlan.comms.selectors.facts import channel_labels, names_for, reason_labels
from anlan.comms.states import LIFECYCLE
from anlan.kernel import clock
from anlan.kernel.errors import Missing

PURPOSE = "readiness"
SIZE, MOST = 50, 5000


def runs(actor: Actor, *, page: int = 1) -> dict[str, Any]:
    """List tests, the newest first, and what is planned."""
    rows = visible(Readiness.objects.all(), actor, VIEW, "region")
    start = (max(page, 1) - 1) * SIZE
    found = list(rows.order_by("-id")[start : start + SIZE])
    plans = visible(ReadinessPlan.objects.filter(ended_at=None), actor, VIEW, "region")
    planned = list(plans.order_by("next_at"))
    regions = _regions([one.region for one in found] + [one.region for one in planned])
    return {
        "items": _described(found, regions),
        "plans": [
            {
                "id": one.pk, "title": one.title, "every_days": one.every_days,
                "next_at": one.next_at, "region": one.region,
                "region_name": regions.get(one.region, ""), **channel_labels(one.channel),
            }
            for one in planned
        ],
        "total": rows.count(),
        "page": page,
        "size": SIZE,
        "as_of": clock.now(),
    }  # fmt: skip


def run(actor: Actor, pk: str) -> dict[str, Any]:
    """Read one test: whom it did not reach and why, and the posts nobody holds."""
    row = Readiness.objects.filter(pk=pk).first()
    if row is None or not may(actor, VIEW, row.region):
        raise Missing("没有这次测试")
    vacant = Post.objects.filter(pk__in=row.vacant).order_by("region_id", "rank", "id")
    return {
        **_described([row], _regions([row.region]))[0],
        "unreached": _unreached(row),
        "vacant_posts": [
            {"post": one, "post_title": title, "region": code, "region_name": name}
            for one, title, code, name in vacant.values_list(
                "pk", "title", "region_id", "region__name"
            )
        ],
    }


def _regions(codes: Sequence[str]) -> dict[str, str]:
    return dict(Region.objects.filter(code__in=set(codes)).values_list("code", "name"))


def _described(rows: Sequence[Readiness], regions: dict[str, str]) -> list[dict[str, Any]]:
    states = _states([row.pk for row in rows])
    names = permissions.names_of({row.began_by for row in rows})
    items = []
    for row in rows:
        counts = states.get(row.pk, {})
        channel = channel_of(row.channel)
        reached = sum(n for state, n in counts.items() if channel.reaches(state))
        failed = sum(counts.get(state, 0) for state in ("failed", "expired", "cancelled"))
        tried = sum(counts.values())
        items.append(
            {
                "id": row.pk,
                "title": row.title,
                "region": row.region,
                "region_name": regions.get(row.region, ""),
                "roles": row.roles,
                **channel_labels(row.channel),
                "began_at": row.began_at,
                "began_by_name": names.get(row.began_by, ""),
                "closes_at": row.closes_at,
                "ended_at": row.ended_at,
                "tried": tried,
                "reached": reached,
                "failed": failed,
                "waiting": tried - reached - failed,
                "vacant": len(row.vacant),
            }
        )
    return items


def _states(ids: Sequence[str]) -> dict[str, dict[str, int]]:
    rows = Message.objects.filter(purpose_kind=PURPOSE, purpose__in=ids).order_by()
    found: dict[str, dict[str, int]] = {}
    for pk, state, n in rows.values_list("purpose", "state").annotate(n=Count("pk")):
        found.setdefault(pk, {})[state] = n
    return found


def _unreached(row: Readiness) -> list[dict[str, Any]]:
    """List who was not reached: what failed now, and what proved nothing once the time is over."""
    channel = channel_of(row.channel)
    over = row.ended_at is not None or row.closes_at <= clock.now()
    wanted = ["failed"]
    if over:
        wanted = [state.code for state in LIFECYCLE.states if not channel.reaches(state.code)]
    rows = list(
        Message.objects.filter(purpose_kind=PURPOSE, purpose=row.pk, state__in=wanted)
        .order_by("region", "id")[:MOST]
    )  # fmt: skip
    names = names_for(rows)
    return [
        {
            "message": one.pk,
            "post": one.post,
            "post_title": names.posts.get(one.post, ("", ""))[0],
            "person": one.person,
            "person_name": names.persons.get(one.person, ""),
            "phone_masked": names.masked.get(one.phone, ""),
            "region": one.region,
            "region_name": names.regions.get(one.region, ""),
            **reason_labels(one.reason or NO_RECEIPT),
        }
        for one in rows
    ]
