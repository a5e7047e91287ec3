"""What lies in the open as ready answers: made when it changes, given thousands of times.

A `Sheaf` is made once an edition and never changed; threads read it without a lock.
"""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from anlan.gateways.alerts.page import POLICY, article, page_of
from anlan.kernel import clock
from anlan.protocols.alerting.atom import Feed, Link, joined
from anlan.warn.selectors import open_air
from anlan.warn.selectors.open_air import Open

FEED, PAGE = "/cap/feed.atom", "/cap/"
#: What grows with every alert in force: the feed, the page in both languages.
LONG = (FEED, PAGE, f"{PAGE}en")
ATOM = "application/atom+xml; charset=utf-8"
CAP = "application/cap+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
LANGUAGES = ("zh", "en")
#: Kept by anybody, asked about each time; a message never changes.
ASK_AGAIN, DAY = "public, no-cache", "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class Told:
    """A whole answer; `body` is empty for 304."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document, ready to be given."""

    etag: str
    #: Answers to one who has it already, to one who takes gzip (None while it is not packed), to
    #: everybody else.
    same: Told
    packed: Told | None
    plain: Told

    def told(self, asked: Mapping[str, str]) -> Told:
        """Answer a request; `asked` are its headers with small names."""
        held = asked.get("if-none-match")
        if held is not None and (self.etag in held or held.strip() == "*"):
            return self.same
        takes = "gzip" in asked.get("accept-encoding", "")
        return self.packed if takes and self.packed is not None else self.plain


def sheet(
    body: bytes,
    content_type: str,
    *,
    cache: str,
    etag: str = "",
    extra: tuple[str, str] | None = None,
    pack: bool = True,
) -> Sheet:
    """Make a document ready; packing a long one may be left to `packed`."""
    tag = etag or blake2b(body, digest_size=12).hexdigest()
    tag = f'"{tag}"'
    steady = [("etag", tag), ("cache-control", cache), ("vary", "accept-encoding")]
    steady += [extra] if extra else []
    full = (*steady, ("content-type", content_type))
    made = Sheet(tag, Told(304, tuple(steady), b""), None, Told(200, full, body))
    return _packed(made) if pack else made


def _packed(one: Sheet) -> Sheet:
    """Pack a document: quickly, rather than to the last byte."""
    body = gzip.compress(one.plain.body, compresslevel=2, mtime=0)
    return replace(one, packed=Told(200, (*one.plain.headers, ("content-encoding", "gzip")), body))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One alert, written down once."""

    open: Open
    sheet: Sheet
    #: Its part of the page, by language.
    articles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Everything of one edition, by address."""

    edition: str
    #: When something leaves it by itself; None when nothing will.
    until: datetime | None
    sheets: Mapping[str, Sheet]
    #: What each alert in it was written down as, by its key.
    held: Mapping[str, Leaf]

    def told(self, path: str, asked: Mapping[str, str]) -> Told | None:
        """Answer an address of this edition; None for what is not in it."""
        if path == PAGE and asked.get("accept-language", "").lower().startswith("en"):
            path = f"{PAGE}en"
        found = self.sheets.get(path)
        return None if found is None else found.told(asked)

    def holds(self, edition: str) -> bool:
        """Tell whether it still says what is true."""
        return self.edition == edition and (self.until is None or clock.now() < self.until)

    @property
    def is_packed(self) -> bool:
        """Whether whoever takes gzip gets it."""
        return all(self.sheets[path].packed is not None for path in LONG)

    def packed(self) -> "Sheaf":
        """Make the same sheaf with its long documents packed."""
        return replace(
            self, sheets={**self.sheets, **{path: _packed(self.sheets[path]) for path in LONG}}
        )


def bound(before: "Sheaf | None" = None, *, pack: bool = True) -> Sheaf:
    """Make the documents of the present edition; those of the last one that stay are kept.

    Without `pack` the long ones are left unpacked: packing them is half of the work.
    """
    edition = open_air.edition()
    held = before.held if before else {}
    keys, new = open_air.lying_open(held)
    fresh = {one.key: _leaf(one) for one in new}
    pages = {key: page for key in keys if (page := held.get(key) or fresh.get(key))}
    sheets = {f"/cap/{one.open.identifier}.xml": one.sheet for one in pages.values()}
    whose = open_air.whose()
    feed = _feed([one.open for one in pages.values()], whose)
    sheets[FEED] = sheet(feed, ATOM, cache=ASK_AGAIN, pack=pack)
    policy = ("content-security-policy", POLICY)
    listed = sorted(pages.values(), key=lambda one: (one.open.ended, one.open.line.level or 9))
    for path, language in ((PAGE, "zh"), (f"{PAGE}en", "en")):
        written = page_of([one.articles[language] for one in listed], whose, language)
        sheets[path] = sheet(written.encode(), HTML, cache=ASK_AGAIN, extra=policy, pack=pack)
    until = open_air.next_change(one.open for one in pages.values())
    return Sheaf(edition, until, sheets, pages)


def _leaf(one: Open) -> Leaf:
    made = sheet(one.cap, CAP, cache=DAY, etag=one.digest[:24])
    return Leaf(one, made, {name: article(one.line, name) for name in LANGUAGES})


def _feed(found: Sequence[Open], whose: str) -> bytes:
    feed = Feed(
        id="urn:anlan:feed", title=f"{whose}预警",
        updated=max((one.issued_at for one in found), default=None), author=whose or "安澜",
        links=(Link(href="feed.atom", rel="self", type="application/atom+xml"),),
    )  # fmt: skip
    return joined(feed, [one.entry for one in found])
