"""Trying a declaration before it is switched on: one page asked for, mapped and shown, not stored.

Nothing moves: no cursor, no state, no column handed over.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from anlan.gateways.sources.calling import CallFailed
from anlan.gateways.sources.conversation import Conversation, Means, Pace
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.declaration.declared import Warnings
from anlan.gateways.sources.paging import Step, Walk
from anlan.gateways.sources.polling import Reach, read
from anlan.gateways.sources.shelf import FOLDER
from anlan.gateways.sources.tokens import Drawer
from anlan.kernel import clock
from anlan.kernel.errors import AnlanError
from anlan.protocols.declared.moments import moment_of, spoken
from anlan.protocols.declared.secrets import Secrets
from anlan.protocols.mapping import Mapped, Rejected
from anlan.protocols.mapping.documents import text_of

#: Rows shown, and rejected rows.
MOST_SHOWN = 200
#: Characters of the answer that are shown.
MOST_TEXT = 4000
#: A person waits for the answer.
LONGEST_S = 20.0
#: Off by this, a zone is wrong rather than a value late.
EIGHT_HOURS_S = 8 * 3600
CLOSE_S = 1800

#: Tells of these stream codes which are registered, and whether the source may write them.
Known = Callable[[Declaration, Collection[str]], Mapping[str, bool]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One value as it would be stored, and the record it came from."""

    record: int
    stream: str
    time: datetime
    value: float
    unit: str
    #: None: nobody looked it up.
    registered: bool | None
    #: "" would be stored; "unknown" is not registered, "outside" not in the source's scope.
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one try came to."""

    #: Why there is nothing to show; "" when there is.
    reason: str
    #: What was asked, without anything secret.
    asked: str = ""
    status: int | None = None
    took_ms: int | None = None
    size: int | None = None
    records: int = 0
    mapped: int = 0
    missing: int = 0
    ignored: int = 0
    rows: tuple[Shown, ...] = ()
    rejected_count: int = 0
    rejected: tuple[Rejected, ...] = ()
    #: Whether the platform has further pages; they were not asked for.
    more: bool = False
    #: What a person should look at before switching it on.
    warnings: tuple[str, ...] = ()
    #: The beginning of the answer as it came.
    text: str = ""


def check(
    declaration: Declaration,
    home: Path,
    *,
    known: Known | None = None,
    now: datetime | None = None,
) -> Checked:
    """Ask a source for its first page and show what would become of it."""
    at = now or clock.now()
    schedule = replace(
        declaration.schedule, timeout_s=min(declaration.schedule.timeout_s, LONGEST_S)
    )
    careful = replace(declaration, schedule=schedule)
    try:
        talk = Conversation(careful, _means(home))
    except AnlanError as error:
        return Checked(error.detail)
    if careful.warnings is not None:
        return _feed_shown(talk, careful.warnings)
    walk = Walk(talk, _told(careful, at))
    try:
        step = next(walk.steps())
    except CallFailed as failed:
        text = talk.blotter.clean(text_of_reply(talk))
        return Checked(failed.detail, asked=talk.asked, text=text)
    return _shown(careful, talk, step, known, at)


def _feed_shown(talk: Conversation, warnings: Warnings) -> Checked:
    """Show what a feed of warnings holds, and which of its entries lead nowhere we go."""
    url = talk.declaration.request.url.text
    try:
        reply = talk.fetch()
        feed = read(reply, url)
    except CallFailed as failed:
        text = talk.blotter.clean(text_of_reply(talk))
        return Checked(failed.detail, asked=talk.asked, text=text)
    reach = Reach(url, warnings.hosts)
    closed = [
        (number, one) for number, one in enumerate(feed.entries) if not reach.allows(one.alert)
    ]
    why = "报文不在源自己的主机上，也不在 warnings.hosts 里；不会去取"
    shown = [Rejected(number, "link", why, one.alert or one.title) for number, one in closed]
    return Checked(
        reason="",
        asked=talk.asked,
        status=reply.status,
        took_ms=reply.took_ms,
        size=len(reply.body),
        records=len(feed.entries),
        mapped=len(feed.entries) - len(closed),
        rejected_count=len(closed),
        rejected=tuple(shown[:MOST_SHOWN]),
        warnings=() if feed.entries else ("源能读，现在一条预警也没有",),
        text=talk.blotter.clean(text_of_reply(talk)),
    )


def _means(home: Path) -> Means:
    return Means(
        secrets=Secrets(home),
        drawer=Drawer(lambda: clock.real_now().timestamp()),
        real_now=clock.real_now,
        wait=Pace().wait,
        folder=home / FOLDER,
    )


def _told(declaration: Declaration, now: datetime) -> dict[str, object]:
    told: dict[str, object] = {"each": declaration.each[0] if declaration.each else ""}
    window = declaration.window
    if window:
        back_s = max(window.overlap_s, 2 * declaration.schedule.every_s)
        told["to"] = now - timedelta(seconds=window.delay_s)
        told["from"] = now - timedelta(seconds=window.delay_s + back_s)
    return told


def text_of_reply(talk: Conversation) -> str:
    """Read the beginning of the last answer as text; "" when there was none."""
    if talk.last is None:
        return ""
    try:
        text = text_of(talk.last.body, talk.declaration.form.charset)
    except AnlanError:
        text = talk.last.body.decode("utf-8", "replace")
    return text[:MOST_TEXT]


def _shown(
    declaration: Declaration,
    talk: Conversation,
    step: Step,
    known: Known | None,
    now: datetime,
) -> Checked:
    mapped, reply = step.mapped, step.page.reply
    standing = dict(known(declaration, mapped.decoded.codes)) if known else None
    clean = talk.blotter.clean
    return Checked(
        reason="",
        asked=step.page.asked,
        status=reply.status,
        took_ms=reply.took_ms,
        size=len(reply.body),
        records=mapped.records,
        mapped=len(mapped.decoded),
        missing=mapped.missing,
        ignored=mapped.ignored,
        rows=_rows(mapped, standing),
        rejected_count=len(mapped.rejected),
        rejected=tuple(
            replace(one, sample=clean(one.sample)) for one in mapped.rejected[:MOST_SHOWN]
        ),
        more=step.more,
        warnings=tuple(_warnings(declaration, step, standing, now)),
        text=clean(text_of_reply(talk)),
    )


Standing = Mapping[str, bool]


def _rows(mapped: Mapped, standing: Standing | None) -> tuple[Shown, ...]:
    found = mapped.decoded
    rows = []
    for at in range(min(len(found), MOST_SHOWN)):
        code = found.codes[found.stream[at]]
        unit = -1 if found.unit is None else int(found.unit[at])
        rows.append(
            Shown(
                record=int(mapped.record[found.index[at]]),
                stream=code,
                time=moment_of(int(found.time[at])),
                value=float(found.value[at]),
                unit=found.units[unit] if unit >= 0 else "",
                registered=None if standing is None else code in standing,
                standing="" if standing is None else _standing(code, standing),
            )
        )
    return tuple(rows)


def _standing(code: str, standing: Standing) -> str:
    if code not in standing:
        return "unknown"
    return "" if standing[code] else "outside"


def _warnings(
    declaration: Declaration, step: Step, standing: Standing | None, now: datetime
) -> list[str]:
    found = []
    mapped, more = step.mapped, step.more
    if not mapped.records:
        found.append("这个时间段里对方没有任何记录")
    if mapped.absent:
        found.append(f"没有一条记录有字段 {'、'.join(mapped.absent)}，请核对 path")
    if standing is not None:
        found += _strange(mapped.decoded.codes, standing)
    if len(mapped.decoded) and not more:  # the newest may lie on another page
        newest = moment_of(int(mapped.decoded.time.max()))
        found += _time_warnings(declaration, (newest - now).total_seconds())
    return found


def _strange(codes: Collection[str], standing: Standing) -> Iterator[str]:
    for kind, why in (("unknown", "没有登记"), ("outside", "不在本来源的范围内（[scope]）")):
        strange = [code for code in codes if _standing(code, standing) == kind]
        if strange:
            some = "、".join(strange[:5])
            yield f"{len(strange)} 个监测项{why}，它们的值会被拒收：{some}"


def _time_warnings(declaration: Declaration, ahead_s: float) -> list[str]:
    if abs(abs(ahead_s) - EIGHT_HOURS_S) < CLOSE_S:
        way = "晚" if ahead_s > 0 else "早"
        return [f"最新的时间比现在{way}大约 8 小时，很可能 mapping.time.zone 声明错了"]
    if ahead_s > declaration.schedule.every_s:
        return [f"最新的时间比现在晚 {spoken(ahead_s)}，请核对时间格式和时区"]
    if -ahead_s > declaration.schedule.stale_s:
        return [f"最新的值已是 {spoken(-ahead_s)} 以前的，接入后会显示为陈旧"]
    return []
