"""What the stream tells: the journal's entries by number, each to those who may see it.

The journal's sequence number is the event's id, so that ``Last-Event-ID`` resumes without a gap
on any process. Frames hold ids only; who wants more asks the API.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import orjson

from anlan.base.journal.models import Entry
from anlan.base.permissions import Actor, Holding, may

#: Entries kept in memory, so that a thousand browsers that come back ask the database once.
KEPT = 5_000
#: Who missed more is told to read anew instead.
LONGEST_REPLAY = 20_000
PAGE = 1_000

RELOAD = "reload"
WALL = "wall"
HEARTBEAT = b":\n\n"

#: Right to see a topic's events. Of a register's rows: the register's own right to view.
RIGHTS = {
    "obligation": "obligations.view",
    "notice": "notices.view",
    "alarm": "alarms.view",
    "alert": "alerts.view",
    "answer": "obligations.view",
    "forecast": "forecasts.unsigned",
    "incident": "incidents.view",
    "position": "positions.view",
}


@dataclass(frozen=True, slots=True)
class News:
    """One entry: its place, who may see it, and the frame that is sent."""

    seq: int
    action: str
    region: str
    frame: bytes


def read_after(seq: int, limit: int = PAGE) -> list[News]:
    """Read the entries after a number, in order."""
    rows = (
        Entry.objects.filter(seq__gt=seq)
        .order_by("seq")
        .values_list("seq", "topic", "deed", "subject_kind", "subject", "region", "case", "at")
    )
    return [_news(*row) for row in rows[:limit]]


def head() -> int:
    """Tell the number of the newest entry; 0 when there is none."""
    return (
        Entry.objects.order_by("-seq").values_list("seq", flat=True).exclude(seq=None).first() or 0
    )


def _news(  # noqa: PLR0913 - a row of the table
    seq: int | None,
    topic: str,
    deed: str,
    kind: str,
    subject: str,
    region: str,
    case: str,
    at: object,
) -> News:
    seq = seq or 0  # never None: the rows were asked for by number
    body = orjson.dumps(
        {
            "seq": seq,
            "deed": deed,
            "subject": {"kind": kind, "id": subject},
            "region": region,
            "case": case,
            "at": at,
        }
    )
    return News(seq, action_of(topic, kind), region, frame(seq, topic, body))


@lru_cache(maxsize=1024)
def action_of(topic: str, kind: str) -> str:
    """Name the right one needs to hear of this; a topic without one is heard by nobody."""
    return f"{kind}.view" if topic == "register" else RIGHTS.get(topic, f"unheard-{topic}.view")


def frame(seq: int, topic: str, body: bytes) -> bytes:
    """Write one server-sent event."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, topic.encode(), body)


def reload_frame(seq: int) -> bytes:
    """Tell a browser to read everything anew and to go on from here."""
    return frame(seq, RELOAD, orjson.dumps({"seq": seq}))


def told(news: Iterable[News], actor: Actor) -> bytes:
    """Join the frames an actor may see; a wall hears only that something happened there."""
    if actor.via == "wall":
        seqs = [one.seq for one in news if one.region and may(actor, "wall.view", one.region)]
        return frame(seqs[-1], WALL, orjson.dumps({"seq": seqs[-1]})) if seqs else b""
    return b"".join(one.frame for one in news if one.region and may(actor, one.action, one.region))


def same_ears(actor: Actor) -> tuple[str, tuple[Holding, ...]]:
    """Name what decides what an actor hears, so that equals are reckoned once."""
    return actor.via if actor.via == WALL else "", actor.roles


class Memory:
    """The newest entries of this process."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self._start = seq  # everything after it is kept
        self._news: deque[News] = deque(maxlen=KEPT)

    def add(self, news: list[News]) -> None:
        """Keep what was just read."""
        for one in news:
            if len(self._news) == KEPT:
                self._start = self._news[0].seq
            self._news.append(one)
            self.seq = one.seq

    def after(self, seq: int) -> list[News]:
        """List what came after a number, from memory or from the database."""
        if seq >= self._start:
            return [one for one in self._news if one.seq > seq]
        found: list[News] = []
        while page := read_after(seq):
            found += page
            seq = page[-1].seq
        return [one for one in found if one.seq <= self.seq]
