"""Feeds of warnings: Atom 1.0 and RSS 2.0 read, Atom written, always the same bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from anlan.protocols.alerting.markup import DECLARATION, Sheet, address, quoted
from anlan.protocols.alerting.mending import Notes
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.times import cap_time, in_beijing, read_time
from anlan.protocols.alerting.trees import Node, decoded, read_xml

NAMESPACE = "http://www.w3.org/2005/Atom"
#: What a link to a CAP message says it is.
CAP_TYPE = "application/cap+xml"
#: Entries read of one feed; a feed of all warnings in force of a province has a thousand.
MOST_ENTRIES = 5000
#: Only these are ever asked for; a feed may not send us to files or mail.
_SCHEMES = ("http", "https")
#: What links to the alert, the best first: relation and media type, "" for any.
_PREFERRED = (
    ("alternate", CAP_TYPE),
    ("enclosure", CAP_TYPE),
    ("", CAP_TYPE),
    ("enclosure", ""),
    ("alternate", "application/xml"),
    ("alternate", "text/xml"),
    ("alternate", ""),
    ("related", ""),
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address in a feed."""

    href: str
    rel: str = "alternate"
    type: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One warning in a feed."""

    id: str
    title: str = ""
    #: None where the feed does not say.
    updated: datetime | None = None
    published: datetime | None = None
    author: str = ""
    summary: str = ""
    categories: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def alert(self) -> str:
        """Return the address of the message itself, "" when there is none."""
        for rel, media_type in _PREFERRED:
            for link in self.links:
                if rel in ("", link.rel) and media_type in ("", link.type):
                    return link.href
        return ""


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a feed says of itself, and its entries in its order."""

    id: str
    title: str = ""
    updated: datetime | None = None
    author: str = ""
    links: tuple[Link, ...] = ()
    entries: tuple[Entry, ...] = ()


def read_feed(data: bytes, *, base: str = "") -> Feed:
    """Read Atom 1.0 or RSS 2.0; `base` is where it came from, for addresses that are relative.

    An entry without an id has the address of its message for one, and without that is left out:
    nobody could tell it from the next. `Unreadable` when it is no feed.
    """
    root = read_xml(decoded(data)[0].lstrip())
    name = root.name.lower()
    if name == "feed":
        return _atom(root, urljoin(base, root.attributes.get("base", "")) if base else base)
    channel = root.first("channel") if name == "rss" else None
    if channel is None:
        raise Unreadable("不是 Atom 或 RSS 2.0", element=root.name)
    return _rss(channel, base)


def _atom(root: Node, base: str) -> Feed:
    entries = (_entry(node, base) for node in _bounded(root, "entry"))
    return Feed(
        id=root.value("id"),
        title=root.value("title"),
        updated=_time(root.value("updated"), "feed/updated"),
        author=_author(root),
        links=_links(root, base),
        entries=tuple(one for one in entries if one.id),
    )


def _entry(node: Node, base: str) -> Entry:
    links = _links(node, base)
    entry = Entry(
        id=node.value("id"),
        title=node.value("title"),
        updated=_time(node.value("updated"), "feed/entry/updated"),
        published=_time(node.value("published"), "feed/entry/published"),
        author=_author(node),
        summary=node.value("summary"),
        categories=tuple(one.attributes.get("term", "") for one in node.all("category")),
        links=(*links, *_source(node, base)),
    )
    return _named(entry)


def _source(node: Node, base: str) -> tuple[Link, ...]:
    """Return the address an entry's content lies at (``<content src=... type=.../>``)."""
    content = node.first("content")
    src = _fit(content.attributes.get("src", ""), base) if content is not None else ""
    if not src or content is None:
        return ()
    return (Link(href=src, rel="enclosure", type=content.attributes.get("type", "")),)


def _links(node: Node, base: str) -> tuple[Link, ...]:
    found = (
        Link(
            href=_fit(link.attributes.get("href", ""), base),
            rel=link.attributes.get("rel", "alternate"),
            type=link.attributes.get("type", "").partition(";")[0].strip().lower(),
        )
        for link in node.all("link")
    )
    return tuple(link for link in found if link.href)


def _author(node: Node) -> str:
    author = node.first("author")
    return author.value("name") if author is not None else ""


