"""Standing orders and due responses as pages show them."""

from typing import Any

from anlan import codes
from anlan.base.permissions import selectors as permissions
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import may, visible
from anlan.base.regions import selectors as regions
from anlan.kernel import clock
from anlan.warn.competence import TABLE as ISSUERS
from anlan.warn.models import ResponseDue, StandingOrder
from anlan.warn.selectors.describing import responses_of

MOST = 500


def listed(actor: Actor, *, past: bool = False) -> list[dict[str, Any]]:
    """List standing orders in force, with `past` those over or revoked too."""
    now = clock.now()
    rows = visible(StandingOrder.objects.all(), actor, "alerts.draft")
    if not past:
        rows = rows.filter(revoked_at=None, until__gt=now)
    found = list(rows.order_by("-id")[:MOST])
    names = permissions.names_of({row.signed_by for row in found} | {r.revoked_by for r in found})
    places = regions.names({row.region_id for row in found})
    kinds, hazards = codes.table(ISSUERS), codes.table("hazards")
    return [
        {
            "id": row.pk, "title": row.title, "region": row.region_id,
            "region_name": places.get(row.region_id, row.region_id), "trigger": row.trigger,
            "kinds": [{"code": one, "label": kinds.name(one), "label_en": kinds.name(one, "en")}
                      for one in row.kinds],
            "hazards": [{"code": one, "label": hazards.name(one),
                         "label_en": hazards.name(one, "en")} for one in row.hazards],
            "level": row.level, "parts": row.parts, "minutes": row.minutes, "reason": row.reason,
            "signed_only": row.signed_only,
            "signed_at": row.signed_at, "signed_by_name": names.get(row.signed_by, row.signed_by),
            "since": row.since, "until": row.until, "revoked_at": row.revoked_at,
            "revoked_by_name": names.get(row.revoked_by, ""),
            "in_force": row.revoked_at is None and row.since <= now < row.until,
            "used": row.alerts.count(),
            "verbs": ["revoke"] if row.revoked_at is None
            and may(actor, "alerts.order", row.region_id) else [],
        }
        for row in found
    ]  # fmt: skip


def responses(actor: Actor, *, past: bool = False, region: str = "") -> list[dict[str, Any]]:
    """List what alerts ask for; with `past` what was answered or is over too."""
    rows = visible(ResponseDue.objects.all(), actor, "alerts.view", within=region)
    return responses_of(rows if past else rows.filter(closed_at=None), actor)
