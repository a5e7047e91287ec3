"""One press calls the silent: whoever has not answered is called at once, beside the ladder.

The ladder goes on as it was: a press neither spares a rung nor delays one.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max

from anlan.base.obligations.models import Obligation
from anlan.base.people import selectors as people
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit
from anlan.base.regions import scope
from anlan.comms.channels import channel_of
from anlan.comms.reasons import VACANT
from anlan.comms.services import Draft, join_drafts, queue_messages
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Missing
from anlan.warn.callrules import KIND
from anlan.warn.models import Alert, CallPress, CallRound
from anlan.warn.services.calls.rounds import lock_chain, note

CHANNELS = ("sms", "voice")
#: Before everything else that waits: somebody asked for it this moment.
PRIORITY = 0
#: The same region is not called again by hand sooner than this.
PAUSE = timedelta(minutes=1)
BATCH = 1000

Owed = tuple[str, str, str, int]


def call_silent(*, alert: str, region: str, by: Actor) -> int:
    """Call everybody of a region who has not answered, now; returns how many posts.

    Raises `Forbidden` outside the caller's regions, `Conflict` when nobody is silent or when they
    were called by hand a moment ago.
    """
    permit(by, "calls.call", region)
    with transaction.atomic():
        row = Alert.objects.filter(pk=alert).first()
        if row is None:
            raise Missing("没有这个预警")
        lock_chain(row.root)
        silent = _silent(row.root, region)
        if not silent:
            raise Conflict("这里没有未应的岗位")
        press = _press(row.root, region, len(silent), by)
    drafts = join_drafts(list(_drafts(silent, row.case, press.number)), set())
    for start in range(0, len(drafts), BATCH):
        queue_messages(drafts=drafts[start : start + BATCH], by=by)
    return len(silent)


def _silent(root: str, region: str) -> list[Owed]:
    rounds = CallRound.objects.filter(root=root, ended_at=None).values_list("pk", flat=True)
    owed = Obligation.objects.filter(
        kind=KIND, subject_kind=KIND, subject__in=list(rounds), closed_at=None, answered_at=None,
        paused_at=None,
    )  # fmt: skip
    rows = scope.below(owed, region).order_by("region_id", "pk")
    return list(rows.values_list("pk", "debtor_id", "region_id", "rung"))


def _press(root: str, region: str, called: int, by: Actor) -> CallPress:
    now = clock.now()
    before = CallPress.objects.filter(root=root)
    if before.filter(region=region, at__gt=now - PAUSE).exists():
        raise Conflict("一分钟内刚补叫过，请稍候")
    last = before.aggregate(last=Max("number"))["last"] or 0
    press = CallPress(
        root=root, region_id=region, number=last + 1, at=now, by=by.ref, called=called
    )
    press.save(force_insert=True)
    newest = CallRound.objects.filter(root=root).order_by("-id")[0]
    note(newest, "pressed", by, {"press": press.number, "called": called}, region)
    return press


def _drafts(silent: Sequence[Owed], case: str, press: int) -> Iterator[Draft]:
    posts = {post for _, post, _, _ in silent}
    # In the order A, B, C of each post: whoever comes first is called, a deputy where A is vacant.
    holders = {held.post: held for held in reversed(people.holdings_on(posts))}
    for pk, post, region, rung in silent:
        held = holders.get(post)
        for name in CHANNELS:
            state, reason = ("manual", "") if channel_of(name).by_hand else ("queued", "")
            if held is None:
                state, reason = "failed", VACANT
            yield Draft(
                purpose=("obligation", pk), channel=name, region=region, kind=KIND, post=post,
                person=held.person if held else "", case=case, rung=rung, round=press,
                priority=PRIORITY, state=state, reason=reason,
            )  # fmt: skip
