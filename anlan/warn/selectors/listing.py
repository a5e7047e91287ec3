"""Alerts of ours as lists and pages show them: in force, in the making, over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from anlan.base.permissions.actor import Actor
from anlan.kernel import clock
from anlan.kernel.errors import Invalid
from anlan.warn.models import Alert
from anlan.warn.selectors.describing import describe
from anlan.warn.selectors.rows import seen_alerts
from anlan.warn.states import ALERT, UNSENT

MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a list of alerts is asked for; what is empty narrows nothing."""

    #: in-force | unsent (draft, review, approved) | over | all | one or several states.
    state: str = "in-force"
    region: str = ""
    hazard: str = ""
    level: str = ""
    kind: str = ""
    relayed: bool | None = None
    case: str = ""
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    size: int = 50


def listed(actor: Actor, query: Query) -> "QuerySet[Alert]":
    """Narrow alerts to what the actor may see and asks for."""
    rows = _state(seen_alerts(actor, within=query.region), query.state)
    exact = {
        "hazard__in": query.hazard.split(",") if query.hazard else None,
        "kind__in": query.kind.split(",") if query.kind else None,
        "case": query.case or None, "relayed": query.relayed,
        "drafted_at__gte": query.since, "drafted_at__lt": query.until,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if query.level:
        rows = rows.filter(levels(query.level))
    if query.q.strip():
        text = query.q.strip()
        rows = rows.filter(Q(title__icontains=text) | Q(text__icontains=text))
    return rows


def _state(rows: "QuerySet[Alert]", state: str) -> "QuerySet[Alert]":
    # In force is `ended_at` null and `issued_at` not: the indexes are conditioned on them.
    if state == "in-force":
        return rows.filter(ended_at=None, issued_at__isnull=False)
    if state == "unsent":
        return rows.filter(ended_at=None, issued_at=None)
    if state == "over":
        return rows.filter(ended_at__isnull=False)
    if state == "all":
        return rows
    wanted = state.split(",")
    if not set(wanted) <= {one.code for one in ALERT.states}:
        raise Invalid("state 不对", errors={"state": ["没有这个状态"]})
    return rows.filter(state__in=wanted)


def levels(text: str) -> Q:
    """Read levels as they are asked for: 1 to 4, 0 for those without."""
    wanted = text.split(",")
    if not set(wanted) <= {"0", "1", "2", "3", "4"}:
        raise Invalid("level 只能是 1 至 4，0 为不分级", errors={"level": ["没有这个级别"]})
    found = Q(level__in=[int(one) for one in wanted if one != "0"])
    return found | Q(level=None) if "0" in wanted else found


def page(actor: Actor, query: Query) -> dict[str, Any]:
    """Read one page, the newest first, with how many are in force and wait."""
    rows = listed(actor, query)
    size = min(max(query.size, 1), MOST)
    start = (max(query.page, 1) - 1) * size
    found = list(
        rows.defer("area").select_related("received").order_by("-id")[start : start + size]
    )
    total = len(found) if start == 0 and len(found) < size else rows.count()
    return {
        "items": describe(found, actor),
        "total": total,
        "counts": counts(actor, query.region),
        "page": query.page,
        "size": size,
        "as_of": clock.now(),
    }


def counts(actor: Actor, region: str = "") -> dict[str, Any]:
    """Count what is in force by level, and what is in the making by state."""
    rows = seen_alerts(actor, within=region).filter(ended_at=None)
    found = rows.order_by().values("state", "level").annotate(n=Count("pk"))
    told: dict[str, Any] = {"in_force": 0, **dict.fromkeys(UNSENT, 0)}
    by_level: dict[str, int] = {}
    for row in found:
        if row["state"] in UNSENT:
            told[row["state"]] += row["n"]
            continue
        told["in_force"] += row["n"]
        key = str(row["level"] or 0)
        by_level[key] = by_level.get(key, 0) + row["n"]
    return {**told, "by_level": by_level}
