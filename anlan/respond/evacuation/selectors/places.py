"""What there is to choose from: shelters with their room, hazards, signed runs."""

from typing import Any

from django.db.models import Q

from anlan import codes
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import visible
from anlan.base.places.models import DangerZone
from anlan.forecast.selectors.rows import seen_runs
from anlan.kernel import clock
from anlan.respond.evacuation.selectors.gathering import SAFE
from anlan.respond.evacuation.selectors.pages import seen
from anlan.respond.evacuation.selectors.shelters import in_reach, occupancy

#: Signed runs offered, newest first.
RUNS = 20


def shelters(actor: Actor, evacuation: str, *, all_: bool = False) -> dict[str, Any]:
    """List shelters of a batch, or all of its county: what they hold, and how much room is left."""
    batch = seen(actor, evacuation)
    rows = visible(in_reach(batch), actor, "shelters.view")
    if not all_:
        used = batch.entries.exclude(shelter=None, inside=None)
        rows = rows.filter(Q(pk__in=used.values("shelter")) | Q(pk__in=used.values("inside")))
    return {"items": occupancy(batch, rows), "as_of": clock.now()}


def choices(actor: Actor) -> dict[str, Any]:
    """List the hazards that danger zones in reach name, and runs that have villages leave."""
    zones = visible(DangerZone.objects.filter(retired_at=None), actor, "danger-zones.view")
    named: dict[str, int] = {}
    for hazards in zones.exclude(status__in=SAFE).values_list("hazards", flat=True):
        for key in hazards:
            named[key] = named.get(key, 0) + 1
    table = codes.table("hazards")
    runs = seen_runs(actor).filter(signing="approved").filter(
        Q(villages__stage="move") | Q(villages__depth__gt=0)
    )  # fmt: skip
    return {
        "hazards": [
            {"code": row.code, "name": row.name, "name_en": row.name_en, "zones": named[row.code]}
            for row in table
            if row.code in named
        ],
        "runs": [
            {"id": run.pk, "title": run.title, "hazard": run.hazard, "based_at": run.based_at}
            for run in runs.distinct().order_by("-based_at")[:RUNS]
        ],
        "as_of": clock.now(),
    }
