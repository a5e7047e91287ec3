"""The sender: every declared channel in a lane of its own, so that one that hangs delays no other.

This thread has the say: it has portions claimed, hands them to the wire, and has written down what
comes back. A lane has several portions at once, so that one is claimed or written down while the
others' requests are under way.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeVar

from anlan.base.jobs.registry import ENDING
from anlan.comms.carriers.making import make_carrier
from anlan.comms.carriers.slots import Slot, declared_for, slots, words
from anlan.comms.models import Message
from anlan.comms.services.sending.apart import claim_sound, record_and_claim, record_sound
from anlan.comms.services.sending.claiming import Claimed, most_at_once, words_due
from anlan.comms.services.sending.giving_way import GivingWay
from anlan.comms.services.sending.hands import Hands, News
from anlan.comms.services.sending.recording import (
    Done,
    fail_without_carrier,
    fail_without_device,
    give_up_receipts,
    record_trouble,
)
from anlan.comms.services.sending.senders import BEAT_S, Me, recover
from anlan.comms.services.sending.wire import Back, Way, Wire
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError

T = TypeVar("T")

#: Portions of one channel under way at once.
PORTIONS = 2
#: How long a portion should take, so that little is unknown when the process dies.
TARGET_S = 0.5
FIRST = 100
#: Results are written down at the latest after so long, or when there are as many as are claimed.
FLUSH_S = 0.25
LOOK_S = 0.25

_me: Me | None = None
_way = GivingWay()


def send_due() -> int:
    """Send what is due and record what became of it; returns how many messages were looked at."""
    global _me
    me = _me = _me or Me()
    done = recover(me) + give_up_receipts()
    if not Message.objects.filter(due_at__lte=clock.now()).exists() or _way.is_due():
        return done
    try:
        return done + _Exchange(me).run()
    except BaseException:
        _me = None  # what it held is put right as if it had died
        raise


@dataclass
class Portion:
    """What one claim took in hand, and what has come back of it."""

    claimed: Claimed
    lane: "_Lane"
    #: Requests that have not come back.
    left: int
    kept: list[Done] = field(default_factory=list)
    #: Pieces that are being written down.
    writing: int = 0
    began: float = field(default_factory=time.monotonic)
    flushed: float = field(default_factory=time.monotonic)

    def take(self, told: Sequence[Back]) -> None:
        """Take what came back for some requests."""
        tries = self.claimed.tries
        for group, results in told:
            for parcel, result in zip(group, results, strict=True):
                self.kept.append(Done(parcel, tries[parcel.message], result))
                self.lane.trouble = self.lane.trouble or result.down
        self.left -= len(told)

    @property
    def is_ripe(self) -> bool:
        """Whether it is time to write down what came back."""
        if not self.kept:
            return False
        waited = time.monotonic() - self.flushed
        return not self.left or len(self.kept) >= most_at_once() or waited > FLUSH_S

    @property
    def is_over(self) -> bool:
        """Whether everything has come back and is written down."""
        return not (self.left or self.kept or self.writing)


@dataclass
class _Lane:
    """One declared channel in this exchange."""

    slot: Slot
    way: Way
    size: int = FIRST
    #: Portions being claimed, under way or being written down.
    portions: int = 0
    #: Whether a request has just failed for the provider's sake.
    trouble: bool = False
    #: Whether the last claim found nothing that was free.
    is_dry: bool = False

    @property
    def most(self) -> int:
        """Portions it may have under way: one while the provider is in doubt."""
        return 1 if self.slot.is_doubtful or self.trouble else PORTIONS

    @property
    def may_go_on(self) -> bool:
        """Whether it takes on another portion when one is over."""
        return not (self.trouble or self.slot.is_doubtful or ENDING.is_set())

    def fit(self, portion: Portion) -> None:
        """Choose the size of the next portion by how long one took."""
        took = max(time.monotonic() - portion.began, 0.001)
        size = int(self.size * TARGET_S / took)
        self.size = min(max(size, self.slot.batch, 1), most_at_once())


class _Exchange:
    """One stretch of sending, until nothing is due or the process is to end."""

    def __init__(self, me: Me) -> None:
        self.me = me
        self.looked = 0
        self._lanes: dict[str, _Lane] = {}
        self._portions: list[Portion] = []
        self._news: News = SimpleQueue()
        self._wire = Wire(self._news)
        self._hands = Hands(self._news)
        self._beat_at = self._looked_at = time.monotonic()

    def run(self) -> int:
        """Send until nothing is due; returns how many messages were looked at."""
        try:
            self._look()
            while self._under_way:
                self._hear()
                self._write_down()
                if not self._under_way or time.monotonic() - self._looked_at > LOOK_S:
                    self._look()
                self._beat()
            return self.looked
        finally:
            self._hands.close()
            self._wire.close([lane.way for lane in self._lanes.values()])

    @property
    def _under_way(self) -> int:
        return sum(lane.portions for lane in self._lanes.values())

    def _hear(self) -> None:
        """Wait for news, and do everything it asks for."""
        try:
            self._news.get(timeout=LOOK_S)()
        except Empty:
            return
        while not self._news.empty():
            self._news.get()()

    def _do(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do a piece of work in the database: here, or beside others that are under way."""
        if self._under_way < 2 or not self._hands.may_help:
            then(work())
            return
        if not self._hands.are_begun:
            self.me.beat_alone()  # known as the sender before two hands claim in its name
            self._hands.begin()
        self._hands.do(work, then)

    def _look(self) -> None:
        """Begin lanes for whatever is due and has none under way."""
        self._looked_at = time.monotonic()
        now = clock.now()
        for word in words_due(words(), now):
            if ENDING.is_set():
                return
            if not declared_for(word):
                self.looked += fail_without_carrier(word)
                continue
            self.looked += fail_without_device(word)
            for slot in slots(word, now):
                lane = self._lane(slot)
                if lane is not None and not lane.portions:
                    lane.slot, lane.trouble = slot, False
                    self._fill(lane)

    def _lane(self, slot: Slot) -> _Lane | None:
        lane = self._lanes.get(f"{slot.word}:{slot.key}")
        if lane is None:
            try:
                carrier = make_carrier(slot.declaration)
            except AnlanError as error:
                record_trouble(slot, error.detail)
                return None
            lane = _Lane(slot, Way(carrier, slot.declaration.pace.per_second))
            self._lanes[f"{slot.word}:{slot.key}"] = lane
        return lane

    def _fill(self, lane: _Lane) -> None:
        """Give a lane its next portions."""
        if _way.is_due():
            return
        slot = lane.slot
        mine = Message.objects.filter(slot.fresh | slot.unknown, channel=slot.word)
        lane.is_dry = False
        while lane.portions < lane.most and not lane.is_dry and not ENDING.is_set():
            if not mine.filter(due_at__lte=clock.now()).exists():
                return  # asked first, so that an idle lane does not take the write gate
            lane.portions += 1
            self._do(
                partial(claim_sound, slot, lane.way.carrier, self.me, lane.size),
                partial(self._send, lane),
            )

    def _send(self, lane: _Lane, claimed: Claimed) -> None:
        """Hand a portion to the wire; one of which nothing is left to send is over."""
        self.looked += claimed.looked
        lane.is_dry = not claimed.looked
        if not claimed.groups:
            lane.portions -= 1
            return
        portion = Portion(claimed, lane, len(claimed.groups))
        self._portions.append(portion)
        self._wire.send(lane.way, claimed.groups, portion.take)

    def _write_down(self) -> None:
        """Write down what is ripe; with the last of a portion the lane takes on the next."""
        for portion in [one for one in self._portions if one.is_ripe]:
            kept, portion.kept = portion.kept, []
            portion.writing += 1
            lane, slot = portion.lane, portion.claimed.slot
            stays = portion.left or portion.writing > 1 or not lane.may_go_on
            if stays or _way.is_due():
                self._do(
                    partial(record_sound, slot, kept, self.me), partial(self._written, portion)
                )
                continue
            lane.fit(portion)
            lane.portions += 1
            self._do(
                partial(record_and_claim, slot, kept, lane.way.carrier, self.me, lane.size),
                partial(self._gone_on, portion),
            )

    def _written(self, portion: Portion, _: None) -> None:
        """Note that a piece is written down; after the last one the lane may take on more."""
        portion.writing -= 1
        portion.flushed = time.monotonic()
        if not portion.is_over:
            return
        lane = portion.lane
        lane.fit(portion)
        self._portions.remove(portion)
        lane.portions -= 1
        if lane.may_go_on:
            self._fill(lane)

    def _gone_on(self, portion: Portion, claimed: Claimed) -> None:
        """Note that a portion is over, and hand the next one to the wire."""
        self._portions.remove(portion)
        portion.lane.portions -= 1
        self._send(portion.lane, claimed)

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at > BEAT_S:
            self._beat_at = time.monotonic()
            self.me.beat_alone()
