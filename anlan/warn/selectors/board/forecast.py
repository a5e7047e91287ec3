"""When the last will be reached: what still waits, by the capacity of each channel.

A forecast from lines and rates, not a promise. Whoever cannot be reached by anything that waits
(a vacant post, a number that does not exist) is counted apart: no time reaches them.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from anlan import codes
from anlan.base.obligations.models import Obligation
from anlan.comms.carriers.slots import declared_for
from anlan.comms.channels import channel_of
from anlan.comms.models import Message
from anlan.comms.states import WAITING
from anlan.kernel import clock

TABLE = "call-pace"
OTHER = "other"
#: Messages that reach nobody any more.
LOST = ("failed", "cancelled", "expired")


def forecast(owed: "QuerySet[Obligation]") -> dict[str, Any]:
    """Tell when the last of the unanswered calls will have been tried, and by what it is held up.

    `owed` are the calls that still wait for an answer. `last_at` None: nothing waits.
    """
    messages = Message.objects.filter(purpose_kind="obligation", purpose__in=owed.values("pk"))
    waiting = messages.filter(state__in=WAITING)
    counts = dict(waiting.values_list("channel").annotate(n=Count("pk")).order_by())
    hopeful = messages.exclude(state__in=LOST).values("purpose")
    now = clock.now()
    channels = [_of_channel(name, n, now) for name, n in sorted(counts.items())]
    last = max((one["done_at"] for one in channels), default=None)
    return {
        "waiting": sum(counts.values()),
        "last_at": last,
        "channels": channels,
        "unreachable": owed.exclude(pk__in=hopeful).count(),
    }


def _of_channel(name: str, waiting: int, now: datetime) -> dict[str, Any]:
    table = codes.table(TABLE)
    row, channel = table.get(name) or table[OTHER], channel_of(name)
    per_second, lines = _capacity(name, row)
    seconds = waiting / per_second if per_second else 0.0
    return {
        "channel": name,
        "label": channel.title,
        "label_en": channel.title_en,
        "waiting": waiting,
        "lines": lines,
        "by_hand": channel.by_hand,
        "done_at": now + timedelta(seconds=math.ceil(seconds)),
    }


def _capacity(name: str, row: codes.Code) -> tuple[float, int]:
    """Tell how many a channel takes a second, and on how many lines.

    Of what machines carry as the files of its carriers declare; of what people do, and where no
    carrier says how fast it is, as the table estimates.
    """
    seconds, lines = row.number("seconds") or 1.0, row.whole("lines") or 1
    declared = [] if channel_of(name).by_hand else declared_for(name)
    if declared:
        lines = sum(one.pace.lines for one in declared)
        if all(one.pace.per_second for one in declared):
            return sum(one.pace.per_second for one in declared), lines
    return lines / seconds, lines
