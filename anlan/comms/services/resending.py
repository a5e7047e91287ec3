"""Sending again what failed, once the cause is mended."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from anlan.base.jobs import wake
from anlan.base.journal.services import Deed, record_many
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.gate import permit, visible
from anlan.comms.channels import channel_of
from anlan.comms.deed_names import RESENT, TOPIC
from anlan.comms.models import Message
from anlan.comms.purposes import PURPOSES
from anlan.comms.rights import SEND
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid

#: What may be sent again: it failed, or nobody knows and nobody tries any more.
AGAIN = Q(state="failed") | Q(state="unknown", due_at=None)
MOST = 20_000
BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which messages are meant: by id, or all that failed for a reason through a channel."""

    messages: Collection[str] = ()
    channel: str = ""
    reason: str = ""
    case: str = ""
    region: str = ""


def resend_messages(*, which: Which, by: Actor) -> int:
    """Queue again what failed and is still wanted; returns how many.

    `Conflict` when none is left to send. The tries go on counting: each is a row.
    """
    permit(by, SEND)
    if not (which.messages or which.channel or which.reason or which.case):
        raise Invalid("请指明重发哪些", errors={"messages": ["请选择消息，或按渠道、原因筛选"]})
    ids = list(_chosen(which, by).order_by("id").values_list("pk", flat=True)[:MOST])
    sent = 0
    for start in range(0, len(ids), BATCH):
        sent += _resend_batch(ids[start : start + BATCH], by)
    if not sent:
        raise Conflict("没有可以重发的消息：已经送达、已经应答，或不再需要")
    return sent


def _chosen(which: Which, by: Actor) -> "QuerySet[Message]":
    rows = visible(Message.objects.filter(AGAIN), by, SEND, "region", within=which.region)
    if which.messages:
        rows = rows.filter(pk__in=list(which.messages))
    for name in ("channel", "reason", "case"):
        value = getattr(which, name)
        if value:
            rows = rows.filter(**{name: value})
    return rows


@transaction.atomic
def _resend_batch(ids: Collection[str], by: Actor) -> int:
    rows = list(
        Message.objects.select_for_update()
        .filter(AGAIN, pk__in=list(ids))
        .values_list("pk", "purpose_kind", "purpose", "channel", "case", "person")
    )
    wanted: dict[str, set[str]] = {}
    for kind in {row[1] for row in rows}:
        wanted[kind] = set(PURPOSES[kind].wanted({row[2] for row in rows if row[1] == kind}))
    now = clock.now()
    chosen = [row for row in rows if row[2] in wanted[row[1]] and _may_leave(row[3], row[5])]
    for by_hand in (False, True):
        part = [row[0] for row in chosen if channel_of(row[3]).by_hand is by_hand]
        Message.objects.filter(pk__in=part).update(
            state="manual" if by_hand else "queued", reason="", carrier="", request="",
            queued_at=now, queued_by=by.ref, due_at=None if by_hand else now, ended_at=None,
        )  # fmt: skip
    cases: dict[str, list[str]] = {}
    for pk, _, _, _, case, _ in chosen:
        cases.setdefault(case, []).append(pk)
    record_many(
        [
            Deed(
                deed=RESENT, by=by, subject=("case", case) if case else ("message", pks[0]),
                case=case, facts={"messages": pks}, topic=TOPIC,
            )
            for case, pks in cases.items()
        ]
    )  # fmt: skip
    if chosen:
        wake.signal("comms")
    return len(chosen)


def _may_leave(word: str, person: str) -> bool:
    """Tell whether there is somebody to send to: a vacant post has nobody."""
    channel = channel_of(word)
    return bool(person) or channel.to_place or channel.knocks
