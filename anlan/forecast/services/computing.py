"""Taking runs from the queue and ending them: by conditional UPDATEs, with leases on real time.

A run whose process died is found by its lease and begins again; the second time it has failed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from anlan.base.permissions.actor import system
from anlan.forecast.declaration import shelf
from anlan.forecast.models import Run
from anlan.forecast.services import owing
from anlan.forecast.services.telling import note
from anlan.kernel import clock

LEASE: Final = timedelta(seconds=20)
MOST_TRIES: Final = 2
LONGEST_REASON: Final = 500
MOST_LOOKED_AT: Final = 50
#: Kind of input -> engine whose runs give it.
FED_BY: Final = {"surge-series": "surge", "rain-forecast": "typhoon-ensemble"}
BY = system("forecast")


def take_run(*, holder: str) -> Run | None:
    """Take the next run: those a person waits for first, then by age; None when none may begin.

    A run waits for those of its own base, asked for before it, that its inputs come from.
    """
    waiting = Run.objects.filter(state="queued").order_by("how", "asked_at", "id")[:MOST_LOOKED_AT]
    for row in waiting:  # "hand" sorts before "schedule"
        if _waits_for_another(row):
            continue
        with transaction.atomic():
            mine = Run.objects.filter(pk=row.pk, state="queued").update(
                state="running", holder=holder, lease_until=clock.real_now() + LEASE,
                started_at=clock.now(), tries=F("tries") + 1, reason="", progress=None,
                version=F("version") + 1,
            )  # fmt: skip
        if mine:
            return Run.objects.get(pk=row.pk)
    return None


def _waits_for_another(row: Run) -> bool:
    model = shelf().models().get(row.model)
    engines = {FED_BY[one.kind] for one in (model.inputs if model else ()) if one.kind in FED_BY}
    if not engines:
        return False
    before = Run.objects.filter(
        engine__in=engines, region=row.region_id, based_at=row.based_at, id__lt=row.pk,
        state__in=("queued", "running"),
    )  # fmt: skip
    return before.exists()


def renew(*, holder: str, progress: Mapping[str, float | None]) -> set[str]:
    """Prolong the leases of runs that are computed here; returns those that shall stop.

    A run that another holder took over counts as one that shall stop.
    """
    until = clock.real_now() + LEASE
    mine = Run.objects.filter(holder=holder, state="running", pk__in=list(progress))
    going = dict(mine.values_list("pk", "stop_asked"))
    for pk, done in progress.items():
        if pk in going:
            changes = {"lease_until": until} if done is None else {
                "lease_until": until, "progress": done
            }  # fmt: skip
            mine.filter(pk=pk).update(**changes)
    return {pk for pk in progress if going.get(pk, True)}


def find_lost() -> int:
    """Give runs whose process fell silent back to the queue, or say that they failed."""
    lost = Run.objects.filter(state="running", ended_at=None).filter(
        Q(lease_until__lt=clock.real_now()) | Q(lease_until=None)
    )
    found = 0
    for row in lost:
        again = row.tries < MOST_TRIES and not row.stop_asked
        reason = (
            f"计算进程中断，第 {row.tries} 次，重新排队"
            if again
            else f"计算进程中断，第 {row.tries} 次，不再重试"
        )
        with transaction.atomic():
            same = Run.objects.filter(
                pk=row.pk, state="running", holder=row.holder, lease_until=row.lease_until
            )
            if again:
                changed = same.update(
                    state="queued", holder="", lease_until=None, reason=reason,
                    version=F("version") + 1,
                )  # fmt: skip
            else:
                changed = same.update(
                    state="stopped" if row.stop_asked else "failed", ended_at=clock.now(),
                    reason=reason, holder="", lease_until=None, version=F("version") + 1,
                )  # fmt: skip
            if changed:
                note(row, "failed", BY, {"reason": reason, "again": again})
            if changed and not again and not row.stop_asked:
                owing.owe_look(run=row, reason=reason, by=BY)
        found += changed
    return found


def fail_run(*, run: Run, reason: str) -> None:
    """End a run that is computed here without a result, with why."""
    _end(run, "failed", "failed", reason)


def end_stopped(*, run: Run, reason: str = "按要求停止") -> None:
    """End a run that is computed here because somebody stopped it."""
    _end(run, "stopped", "failed", reason)


def give_back(*, run: Run, reason: str) -> None:
    """Put a run back into the queue: this process ends. It does not count as a try."""
    Run.objects.filter(pk=run.pk, state="running", holder=run.holder).update(
        state="queued", holder="", lease_until=None, tries=F("tries") - 1, reason=reason,
        version=F("version") + 1,
    )  # fmt: skip


def _end(run: Run, state: str, verb: str, reason: str) -> None:
    with transaction.atomic():
        ended = Run.objects.filter(pk=run.pk, state="running", holder=run.holder).update(
            state=state, reason=reason[:LONGEST_REASON], ended_at=clock.now(), holder="",
            lease_until=None, version=F("version") + 1,
        )  # fmt: skip
        if ended:
            note(run, verb, BY, {"reason": reason[:LONGEST_REASON]})
        if ended and state == "failed":
            owing.owe_look(run=run, reason=reason, by=BY)
