"""Drafts that a signed forecast or a response asks for: proposed, never ordered.

A forecast has villages leave: a draft of them, once a run. Whoever is on a batch under way is left
out, so that a later run adds only who is new; a run that adds nobody leaves no draft.
"""

from anlan import codes
from anlan.base.permissions.actor import Actor, system
from anlan.forecast.events import ForecastApproved
from anlan.respond.evacuation.models import Evacuation
from anlan.respond.evacuation.selectors.deadlines import proposes
from anlan.respond.evacuation.services.batches import Ask, draft_evacuation, drop_evacuation
from anlan.respond.responses.events import ResponseStarted

EMPTY = "预报没有带来新的要转移的人"


def propose_from_forecast(*, event: ForecastApproved, by: Actor | None = None) -> str:
    """Draft a batch of the villages a signed run has leave; returns its id, "" when nobody is new.

    An older draft of the same matter that nobody has ordered is dropped: the newer run counts.
    """
    actor = by or system("respond")
    if not event.villages or not event.hazard:
        return ""
    once = f"run:{event.run}"
    known = Evacuation.objects.filter(once=once).exclude(state="building").first()
    if known is not None:
        return known.pk
    hazard = codes.table("hazards").name(event.hazard)
    batch = draft_evacuation(
        ask=Ask(
            title=f"{hazard}预报所指村转移", region=event.region, hazards=[event.hazard],
            run=event.run, case=event.case, once=once,
        ),
        by=actor,
    )  # fmt: skip
    row = Evacuation.objects.get(pk=batch)
    if not row.entries.exists():
        drop_evacuation(evacuation=batch, by=actor, reason=EMPTY)
        return ""
    _supersede(row, actor)
    return batch


def _supersede(newer: Evacuation, by: Actor) -> None:
    """Drop drafts of the same matter that we made from older runs and nobody took on."""
    if not newer.case:
        return
    older = Evacuation.objects.filter(
        case=newer.case, state="draft", once__startswith="run:", created_by=by.ref
    ).exclude(pk=newer.pk)
    for pk in list(older.values_list("pk", flat=True)):
        drop_evacuation(evacuation=pk, by=by, reason="有更新的预报")


def propose_from_response(*, event: ResponseStarted, by: Actor | None = None) -> str:
    """Draft the prepared lists of a response's hazards, where the table says so; returns its id."""
    actor = by or system("respond")
    hazards = [key for key in event.hazards if key in codes.hazards()]
    if not hazards or not proposes(hazards, event.level):
        return ""
    names = "、".join(codes.table("hazards").name(key) for key in hazards[:2])
    return draft_evacuation(
        ask=Ask(
            title=f"{names}响应：危险区名单转移", region=event.region, hazards=hazards,
            regions=event.regions, expected_at=event.expected_at, case=event.case,
            response=event.response, once=f"response:{event.response}",
        ),
        by=actor,
    )  # fmt: skip
