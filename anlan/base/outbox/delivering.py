"""Telling: each delivery's handler and its "done" mark in one transaction.

1. A worker claims deliveries, oldest first, by a conditional UPDATE with a lease. One that is
   waiting for its next try, or in another worker's hands, holds back the later ones of its case
   and handler, and nobody else's.
2. For each: mark it done (if it is still ours), run the handler, commit. Killed in between, the
   database forgets both, and the lease brings the delivery back.
   Fresh ones for a handler that takes many facts at once are told together, in one transaction,
   and so is one fact to all its handlers; if that fails, each is told alone, as below.
3. A handler that raises: the error text and the next try are written on the row; after
   `MOST_TRIES` it is parked for people to see, and what was behind it goes on.

A delivery that was tried before is claimed alone, so that one which kills its worker is found out
and does not use up the tries of its neighbours.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, groupby
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from anlan.base.jobs.running import LEASE, LONGEST_ERROR, explain
from anlan.base.outbox.models import Delivery
from anlan.base.outbox.services import read_event
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.kernel.events import handlers_of, takes_many
from anlan.kernel.ids import new_id

MOST_TRIES = 5
#: Waits after the first, second ... failed try.
WAITS_S = (0.5, 2.0, 8.0, 20.0)
#: Of what is told together in a storm, hundreds: each claim and each telling waits for the disk.
BATCH = 400
#: Stop with a batch when this much of its lease is used; the rest is given back.
PATIENCE_S = LEASE.total_seconds() / 2
#: Any number that is not the leader's: claims are made one after another (PostgreSQL).
CLAIM_LOCK = 0x6F7574626F78

log = logging.getLogger(__name__)


def deliver_due(most: int = BATCH) -> int:
    """Claim and deliver what is due; return how many deliveries ended (told or failed)."""
    if not _claimable().exists():
        return 0
    holder = new_id()
    ended, begun = 0, time.monotonic()
    held_back: set[tuple[str, str]] = set()
    claimed = _claim(holder, most)
    told = _deliver_together(claimed, holder)
    ended += len(told)
    left = [delivery for delivery in claimed if delivery.pk not in told]
    facts = [list(fact) for _, fact in groupby(left, attrgetter("event_id"))]
    for number, fact in enumerate(facts):
        if time.monotonic() - begun > PATIENCE_S:
            _give_back(holder, list(chain.from_iterable(facts[number:])))
            break
        lanes = {(delivery.handler, delivery.case) for delivery in fact}
        if not lanes & held_back and _tell_whole(fact, holder):
            ended += len(fact)
        else:
            ended += _tell_each(fact, holder, held_back)
    return ended


def _tell_each(fact: Sequence[Delivery], holder: str, held_back: set[tuple[str, str]]) -> int:
    """Tell the handlers of a fact one by one; a failure holds back what follows it in its lane."""
    ended = 0
    for delivery in fact:
        lane = (delivery.handler, delivery.case)
        if lane in held_back:
            _give_back(holder, [delivery])
            continue
        if not _deliver(delivery, holder) and delivery.case:
            held_back.add(lane)
        ended += 1
    return ended


def _claimable() -> QuerySet[Delivery]:
    now = clock.real_now()
    earlier = Delivery.objects.filter(
        state=Delivery.State.DUE,
        handler=OuterRef("handler"),
        case=OuterRef("case"),
        id__lt=OuterRef("id"),
        not_before__gt=now,
    )
    free = Delivery.objects.filter(state=Delivery.State.DUE, not_before__lte=now)
    return free.filter(Q(case="") | ~Exists(earlier)).order_by("id")


@transaction.atomic
def _claim(holder: str, most: int) -> list[Delivery]:
    if connection.vendor == "postgresql":
        # Two claims at once could each take half of a lane and tell it out of order; a claim is a
        # matter of a millisecond, so they queue.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
    chosen = _chosen(list(_claimable().select_related("event")[:most]))
    ids = [delivery.pk for delivery in chosen]
    Delivery.objects.filter(pk__in=ids, state=Delivery.State.DUE).update(
        holder=holder, not_before=clock.real_now() + LEASE, tries=F("tries") + 1
    )
    for delivery in chosen:
        delivery.tries += 1
    return chosen


def _chosen(found: Sequence[Delivery]) -> list[Delivery]:
    """Take the oldest alone when it was tried before; else everything fresh whose lane is free."""
    if found and found[0].tries:
        return [found[0]]
    chosen, tried = [], set()
    for delivery in found:
        lane = (delivery.handler, delivery.case)
        if delivery.tries:
            tried.add(lane)
        elif not delivery.case or lane not in tried:
            chosen.append(delivery)
    return chosen


def _deliver_together(claimed: Sequence[Delivery], holder: str) -> set[int]:
    """Tell each handler that takes many what is fresh for it; return the deliveries told."""
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in claimed:
        handler = handlers_of(delivery.event.kind).get(delivery.handler)
        if delivery.tries == 1 and handler is not None and takes_many(handler):
            groups[delivery.handler].append(delivery)
    told: set[int] = set()
    for group in groups.values():
        if len(group) > 1 and _tell_group(group, holder):
            told |= {delivery.pk for delivery in group}
    return told


def _tell_whole(fact: Sequence[Delivery], holder: str) -> bool:
    """Tell all handlers of one fresh fact in one transaction; False when nothing of it came about.

    Not where one was tried before: that one may be what kills its worker.
    """
    if len(fact) == 1 or any(delivery.tries > 1 for delivery in fact):
        return False
    try:
        with transaction.atomic():
            _take_all(fact, holder)
            for delivery in fact:
                _handle(delivery)
    except Exception as error:  # noqa: BLE001 - each alone shows whose fault it is, on its row
        log.warning("%s handlers of %s failed: %s", len(fact), fact[0].event, explain(error))
        return False
    return True


def _tell_group(group: Sequence[Delivery], holder: str) -> bool:
    """Tell a handler a group of facts in one transaction; False when nothing of it came about."""
    handler = handlers_of(group[0].event.kind)[group[0].handler]
    try:
        with transaction.atomic():
            _take_all(group, holder)
            handler([read_event(delivery.event) for delivery in group])
    except Exception as error:  # noqa: BLE001 - each alone shows whose fault it is, on its row
        log.warning("%s for %s facts at once failed: %s", group[0], len(group), explain(error))
        return False
    return True


def _take_all(group: Sequence[Delivery], holder: str) -> None:
    if _take([delivery.pk for delivery in group], holder) != len(group):
        raise Conflict("another worker has some of them")


def _take(deliveries: Sequence[int], holder: str) -> int:
    """Mark as done what is still ours; return how many were."""
    return Delivery.objects.filter(
        pk__in=deliveries, holder=holder, state=Delivery.State.DUE
    ).update(state=Delivery.State.DONE, done_at=clock.real_now(), error="", holder="")


def _deliver(delivery: Delivery, holder: str) -> bool:
    """Tell one handler; False when it failed and will be tried again."""
    if delivery.tries > MOST_TRIES:
        _park(delivery, holder, f"处理时进程中断，已试 {MOST_TRIES} 次")
        return True
    try:
        with transaction.atomic():
            if _take([delivery.pk], holder):
                _handle(delivery)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept on its row
        return _note_failure(delivery, holder, error)
    return True


def _handle(delivery: Delivery) -> None:
    handler = handlers_of(delivery.event.kind).get(delivery.handler)
    if handler is None:
        raise Missing(f"没有处理函数 {delivery.handler}")
    event = read_event(delivery.event)
    handler([event] if takes_many(handler) else event)


def _note_failure(delivery: Delivery, holder: str, error: Exception) -> bool:
    text = explain(error)
    log.warning("%s failed, try %s: %s", delivery, delivery.tries, text)
    if delivery.tries >= MOST_TRIES:
        _park(delivery, holder, text)
        return True
    again = clock.real_now() + timedelta(seconds=WAITS_S[delivery.tries - 1])
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, holder=holder).update(
            holder="", not_before=again, error=text[-LONGEST_ERROR:]
        )
    return False


@transaction.atomic
def _park(delivery: Delivery, holder: str, text: str) -> None:
    Delivery.objects.filter(pk=delivery.pk, holder=holder, state=Delivery.State.DUE).update(
        state=Delivery.State.PARKED, holder="", error=text[-LONGEST_ERROR:]
    )


@transaction.atomic
def _give_back(holder: str, deliveries: Sequence[Delivery]) -> None:
    ids = [delivery.pk for delivery in deliveries]
    Delivery.objects.filter(pk__in=ids, holder=holder, state=Delivery.State.DUE).update(
        holder="", not_before=clock.real_now(), tries=F("tries") - 1
    )
