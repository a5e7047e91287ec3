"""Saved views: one's own, and those shared in one's region or above."""

from typing import Any

from django.db.models import Q

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.permissions.selectors import names_of
from anlan.base.regions import scope
from anlan.govern.atlas.models import SavedView
from anlan.govern.atlas.selectors.layers import VIEW


def views(actor: Actor) -> list[dict[str, Any]]:
    """List the views one may open, one's own first."""
    permit(actor, VIEW)
    shown = Q(owner=actor.user_id) if actor.user_id else Q(pk__in=())
    if actor.region:
        above = {actor.region, *scope.ancestors(scope.prefix(actor.region))}
        shown |= Q(shared=True, region__in=above)
    rows = list(SavedView.objects.filter(shown).order_by("name", "pk"))
    names = names_of({f"user:{one.owner_id}" for one in rows})
    found = [
        {
            "id": one.pk, "name": one.name, "query": one.query, "shared": one.shared,
            "mine": one.owner_id == actor.user_id, "by_name": names.get(f"user:{one.owner_id}", ""),
            "saved_at": one.saved_at,
        }
        for one in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one["mine"])
