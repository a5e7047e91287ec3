"""What an operator writes in ``DIR/conf/brokers/NAME.toml``, read strictly."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from typing import Final

from anlan.base.regions.scope import COUNTRY
from anlan.gateways.sources.declaration.declared import Within
from anlan.gateways.sources.declaration.within import read_region, read_scope
from anlan.protocols.declared.lines import line_of, lines_of, syntax_line
from anlan.protocols.declared.secrets import check_reference
from anlan.protocols.declared.taking import Problem, Slips, Table, Wrong
from anlan.sense.selectors.identities import Scope

#: A file's name, without ``.toml``; it is the broker's key.
KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LARGEST: Final = 64 * 1024
#: Stands for the stream's code in a topic.
STREAM: Final = "{stream}"

VERSIONS: Final = {"3.1.1": 4, "5": 5}


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker. `version_hash` changes with the file's text."""

    key: str
    title: str
    enabled: bool
    host: str
    port: int
    version: int
    username: str
    #: ``env:...`` or ``file:...``; "" for none.
    password: str
    client_id: str
    keep_alive_s: int
    tls: bool
    #: A PEM file of authorities; "" takes the system's.
    authority: str
    #: Topics whose messages are batches.
    batches: tuple[str, ...]
    #: Topics whose messages are single observations, with ``{stream}`` where the code stands.
    singles: tuple[str, ...]
    #: Which streams it may write; None: all of them.
    scope: Scope | None
    version_hash: str

    @property
    def filters(self) -> list[str]:
        """What to subscribe to."""
        return [*self.batches, *(one.replace(STREAM, "+") for one in self.singles)]

    def stream_of(self, topic: str) -> str | None:
        """Tell the code a topic names; None for a topic of batches."""
        levels = topic.split("/")
        for single in self.singles:
            wanted = single.split("/")
            if len(wanted) == len(levels):
                pairs = list(zip(wanted, levels, strict=True))
                if all(want in (STREAM, "+", level) for want, level in pairs):
                    return next(level for want, level in pairs if want == STREAM)
        return None


def read_broker(key: str, text: str) -> Broker:
    """Read a declaration; `Wrong` names every line that is wrong, and why."""
    name = f"{key}.toml"
    if not KEY.fullmatch(key):
        raise Wrong(name, [Problem("", "文件名只能用小写字母、数字和横线，最长 40 个字符")])
    if len(text.encode()) > LARGEST:
        raise Wrong(name, [Problem("", f"超过 {LARGEST // 1024} KB")])
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = syntax_line(str(error))
        raise Wrong(name, [Problem("", f"不是有效的 TOML：{error}", line)]) from error
    slips: Slips = []
    broker = _broker(key, Table(raw, (), slips), hashlib.sha256(text.encode()).hexdigest())
    if slips:
        lines = lines_of(text)
        problems = [Problem(".".join(map(str, at)), why, line_of(at, lines)) for at, why in slips]
        raise Wrong(name, sorted(problems, key=lambda one: one.line or 0))
    return broker


def _broker(key: str, top: Table, version_hash: str) -> Broker:
    tls = top.flag("tls", default=False)
    password = top.made("password", check_reference, "") or ""
    broker = Broker(
        key=key,
        title=top.text("title", key, most=60),
        enabled=top.flag("enabled", default=True),
        host=top.text("host", most=255),
        port=top.whole("port", 8883 if tls else 1883, low=1, high=65_535),
        version=VERSIONS[top.text("version", "3.1.1", choices=list(VERSIONS))],
        username=top.text("username", "", most=256),
        password=password,
        client_id=top.text("client_id", f"anlan-{key}", most=64),
        keep_alive_s=top.whole("keep_alive_s", 30, low=5, high=3600),
        tls=tls,
        authority=top.text("authority", "", most=500),
        batches=_topics(top, "batches", ["anlan/obs"], single=False),
        singles=_topics(top, "singles", [f"anlan/obs/{STREAM}"], single=True),
        scope=_scope(top),
        version_hash=version_hash,
    )
    if password and not broker.username:
        top.slip("username", "有密码就要有用户名")
    if not broker.filters:
        top.slip("batches", "batches 和 singles 不能都是空的")
    top.done()
    return broker


def _scope(top: Table) -> Scope | None:
    region = read_region(top) if top.has("region") else COUNTRY
    said = read_scope(top)
    if region == COUNTRY and said == Within():
        return None
    return Scope(region, said.units, said.gateways, said.streams)


def _topics(top: Table, name: str, default: list[str], *, single: bool) -> tuple[str, ...]:
    topics = []
    for topic in top.listed(name, default):
        levels = topic.split("/") if isinstance(topic, str) else []
        ends = [level for level in levels[:-1] if level == "#"]
        mixed = [
            one for one in levels if one not in ("+", "#", STREAM) and re.search(r"[+#{}]", one)
        ]
        if not levels or not topic or ends or mixed or len(topic) > 1000:
            top.slip(name, f"「{topic}」不是主题：+ 和 {STREAM} 独占一级，# 只能在最后")
        elif single and (levels.count(STREAM) != 1 or "#" in levels):
            top.slip(name, f"「{topic}」应有一级是 {STREAM}，且不含 #")
        elif not single and STREAM in levels:
            top.slip(name, f"「{topic}」不应含 {STREAM}；单条观测写在 singles")
        else:
            topics.append(topic)
    return tuple(topics)
