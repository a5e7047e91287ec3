"""One look at a feed of warnings: what is new in it is fetched, handed over, and remembered.

1. The feed is asked for with what we know of it; unchanged, there is nothing to do. 2. Of each
entry that was not dealt with yet the message is fetched: from the feed's own address or a declared
host, and from nowhere else, wherever a link or a redirect points. 3. Messages are handed over some
at a time; what could not be read is kept there as refused, for people to see. 4. An entry whose
message did not come is tried again with the next look, and harms no other.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from anlan.gateways.sources.calling import CallFailed, Reply
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.declaration.declared import Warnings
from anlan.gateways.sources.states import Counts
from anlan.gateways.sources.trying import Target, Try
from anlan.kernel.errors import AnlanError, Unavailable
from anlan.protocols.alerting.atom import Entry, Feed, read_feed
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.declared.moments import millis

#: Messages handed over together, and how long the first of them waits for the others.
MOST_TOGETHER, LONGEST_TOGETHER_S = 40, 5.0
#: Messages in a row that cannot be fetched: then it is the host, and what lies there waits.
MOST_FAILURES = 3
MOST_REDIRECTS = 3
#: What may have stopped several at once; a single message that is gone is only that.
_OF_THE_HOST = ("network", "timeout", "tls", "busy", "refused")
_PORTS = {"http": 80, "https": 443}
_FEEDS = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_MESSAGES = "application/cap+xml, application/xml, application/json;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as it was fetched."""

    body: bytes
    content_type: str
    #: Its entry's title, for people.
    title: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message."""

    #: Whether it had come before, by this way or another.
    again: bool = False
    #: Why it was refused, and the element that is wrong; "" when it was not.
    reason: str = ""
    element: str = ""


#: Takes messages in, durably; `Unavailable` when nobody can now.
TakeIn = Callable[[Sequence[Fetched], Declaration], Sequence[Outcome]]


def nobody(messages: Sequence[Fetched], source: Declaration) -> Sequence[Outcome]:  # noqa: ARG001
    """Take nothing in: this process has no place for warnings."""
    raise Unavailable("这个进程不接收预警", retry=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the messages of one feed may lie."""

    feed: str
    hosts: tuple[str, ...]

    def is_own(self, url: str) -> bool:
        """Whether an address is of the same origin as the feed."""
        return _origin(url) == _origin(self.feed) is not None

    def allows(self, url: str) -> bool:
        """Whether an address may be asked at all."""
        origin = _origin(url)
        if origin is None:
            return False
        scheme, host, port = origin
        if self.is_own(url):
            return True
        return f"{host}:{port}" in self.hosts or (port == _PORTS[scheme] and host in self.hosts)


