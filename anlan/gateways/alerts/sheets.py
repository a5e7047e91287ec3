"""What lies in the open as ready answers: made when it changes, given thousands of times.

A `Sheaf` is made once an edition and never changed; threads read it without a lock.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from anlan.gateways.alerts.page import page_of
from anlan.kernel import clock
from anlan.protocols.alerting.atom import Feed, Link, joined
from anlan.warn.selectors import open_air

FEED, PAGE = "/cap/feed.atom", "/cap/"
ATOM = "application/atom+xml; charset=utf-8"
CAP = "application/cap+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
#: Kept by anybody, asked about each time; a message never changes.
ASK_AGAIN, DAY = "public, no-cache", "public, max-age=86400"
#: The page needs no script and asks for nothing.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


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
    #: Answers to one who has it already, to one who takes gzip, to everybody else.
    same: Told
    packed: Told
    plain: Told

    def told(self, asked: Mapping[str, str]) -> Told:
        """Answer a request; `asked` are its headers with small names."""
        held = asked.get("if-none-match")
        if held is not None and (self.etag in held or held.strip() == "*"):
            return self.same
        return self.packed if "gzip" in asked.get("accept-encoding", "") else self.plain


def sheet(
    body: bytes,
    content_type: str,
    *,
    cache: str,
    etag: str = "",
    extra: tuple[str, str] | None = None,
) -> Sheet:
    """Make a document ready."""
    tag = etag or blake2b(body, digest_size=12).hexdigest()
    tag = f'"{tag}"'
    steady = [("etag", tag), ("cache-control", cache), ("vary", "accept-encoding")]
    steady += [extra] if extra else []
    full = (*steady, ("content-type", content_type))
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    return Sheet(
        tag, Told(304, tuple(steady), b""),
        Told(200, (*full, ("content-encoding", "gzip")), packed), Told(200, full, body),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Everything of one edition, by address."""

    edition: str
    #: When something leaves it by itself; None when nothing will.
    until: datetime | None
    sheets: Mapping[str, Sheet]

    def told(self, path: str, asked: Mapping[str, str]) -> Told | None:
        """Answer an address of this edition; None for what is not in it."""
        if path == PAGE and asked.get("accept-language", "").lower().startswith("en"):
            path = f"{PAGE}en"
        found = self.sheets.get(path)
        return None if found is None else found.told(asked)

    def holds(self, edition: str) -> bool:
        """Tell whether it still says what is true."""
        return self.edition == edition and (self.until is None or clock.now() < self.until)


def bound(before: "Sheaf | None" = None) -> Sheaf:
    """Make the documents of the present edition; those of the last one that stay are kept."""
    edition = open_air.edition()
    found = open_air.lying_open()
    sheets: dict[str, Sheet] = {}
    for one in found:
        path = f"/cap/{one.identifier}.xml"
        known = before.sheets.get(path) if before else None
        sheets[path] = known or sheet(one.cap, CAP, cache=DAY, etag=one.digest[:24])
    sheets[FEED] = sheet(_feed(found), ATOM, cache=ASK_AGAIN)
    lines, whose = open_air.lines(), open_air.whose()
    policy = ("content-security-policy", POLICY)
    for path, language in ((PAGE, "zh"), (f"{PAGE}en", "en")):
        page = page_of(lines, whose, language).encode()
        sheets[path] = sheet(page, HTML, cache=ASK_AGAIN, extra=policy)
    return Sheaf(edition, open_air.next_change(found), sheets)


def _feed(found: list[open_air.Open]) -> bytes:
    whose = open_air.whose()
    feed = Feed(
        id="urn:anlan:feed", title=f"{whose}预警",
        updated=max((one.issued_at for one in found), default=None), author=whose or "安澜",
        links=(Link(href="feed.atom", rel="self", type="application/atom+xml"),),
    )  # fmt: skip
    return joined(feed, [one.entry for one in found])
