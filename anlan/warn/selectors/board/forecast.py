"""When the round under way is through: what still waits, by the capacity of each channel.

A forecast from lines and rates, not a promise, and of tries alone: who was tried has not answered.
Of those who stay silent it says when the ladder turns to the next of them. Whoever cannot be
reached by anything that waits (a vacant post, a number that does not exist) is counted apart: no
time reaches them.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from anlan.base.obligations.models import Obligation
from anlan.comms.channels import SHEET, STANDS_BY, channel_of
from anlan.comms.models import Message
from anlan.comms.selectors.foretelling import pacing_of
from anlan.comms.states import WAITING
from anlan.kernel import clock

#: Messages that reach nobody any more.
LOST = ("failed", "cancelled", "expired")


def forecast(owed: "QuerySet[Obligation]") -> dict[str, Any]:
    """Tell when the last of the unanswered calls will have been tried, and by what it is held up.

    `owed` are the calls that still wait for an answer, `silent` of them. `last_at` None: nothing
    waits; then `next_at` says when the next rung is due, None where no ladder goes on.
    """
    messages = Message.objects.filter(purpose_kind="obligation", purpose__in=owed.values("pk"))
    standing_by = Q(channel=SHEET, rung__lte=STANDS_BY)
    waiting = messages.filter(state__in=WAITING).exclude(standing_by)
    counts = dict(waiting.values_list("channel").annotate(n=Count("pk")).order_by())
    hopeful = messages.exclude(state__in=LOST).exclude(standing_by).values("purpose")
    now = clock.now()
    channels = [_of_channel(name, n, now) for name, n in sorted(counts.items())]
    last = max((one["done_at"] for one in channels), default=None)
    owing = owed.aggregate(
        silent=Count("pk"),
        next_at=Min("climb_at"),
        unreachable=Count("pk", filter=~Q(pk__in=hopeful)),
    )
    return {
        "waiting": sum(counts.values()),
        "last_at": last,
        "channels": channels,
        **owing,
    }


def _of_channel(name: str, waiting: int, now: datetime) -> dict[str, Any]:
    channel, pacing = channel_of(name), pacing_of(name)
    return {
        "channel": name,
        "label": channel.title,
        "label_en": channel.title_en,
        "waiting": waiting,
        "lines": pacing.lines,
        "by_hand": channel.by_hand,
        "done_at": now + timedelta(seconds=pacing.seconds(waiting)),
    }
