"""What is stuck, and mending it."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from ninja import Router, Status

from anlan.base.door.asking import ApiRequest
from anlan.base.jobs.stuck import SOURCES, Stuck
from anlan.base.journal.services import record
from anlan.base.outbox import stuck as _events  # noqa: F401 - adds its source
from anlan.base.permissions import permit
from anlan.base.permissions import selectors as permissions

router = Router(tags=["stuck"])

#: The newest of each kind; who has more than these stuck mends a cause, not rows.
MOST = 200
#: Always in the answer, so that a page can rely on them; sends come with comms.
KINDS = ("events", "jobs", "sends")


@router.get("/stuck", summary="What is stuck")
def list_stuck(request: ApiRequest) -> dict[str, Any]:
    """List events, jobs and sends that nobody tries any more, with the reason of each."""
    permit(request.actor, "stuck.view")
    found = {key: SOURCES[key].list(MOST) for key in SOURCES}
    names = permissions.names_of(one.by for many in found.values() for one in many if one.by)
    answer: dict[str, Any] = {key: [] for key in KINDS}
    for key, things in found.items():
        answer[key] = [_shape(one, names) for one in things]
    counts = {key: SOURCES[key].count() for key in SOURCES}
    return {**answer, "counts": dict.fromkeys(KINDS, 0) | counts}


def _shape(one: Stuck, names: dict[str, str]) -> dict[str, Any]:
    return {**asdict(one), "by_name": names.get(one.by, "")}


@router.post("/stuck/{kind}/{thing}/retry", response={204: None}, summary="Try it again")
def retry_stuck(request: ApiRequest, kind: str, thing: str) -> Status[None]:
    """Let a stuck thing be tried again from the beginning."""
    permit(request.actor, "stuck.mend")
    with transaction.atomic():
        SOURCES[kind].retry(thing)
        record(deed="stuck.retried", by=request.actor, subject=(f"stuck-{kind}", thing))
    return Status(204, None)


@router.post("/stuck/{kind}/{thing}/drop", response={204: None}, summary="Give it up")
def drop_stuck(request: ApiRequest, kind: str, thing: str) -> Status[None]:
    """Give a stuck thing up for good; who did it stays in the journal."""
    permit(request.actor, "stuck.mend")
    with transaction.atomic():
        SOURCES[kind].drop(thing)
        record(deed="stuck.dropped", by=request.actor, subject=(f"stuck-{kind}", thing))
    return Status(204, None)
