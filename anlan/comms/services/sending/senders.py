"""Who sends now, and putting right what a sender that died held.

Whether the provider took it nobody knows: it is `unknown`, and asked again under the same name
where a channel bears that.
"""

import contextlib
import math
import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from anlan.base.db.inserting import insert_values
from anlan.base.journal.services import Deed, record_many
from anlan.comms import reasons
from anlan.comms.carriers import Result
from anlan.comms.channels import channel_of
from anlan.comms.deed_names import SENT, TOPIC
from anlan.comms.models import Attempt, Message, Sender
from anlan.comms.services.sending.attempts import ATTEMPT, BY, Try, try_of
from anlan.kernel import clock
from anlan.kernel.ids import new_id

#: A sender on another machine that gives no sign of life for so long has died.
SILENT = timedelta(seconds=15)
#: How often it gives one.
BEAT_S = 3.0
#: Signs closer together than this say nothing new.
ENOUGH_S = 1.0


class Me:
    """The sender that is this process. A new one begins whenever the last ended badly."""

    def __init__(self) -> None:
        self.id = new_id()
        self._host = socket.gethostname()[:128]
        self._pid = os.getpid()
        self._beat_at = -math.inf
        self._turn = threading.Lock()

    def beat(self) -> None:
        """Give a sign of life, in the caller's transaction; one a second is enough.

        A transaction that fails takes its sign with it: then a new sender begins.
        """
        with self._turn:  # of two hands at once one is enough
            if time.monotonic() - self._beat_at < ENOUGH_S:
                return
            self._beat_at = time.monotonic()
        now = clock.real_now()
        if not Sender.objects.filter(id=self.id).update(beat_at=now):
            Sender.objects.create(
                id=self.id, beat_at=now, host=self._host, pid=self._pid, born=born(self._pid)
            )

    def beat_alone(self) -> None:
        """Give a sign of life while nothing else is written."""
        with transaction.atomic():
            self.beat()

    def is_dead(self, other: Sender) -> bool:
        """Tell whether another sender has died: its process is gone, or it has fallen silent."""
        if other.id == self.id:
            return False
        if other.host != self._host:
            return other.beat_at < clock.real_now() - SILENT
        # In this process there is one sender, the present one.
        return other.pid == self._pid or born(other.pid) != other.born


def born(pid: int) -> int:
    """Tell when the kernel started a process, in its ticks; 0 when there is none."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return int(stat.rpartition(")")[2].split()[19])
    return 0


def recover(me: Me) -> int:
    """Put right what dead senders held; returns how many messages."""
    dead = [one.pk for one in Sender.objects.all() if me.is_dead(one)]
    if not dead:
        return 0
    recovered = 0
    while part := _recover_some(dead):
        recovered += part
    with transaction.atomic():
        Sender.objects.filter(pk__in=dead).delete()
    return recovered


@transaction.atomic
def _recover_some(dead: Sequence[str], most: int = 1000) -> int:
    """Put some right: whatever is held was not written down, whatever has become of it since."""
    held = Message.objects.filter(sender__in=dead).order_by("request", "pk")
    rows = list(held.select_for_update()[:most])
    if len(rows) == most and rows[0].request != rows[-1].request:
        # A request is put right whole, or others would find a piece of it.
        rows = [one for one in rows if one.request != rows[-1].request]
    now = clock.now()
    cut = Result("unknown", reasons.INTERRUPTED, "发送时程序中断，不知道是否发出")
    tries = [try_of(one, now) for one in rows]
    insert_values(Attempt, ATTEMPT, [one.row(cut, now) for one in tries])
    for repeatable in (True, False):
        ids = [one.pk for one in rows if channel_of(one.channel).repeatable is repeatable]
        Message.objects.filter(pk__in=ids, state="sending").update(
            state="unknown", reason=reasons.INTERRUPTED, due_at=now if repeatable else None
        )
    # Those answered or delivered meanwhile too, or they would be found here for ever.
    Message.objects.filter(pk__in=[one.pk for one in rows]).update(sender=None)
    record_many(_deeds(rows, tries))
    return len(rows)


def _deeds(rows: Sequence[Message], tries: Sequence[Try]) -> list[Deed]:
    """One deed a case and carrier, as when results come back."""
    groups: dict[tuple[str, str, str], list[Try]] = defaultdict(list)
    for row, tried in zip(rows, tries, strict=True):
        groups[row.case or row.pk, row.carrier, channel_of(row.channel).key].append(tried)
    return [
        Deed(
            deed=SENT, by=BY, subject=("case" if same[0].case else "message", name),
            case=same[0].case, topic=TOPIC,
            facts={"channel": channel, "carrier": carrier, "unknown": [one.key for one in same]},
        )
        for (name, carrier, channel), same in groups.items()
    ]  # fmt: skip
