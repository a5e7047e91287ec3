"""Feeds of warnings, ours and others'."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.alerting import atom
from anlan.protocols.alerting.atom import CAP_TYPE, Entry, Feed, Link
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.tests import made

HERE = "https://yunyu.example/cap/feed.atom"

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>urn:yunyu:alerts</id><title>云屿县预警</title><updated>2026-08-12T15:21:00+08:00</updated>
  <author><name>云屿县预警信息发布中心</name></author>
  <link rel="self" href="feed.atom"/>
  <entry>
    <id>urn:yunyu:1</id><title>暴雨红色预警</title><updated>2026-08-12T07:20:00Z</updated>
    <link href="/1.html" type="text/html"/>
    <link href="1.xml" type="application/cap+xml; charset=utf-8"/>
    <category term="Met"/><summary>白沙乡</summary>
  </entry>
  <entry><title>没有编号，有地址</title><link href="2.xml"/></entry>
  <entry><title>什么都没有</title></entry>
</feed>"""

RSS = """<rss version="2.0"><channel>
  <title>预警</title><link>https://wx.example/</link>
  <lastBuildDate>Wed, 12 Aug 2026 15:21:00 +0800</lastBuildDate>
  <item>
    <guid isPermaLink="false">a-1</guid><title>大风蓝色预警</title>
    <link>https://wx.example/a-1.html</link>
    <enclosure url="https://wx.example/a-1.xml" type="application/cap+xml" length="1"/>
    <pubDate>Wed, 12 Aug 2026 07:20:00 GMT</pubDate><category>Met</category>
  </item>
  <item><title>雷电</title><link>https://wx.example/a-2.xml</link><pubDate>昨天</pubDate></item>
</channel></rss>"""


def test_an_atom_feed_gives_each_warning_and_where_its_message_lies() -> None:
    feed = atom.read_feed(ATOM.encode(), base=HERE)
    assert (feed.title, feed.author) == ("云屿县预警", "云屿县预警信息发布中心")
    first, second = feed.entries
    assert first.updated == datetime(2026, 8, 12, 7, 20, tzinfo=UTC)
    assert first.alert == "https://yunyu.example/cap/1.xml"
    assert first.categories == ("Met",)
    assert second.id == second.alert == "https://yunyu.example/cap/2.xml"


def test_an_rss_feed_gives_the_same() -> None:
    feed = atom.read_feed(RSS.encode())
    first, second = feed.entries
    assert feed.updated == datetime(2026, 8, 12, 7, 21, tzinfo=UTC)
    assert first.published == datetime(2026, 8, 12, 7, 20, tzinfo=UTC)
    assert first.alert == "https://wx.example/a-1.xml"
    assert second.id == "https://wx.example/a-2.xml"
    assert second.updated is None


def test_a_feed_in_gb18030_is_read() -> None:
    data = RSS.replace("<rss", '<?xml version="1.0" encoding="GBK"?><rss').encode("gb18030")
    assert atom.read_feed(data).entries[0].title == "大风蓝色预警"


@pytest.mark.parametrize(
    "href",
    [
        "file:///etc/passwd",
        "mailto:a@b",
        "javascript:x",
        "data:text/xml,x",
        "ftp://h/1.xml",
        "http://[",
    ],
)
def test_a_feed_cannot_send_us_elsewhere_than_to_the_web(href: str) -> None:
    feed = ATOM.replace("2.xml", href).replace("1.xml", href).replace("/1.html", href)
    entries = atom.read_feed(feed.encode(), base=HERE).entries
    assert [(one.id, one.alert) for one in entries] == [("urn:yunyu:1", "")]


@pytest.mark.parametrize(
    "data", [b"", b"<html/>", b"<rss/>", b"<!DOCTYPE rss><rss/>", made.CAP.encode(), b"{}"]
)
def test_what_is_no_feed_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        atom.read_feed(data)


def test_a_feed_without_bounds_is_refused() -> None:
    data = b'<feed xmlns="http://www.w3.org/2005/Atom">' + b"<entry/>" * 5001 + b"</feed>"
    with pytest.raises(Unreadable, match="5001"):
        atom.read_feed(data)


links = st.builds(
    Link,
    href=made.address,
    rel=st.sampled_from(["alternate", "self", "enclosure"]),
    type=st.sampled_from(["", CAP_TYPE, "text/html"]),
)
entries = st.builds(
    Entry,
    id=made.word.map("urn:x:".__add__),
    title=made.line,
    updated=made.moments,
    published=made.maybe_moments,
    author=made.line,
    summary=made.line,
    categories=made.tuples(made.filled),
    links=made.tuples(links),
)
feeds = st.builds(
    Feed,
    id=made.word.map("urn:f:".__add__),
    title=made.line,
    updated=made.moments,
    author=made.filled,
    links=made.tuples(links),
    entries=made.tuples(entries),
)


@settings(deadline=None)
@given(feeds)
def test_a_feed_written_reads_back_the_same(feed: Feed) -> None:
    assert atom.read_feed(atom.write_feed(feed)) == feed


def test_a_feed_is_the_same_bytes_until_a_warning_changes() -> None:
    feed = atom.read_feed(ATOM.encode(), base=HERE)
    first = feed.entries[0]
    assert atom.write_feed(feed) == atom.write_feed(replace(feed))
    changed = replace(feed, entries=(replace(first, title="暴雨橙色预警"), *feed.entries[1:]))
    assert atom.write_feed(changed) != atom.write_feed(feed)


def test_a_feed_can_be_joined_from_entries_written_before() -> None:
    feed = atom.read_feed(ATOM.encode(), base=HERE)
    kept = [atom.written_entry(entry) for entry in feed.entries]
    assert atom.joined(feed, kept) == atom.write_feed(feed)