def _origin(url: str) -> tuple[str, str, int] | None:
    """Take an address apart; None for what is no plain web address."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
            return None
        return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None


class Poll(Try):
    """One look at one feed."""

    def __init__(self, target: Target, warnings: Warnings, take_in: TakeIn) -> None:
        super().__init__(target)
        self._take_in = take_in
        self._largest = warnings.largest_kb * 1024
        self._reach = Reach(target.declaration.request.url.text, warnings.hosts)
        self._waiting: list[tuple[str, Fetched]] = []
        self._since = 0.0
        self._taken: dict[str, None] = {}
        self._missed: dict[str, None] = {}
        #: Of each host, what failed in a row.
        self._failures: Counter[str] = Counter()

    def _work(self) -> None:
        assert self._talk is not None
        if self.state.version != self.declaration.version:  # other hosts, or another feed
            self.state = replace(self.state, etag="", modified="", taken=(), missed=())
        reply = self._talk.fetch(more={"Accept": _FEEDS, **self._known()})
        if reply.status == 304:
            self._notes = list(self.state.notes)
            return
        feed = read(reply, self._reach.feed)
        self._counts = Counts(records=len(feed.entries))
        marks = {mark(one): one for one in feed.entries}
        # What left the feed is forgotten; it is known by its bytes all the same.
        self._taken = {one: None for one in self.state.taken if one in marks}
        for name, entry in marks.items():
            if name not in self._taken:
                self._look_at(name, entry)
        self._hand_over()
        self._remember(feed, reply)

    def _known(self) -> dict[str, str]:
        state = self.state
        told = {"If-None-Match": state.etag, "If-Modified-Since": state.modified}
        return {name: value for name, value in told.items() if value}

    def _look_at(self, name: str, entry: Entry) -> None:
        if self._means.wait(0):
            raise CallFailed("stopped", "程序正在停止")
        title = (entry.title or entry.id)[:120]
        if not entry.alert or not self._reach.allows(entry.alert):
            self._refuse_link(name, entry, title)
            return
        host = urlsplit(entry.alert).netloc
        if self._failures[host] >= MOST_FAILURES:
            self._missed[name] = None
            return
        try:
            reply = self._message(entry.alert)
        except CallFailed as failed:
            self._failures[host] += failed.cause in _OF_THE_HOST
            self._miss(name, title, failed)
            return
        self._failures[host] = 0
        told = reply.headers.get("Content-Type") or ""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((name, Fetched(reply.body, told, title)))
        late = time.monotonic() - self._since > LONGEST_TOGETHER_S
        if late or len(self._waiting) >= MOST_TOGETHER:
            self._hand_over()

    def _message(self, url: str) -> Reply:
        """Fetch one message; a redirect is followed only to where a link might have led."""
        assert self._talk is not None
        for _ in range(MOST_REDIRECTS):
            try:
                return self._talk.fetch(
                    url, more={"Accept": _MESSAGES}, largest=self._largest,
                    theirs=not self._reach.is_own(url),
                )  # fmt: skip
            except CallFailed as failed:
                if not failed.to:
                    raise
                url = urljoin(url, failed.to)
                if not self._reach.allows(url):
                    said = f"转到了没有声明的主机 {urlsplit(url).netloc[:80]}，没有跟过去"
                    raise CallFailed("status", said) from failed
        raise CallFailed("status", f"转了 {MOST_REDIRECTS} 次还没有到")

    def _refuse_link(self, name: str, entry: Entry, title: str) -> None:
        """Say once that an entry leads nowhere we go; another declaration looks again."""
        why = "条目没有报文的地址"
        if entry.alert:
            host = urlsplit(entry.alert).netloc[:80]
            why = f"报文在没有声明的主机 {host}，没有去取；确是对方的，写进 warnings.hosts"
        self._sample("link", why, f"{title} {entry.alert[:200]}".strip())
        self._notes.append(f"{title}：{why}")
        self._counts = replace(self._counts, rejected=self._counts.rejected + 1)
        self._taken[name] = None

    def _miss(self, name: str, title: str, failed: CallFailed) -> None:
        if name not in self.state.missed:
            self._sample("message", failed.detail, title)
        self._missed[name] = None
        self._counts = replace(self._counts, missing=self._counts.missing + 1)

    def _hand_over(self) -> None:
        """Hand over what was fetched; only then is it remembered as dealt with."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        try:
            found = self._take_in([one for _, one in waiting], self.declaration)
        except AnlanError as error:
            raise CallFailed("store", f"没有存好：{error.detail}") from error
        for (name, fetched), outcome in zip(waiting, found, strict=True):
            self._taken[name] = None
            self._count(outcome, fetched)
        self._keep_state()

    def _count(self, outcome: Outcome, fetched: Fetched) -> None:
        if outcome.reason:
            self._sample(outcome.element or "message", outcome.reason, fetched.title)
        self._counts = self._counts.plus(
            Counts(
                accepted=int(not outcome.reason and not outcome.again),
                duplicates=int(not outcome.reason and outcome.again),
                rejected=int(bool(outcome.reason)),
            )
        )

    def _keep_state(self, etag: str | None = None, modified: str | None = None) -> None:
        self.state = replace(
            self.state,
            taken=tuple(self._taken),
            missed=tuple(self._missed),
            version=self.declaration.version,
            etag=self.state.etag if etag is None else etag,
            modified=self.state.modified if modified is None else modified,
        )
        self._keep(self.state, None)

    def _remember(self, feed: Feed, reply: Reply) -> None:
        """Note how the feed was; one that left something out is asked for whole again."""
        missing = len(self._missed)
        if missing and not self._counts.accepted + self._counts.duplicates + len(self._taken):
            self._keep_state(etag="", modified="")
            why = self._samples[-1].reason if self._samples else self.state.reason
            raise CallFailed("message", f"源能读，里面 {missing} 条的报文一条也取不到：{why}")
        if missing:
            self._notes.append(f"{missing} 条的报文没有取到，下次再取")
        whole = not missing
        told = reply.headers
        times = [millis(one.updated) for one in feed.entries if one.updated]
        newest = min(max(times), self._now_ms) if times else self.state.newest_ms
        self.state = replace(self.state, newest_ms=newest)
        self._keep_state(
            etag=(told.get("ETag") or "") if whole else "",
            modified=(told.get("Last-Modified") or "") if whole else "",
        )


def read(reply: Reply, base: str) -> Feed:
    """Read a feed out of an answer; `CallFailed` when it is none."""
    try:
        return read_feed(reply.body, base=base)
    except Unreadable as error:
        at = f"（{error.element}）" if error.element else ""
        raise CallFailed("answer", f"不是可读的 Atom 或 RSS{at}：{error.detail}") from error


def mark(entry: Entry) -> str:
    """Tell an entry from all others, and from itself after it was changed."""
    told = f"{entry.id}\n{entry.updated}\n{entry.alert}"
    return blake2b(told.encode("utf-8", "replace"), digest_size=9).hexdigest()
