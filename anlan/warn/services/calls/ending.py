"""Ending calls: the alert is over, or its area shrank; and calling again while it holds.

Calls end of themselves only with the chain of alerts: cancelled, withdrawn or expired. Who had been
called is told that it is over, by one short message a person.
"""

from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import settle_these
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.regions import scope
from anlan.comms.models import Message
from anlan.comms.services import Draft, queue_messages
from anlan.comms.states import PROOFS
from anlan.kernel import clock
from anlan.warn.callrules import KIND
from anlan.warn.models import Alert, CallRound
from anlan.warn.selectors.callees import call_of
from anlan.warn.selectors.sparing import freed
from anlan.warn.services.calls.rounds import end_round, lock_chain, new_round, note

#: Purpose and wording of the message that says it is over.
OVER = "call-over"
OVER_CHANNEL = "sms"
#: Messages in these states have told, or may have told, somebody something.
TOLD = ("sending", "unknown", *PROOFS)
BATCH = 1000


def end_calls(*, alert: str, why: str, by: Actor) -> int:
    """End every call of the chain an alert belongs to; returns how many were still owed."""
    root = Alert.objects.values_list("root", flat=True).get(pk=alert)
    ended = 0
    for row in CallRound.objects.filter(root=root).order_by("id"):
        with transaction.atomic():
            lock_chain(root)
            fresh = CallRound.objects.filter(pk=row.pk, ended_at=None).exists()
            if fresh:
                note(row, "ended", by, {"why": why})
        ended += end_round(row, why, by=by)
    return ended


def drop_uncovered(row: CallRound, regions: Collection[str], *, by: Actor) -> int:
    """End the calls of a round in regions that the alert covers no longer; returns how many."""
    covered = [scope.prefix(code) for code in regions]
    above = {code for one in regions for code in scope.ancestors(one)}
    owed = Obligation.objects.filter(
        kind=KIND, subject_kind=KIND, subject=row.pk, closed_at=None
    ).values_list("pk", "region_id")
    gone = [
        pk
        for pk, region in owed
        if region not in above and not any(scope.covers(one, region) for one in covered)
    ]
    return settle_these(obligations=gone, by=by)


def tell_over(*, alert: str, by: Actor) -> int:
    """Tell everybody who had been called in its chain that an alert ended it; twice is once."""
    row = Alert.objects.get(pk=alert)
    rounds = list(CallRound.objects.filter(root=row.root).values_list("pk", flat=True))
    drafts = [
        Draft(
            purpose=(OVER, row.pk), channel=OVER_CHANNEL, region=region, kind=OVER, post=post,
            person=person, case=row.case,
        )
        for person, post, region in _told(rounds)
    ]  # fmt: skip
    for start in range(0, len(drafts), BATCH):
        queue_messages(drafts=drafts[start : start + BATCH], by=by)
    CallRound.objects.filter(pk__in=rounds, told_at=None).update(told_at=clock.now())
    return len(drafts)


def _told(rounds: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """List (person, post, region) of who was told: by a message, or saw it in their own list."""
    called = Obligation.objects.filter(kind=KIND, subject_kind=KIND, subject__in=list(rounds))
    seen: set[str] = set()
    messages = Message.objects.filter(
        purpose_kind="obligation", purpose__in=called.values("pk"), state__in=TOLD
    ).exclude(person="")
    for person, post, region in messages.order_by("id").values_list("person", "post", "region"):
        if person not in seen:
            seen.add(person)
            yield person, post, region
    looked = dict(
        called.filter(Q(reached_at__isnull=False) | Q(answered_at__isnull=False)).values_list(
            "debtor_id", "region_id"
        )
    )
    for held in people.holdings_on(looked):
        if held.rank == "A" and held.person not in seen:
            seen.add(held.person)
            yield held.person, held.post, looked[held.post]


def watch_calls(*, by: Actor) -> list[str]:
    """Begin the rounds that are due again, end those whose alert is over; returns what to fill.

    Also what is to be filled up: posts an alert spared that the other one calls no longer.
    """
    begun = [pk for row in _due() if (pk := _recall(row, by))]
    holds = Alert.objects.filter(root=OuterRef("root"), state="issued")
    over = CallRound.objects.filter(~Exists(holds), ended_at=None)
    for root in list(over.values_list("root", flat=True).distinct()):
        end_calls(alert=root, why="expired", by=by)
    return [*begun, *_filled_up()]


def _filled_up() -> Iterator[str]:
    """Let rounds be filled once more; whoever they call already is not called twice."""
    for row in list(freed()):
        open_ = CallRound.objects.filter(pk=row.pk, done_at=row.done_at, ended_at=None)
        if open_.update(done_at=None):
            yield row.pk


def _due() -> Iterator[CallRound]:
    return CallRound.objects.filter(recall_at__lte=clock.now()).order_by("id").iterator()


@transaction.atomic
def _recall(due: CallRound, by: Actor) -> str:
    """Call everybody of a round again, while the alert holds at its grade; returns the new one."""
    lock_chain(due.root)
    taken = CallRound.objects.filter(pk=due.pk, recall_at=due.recall_at).update(recall_at=None)
    standing = (
        Alert.objects.select_related("standing_order")
        .filter(root=due.root, state="issued")
        .order_by("-id")
        .first()
    )
    if not taken or standing is None:
        return ""
    call = call_of(standing)
    newer = CallRound.objects.filter(root=due.root, pk__gt=due.pk, anew=True).exists()
    if call.grade != due.grade or newer:
        return ""
    return new_round(standing, call, by=by, anew=True, recall=True).pk
