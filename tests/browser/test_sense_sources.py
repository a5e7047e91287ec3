"""Another department's platform, declared on a page: tried first, then switched on."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from anlan.kernel import clock
from tests.browser.conftest import Platform, log_in, shoot

pytestmark = pytest.mark.browser

SOURCE = """title = "县水利局水雨情平台"
region = "339901000000"
enabled = false
[owner]
unit = "县水利局"
person = "陈工"
phone = "0570-1234567"
[schedule]
every = "1min"
[request]
url = "{url}"
[form]
kind = "json"
charset = "gb18030"
[mapping]
records = "data"
[mapping.station]
path = "STCD"
[mapping.time]
path = "TM"
format = "%Y-%m-%d %H:%M:%S"
zone = "Asia/Shanghai"
[[mapping.values]]
path = "Z"
stream = "{{station}}-Z"
unit = "m"
"""


class _Answer(BaseHTTPRequestHandler):
    """Two good rows, one sentinel, one of a station nobody registered, one that is no number."""

    def do_GET(self) -> None:
        at = clock.local(clock.real_now() - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S")
        values = [("021", 11.2), ("022", 8.4), ("023", -9999), ("999", 1.0), ("024", "故障")]
        rows = [{"STCD": f"339901-SW{one}", "TM": at, "Z": value} for one, value in values]
        body = json.dumps({"data": rows}, ensure_ascii=False).encode("gb18030")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def other() -> Iterator[str]:
    """The platform of the other department; gives the address of its values."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/values"
    server.shutdown()
    server.server_close()


def _save(page: Page) -> None:
    """Save, and wait until it is done: the button is disabled while it saves, too."""
    save = page.get_by_role("button", name="保存")
    save.click()
    expect(save).not_to_have_class(re.compile("is-loading"))
    expect(save).to_be_disabled()


def test_a_source_is_tried_before_it_is_switched_on(
    page: Page, platform: Platform, other: str
) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/sources/new")
    page.get_by_label("来源编码").fill("browser-water")
    page.get_by_text("文本", exact=True).click()
    page.get_by_label("配置文本").fill(SOURCE.format(url=other))
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="县水利局水雨情平台")).to_be_visible()

    # What the form offers is written as the text would be, and what it does not offer stays.
    page.get_by_text("表单", exact=True).click()
    page.get_by_label("这些监测项").fill("339901-SW*")
    page.get_by_label("每分钟最多请求").fill("30")
    page.get_by_label("地址", exact=True).click()
    _save(page)
    page.get_by_text("文本", exact=True).click()
    written = page.get_by_label("配置文本")
    expect(written).to_have_value(re.compile(r'\[scope\]\nstreams = \["339901-SW\*"\]'))
    expect(written).to_have_value(re.compile("per_minute = 30"))
    expect(written).to_have_value(re.compile('charset = "gb18030"'))

    # Without a look at the rows it says so, and one may still go back.
    page.get_by_role("button", name="启用", exact=True).click()
    box = page.get_by_role("dialog")
    expect(box).to_contain_text("这一份配置还没有试取过")
    box.get_by_role("button", name="再看看").click()

    page.get_by_role("button", name="试取", exact=True).click()
    console = page.get_by_role("region", name="试取")
    expect(console).to_contain_text("收 3 个值")
    expect(console).to_contain_text("收不了 1 个")
    expect(console.get_by_role("cell", name="339901-SW021-Z")).to_be_visible()
    expect(console).to_contain_text("没登记")
    expect(console).to_contain_text("故障")
    shoot(page, "source")

    page.get_by_role("button", name="启用", exact=True).click()
    expect(box).to_contain_text("刚才试取收 3 个值")
    box.get_by_role("button", name="启用", exact=True).click()
    expect(page.get_by_text("已启用，马上取数")).to_be_visible()

    page.goto(f"{platform.url}/sense/sources")
    row = page.get_by_role("row").filter(has_text="县水利局水雨情平台")
    expect(row).to_contain_text("陈工")
    expect(row.get_by_role("link", name="0570-1234567")).to_be_visible()
    expect(row).to_contain_text("正常", timeout=30_000)
    shoot(page, "sources")


FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>省预警发布中心</title><id>urn:feed</id><updated>2026-08-01T08:00:00+08:00</updated>
<entry><title>暴雨红色预警</title><id>urn:1</id><updated>2026-08-01T08:00:00+08:00</updated>
<link href="{here}/1.xml" type="application/cap+xml"/></entry>
<entry><title>大风蓝色预警</title><id>urn:2</id><updated>2026-08-01T08:00:00+08:00</updated>
<link href="https://elsewhere.example/2.xml" type="application/cap+xml"/></entry>
</feed>"""


class _Feed(BaseHTTPRequestHandler):
    """Two warnings, one of which lies on a host nobody declared."""

    def do_GET(self) -> None:
        assert isinstance(self.server, ThreadingHTTPServer)
        here = f"http://127.0.0.1:{self.server.server_port}"
        self.send_response(200)
        self.send_header("Content-Type", "application/atom+xml")
        self.end_headers()
        self.wfile.write(FEED.format(here=here).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def feed() -> Iterator[str]:
    """The feed of warnings of the province; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/feed.atom"
    server.shutdown()
    server.server_close()


def test_a_feed_of_warnings_is_declared_in_the_form(
    page: Page, platform: Platform, feed: str
) -> None:
    log_in(page, platform, "keshi")
    page.goto(f"{platform.url}/sense/sources/new")
    page.get_by_label("来源编码").fill("browser-feed")
    kinds = page.get_by_role("radiogroup", name="取什么")
    expect(page.get_by_text("哪个字段是哪个监测项")).to_be_visible()
    kinds.get_by_text("取预警", exact=True).click()
    for gone in ("哪个字段是哪个监测项", "分页与时段", "怎么读回答", "只许写哪些监测项"):
        expect(page.get_by_text(gone)).to_have_count(0)
    whose = page.get_by_role("group", name="谁的平台")
    whose.get_by_label("名称").fill("省预警发布中心")
    page.get_by_label("地址", exact=True).fill(feed)
    page.get_by_label("报文还放在哪些主机").fill("files.example.gov.cn, cdn.example.gov.cn")
    page.get_by_label("一份报文最大多少 KB").fill("256")
    whose.get_by_label("名称").click()

    page.get_by_role("button", name="试取", exact=True).click()
    console = page.get_by_role("region", name="试取")
    expect(console).to_contain_text("收 1 条预警")
    expect(console).to_contain_text("收不了 1 个")
    shoot(page, "source-feed")

    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="省预警发布中心")).to_be_visible()
    # What is a feed opens as a form again, and its text says what the form said.
    expect(page.get_by_label("一份报文最大多少 KB")).to_have_value("256")
    page.get_by_text("文本", exact=True).click()
    written = page.get_by_label("配置文本")
    hosts = r'\[warnings\]\nhosts = \["files.example.gov.cn", "cdn.example.gov.cn"\]'
    expect(written).to_have_value(re.compile(hosts))
    expect(written).not_to_have_value(re.compile(r"\[(mapping|paging|window|form|scope)"))