def _rss(channel: Node, base: str) -> Feed:
    link = _fit(channel.value("link"), base)
    items = (_item(node, base) for node in _bounded(channel, "item"))
    return Feed(
        id=link,
        title=channel.value("title"),
        updated=_mail_time(channel.value("lastBuildDate") or channel.value("pubDate")),
        author=channel.value("managingEditor"),
        links=(Link(href=link),) if link else (),
        entries=tuple(one for one in items if one.id),
    )


def _item(node: Node, base: str) -> Entry:
    link = _fit(node.value("link"), base)
    files = (
        Link(
            href=_fit(one.attributes.get("url", ""), base),
            rel="enclosure",
            type=one.attributes.get("type", "").lower(),
        )
        for one in node.all("enclosure")
    )
    links = (*((Link(href=link),) if link else ()), *(one for one in files if one.href))
    moment = _mail_time(node.value("pubDate"))
    entry = Entry(
        id=node.value("guid"),
        title=node.value("title"),
        updated=moment,
        published=moment,
        author=node.value("author"),
        summary=node.value("description"),
        categories=tuple(one.text.strip() for one in node.all("category")),
        links=links,
    )
    return _named(entry)


def _named(entry: Entry) -> Entry:
    return entry if entry.id else replace(entry, id=entry.alert)


def _bounded(node: Node, name: str) -> list[Node]:
    nodes = list(node.all(name))
    if len(nodes) > MOST_ENTRIES:
        raise Unreadable(f"源里有 {len(nodes)} 条，最多 {MOST_ENTRIES} 条", element=name)
    return nodes


def _fit(href: str, base: str) -> str:
    """Make an address whole; "" when it is none that may be asked."""
    try:
        whole = urljoin(base, href.strip()) if href.strip() else ""
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in _SCHEMES and parts.hostname else ""


def _time(text: str, path: str) -> datetime | None:
    """Read a time; a feed whose times are broken still tells of its warnings."""
    try:
        return read_time(text, path, Notes())
    except Unreadable:
        return None


def _mail_time(text: str) -> datetime | None:
    """Read a time as in mail; some write ISO all the same."""
    try:
        return in_beijing(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return _time(text, "")


def write_feed(feed: Feed) -> bytes:
    """Write Atom 1.0. The same entries are the same bytes, so that an ETag of them holds."""
    return joined(feed, [written_entry(entry) for entry in feed.entries])


def joined(feed: Feed, entries: Iterable[bytes]) -> bytes:
    """Write a feed around entries written before (`feed.entries` is not looked at)."""
    sheet = Sheet()
    sheet.leaf("id", address(feed.id) or "urn:anlan:feed")
    sheet.leaf("title", feed.title)
    sheet.leaf("updated", cap_time(feed.updated or _latest(feed.entries)))
    _write_author(sheet, feed.author or feed.title)
    for link in feed.links:
        _write_link(sheet, link)
    head = f'{DECLARATION}<feed xmlns="{NAMESPACE}">\n{"".join(sheet)}'
    return b"".join((head.encode(), *entries, b"</feed>\n"))


def written_entry(entry: Entry) -> bytes:
    """Write one entry, to be kept as long as its warning does not change."""
    sheet = Sheet()
    sheet.open("entry")
    sheet.leaf("id", address(entry.id))
    sheet.leaf("title", entry.title)
    sheet.leaf("updated", cap_time(entry.updated or entry.published or _EPOCH))
    if entry.published:
        sheet.leaf("published", cap_time(entry.published))
    if entry.author:
        _write_author(sheet, entry.author)
    for category in entry.categories:
        sheet.empty("category", f" term={quoted(category)}")
    for link in entry.links:
        _write_link(sheet, link)
    sheet.some("summary", entry.summary)
    sheet.close("entry")
    return "".join(sheet).encode()


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _latest(entries: Sequence[Entry]) -> datetime:
    return max((entry.updated or _EPOCH for entry in entries), default=_EPOCH)


def _write_author(sheet: Sheet, name: str) -> None:
    sheet.open("author")
    sheet.leaf("name", name)
    sheet.close("author")


def _write_link(sheet: Sheet, link: Link) -> None:
    kind = f" type={quoted(link.type)}" if link.type else ""
    sheet.empty("link", f" rel={quoted(link.rel)}{kind} href={quoted(address(link.href))}")
