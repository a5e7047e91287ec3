"""Reading a declaration: TOML text, or the same tables as fields of a form."""

import hashlib
import re
import tomllib
from typing import Any

from anlan.gateways.sources.declaration.declared import (
    Declaration,
    Owner,
    Paging,
    Schedule,
    Window,
    Within,
)
from anlan.gateways.sources.declaration.feeds import no_mapping, read_warnings
from anlan.gateways.sources.declaration.mappings import read_form, read_mapping
from anlan.gateways.sources.declaration.requests import (
    read_answer,
    read_auth,
    read_paging,
    read_request,
    read_sign,
)
from anlan.gateways.sources.declaration.within import read_region, read_scope
from anlan.kernel.errors import Invalid
from anlan.protocols.declared.lines import line_of, lines_of, syntax_line
from anlan.protocols.declared.requests import Tls
from anlan.protocols.declared.taking import (
    Files,
    Problem,
    Slips,
    Table,
    Wrong,
    no_files,
)
from anlan.protocols.declared.templates import names_of
from anlan.protocols.mapping import Form
from anlan.protocols.mapping.times import ISO, check_format, zone_of

#: A file's name, without ``.toml``; it is the source's key.
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
#: Words of the page's addresses.
RESERVED = frozenset(("new", "check"))
#: The largest declaration, in bytes.
LARGEST = 512 * 1024
#: Asking more often than this is no pulling but leaning on the other side.
SHORTEST_S = 5.0
#: A value is back-fill when it comes this much later than its interval lets expect.
LATE_S = 900.0
MOST_EACH = 2000


def read_text(key: str, text: str, files: Files = no_files) -> Declaration:
    """Read a declaration's text; `Wrong` names every line that is wrong, and why."""
    name = f"{key}.toml"
    if not KEY.fullmatch(key):
        raise Wrong(name, [Problem("", "文件名只能用小写字母、数字和横线，最长 40 个字符")])
    if key in RESERVED:
        raise Wrong(name, [Problem("", f"「{key}」另有用处，请换一个名称")])
    if len(text.encode()) > LARGEST:
        raise Wrong(name, [Problem("", f"超过 {LARGEST // 1024} KB")])
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = syntax_line(str(error))
        raise Wrong(name, [Problem("", f"不是有效的 TOML：{error}", line)]) from error
    slips: Slips = []
    top = Table(raw, (), slips, files)
    made = _declaration(key, top, hashlib.sha256(text.encode()).hexdigest()[:16])
    if slips:
        lines = lines_of(text)
        problems = [Problem(_dotted(at), why, line_of(at, lines)) for at, why in slips]
        raise Wrong(name, sorted(problems, key=lambda one: one.line or 0))
    return made


def read_fields(key: str, fields: dict[str, Any], files: Files = no_files) -> Declaration:
    """Read the tables a form sends; `Wrong` names every field that is wrong, and why."""
    slips: Slips = []
    made = _declaration(key, Table(fields, (), slips, files), "")
    if slips:
        raise Wrong(key, [Problem(_dotted(at), why) for at, why in slips])
    return made


def _dotted(where: tuple[str | int, ...]) -> str:
    return ".".join(map(str, where))


def _declaration(key: str, top: Table, version: str) -> Declaration:
    warnings = read_warnings(top)
    observed = warnings is None
    made = Declaration(
        key=key,
        title=top.text("title", most=60),
        title_en=top.text("title_en", "", most=120),
        region=read_region(top),
        owner=_owner(top),
        scope=read_scope(top) if observed else Within(),
        note=top.text("note", "", most=1000),
        enabled=top.flag("enabled", default=False),
        schedule=_schedule(top),
        request=read_request(top, "request"),
        auth=read_auth(top),
        sign=read_sign(top),
        answer=read_answer(top),
        paging=read_paging(top) if observed else Paging(),
        window=_window(top) if observed else None,
        each=_each(top) if observed else (),
        tls=_tls(top),
        proxy=_proxy(top),
        form=read_form(top) if observed else Form(),
        mapping=read_mapping(top) if observed else no_mapping(),
        warnings=warnings,
        version=version,
        fields=top.raw,
    )
    top.done()
    if not top.slips:
        _check_together(made, top.slips)
    return made


def _owner(top: Table) -> Owner:
    table = top.table("owner")
    if table is None:
        top.slip("owner", "必须填写 [owner]：是哪个单位的平台，断了找谁")
        return Owner("")
    owner = Owner(
        unit=table.text("unit", most=60),
        person=table.text("person", "", most=30),
        phone=table.text("phone", "", most=40),
    )
    table.done()
    return owner


def _schedule(top: Table) -> Schedule:
    table = top.table("schedule") or Table({}, ("schedule",), top.slips)
    every = table.span("every", "5min", least=SHORTEST_S, most=31 * 86_400)
    late = max(LATE_S, 3 * every)
    made = Schedule(
        every_s=every,
        stale_s=table.span("stale_after", f"{3 * every:.0f}s", least=every),
        late_s=table.span("late_after", f"{late:.0f}s", least=60),
        timeout_s=table.span("timeout", "20s", least=1, most=300),
        per_minute=table.number("per_minute", 0, low=0, high=6000),
        backoff_s=table.span("backoff_most", f"{max(LATE_S, every):.0f}s", least=30),
    )
    table.done()
    return made


def _window(top: Table) -> Window | None:
    table = top.table("window")
    if table is None:
        return None
    form = table.text("format", ISO)
    try:
        check_format(form)
    except Invalid as error:
        table.slip("format", error.detail)
    made = Window(
        first_s=table.span("first", "1d"),
        overlap_s=table.span("overlap", "30min"),
        chunk_s=table.span("chunk", "6h", least=60),
        reach_s=table.span("reach", "30d"),
        delay_s=table.span("delay", "0s"),
        format=form,
        zone=table.made("zone", zone_of, "Asia/Shanghai") or zone_of("Asia/Shanghai"),
    )
    table.done()
    return made


def _each(top: Table) -> tuple[str, ...]:
    found = top.listed("each")
    if not all(isinstance(one, str) and one for one in found):
        top.slip("each", "应是几段文字，如站码，写在引号里")
    if len(found) > MOST_EACH:
        top.slip("each", f"最多 {MOST_EACH} 个")
    return tuple(map(str, found))


def _tls(top: Table) -> Tls:
    table = top.table("tls")
    if table is None:
        return Tls()
    made = Tls(verify=table.flag("verify", default=True), ca=table.text("ca", ""))
    if not re.fullmatch(r"[\w-][\w.-]*|", made.ca):
        table.slip("ca", "只写文件名；文件放在 conf/sources/ 中")
    table.done()
    return made


def _proxy(top: Table) -> str:
    found = top.text("proxy", "")
    if found and not re.fullmatch(r"http://[^/@\s]+/?", found):
        top.slip("proxy", "应如 http://10.0.0.1:3128")
    return found


def _check_together(made: Declaration, slips: Slips) -> None:
    """Refuse parts that have no effect on each other, such as pages nobody asks for."""
    used: frozenset[str] = frozenset().union(*map(names_of, made.request.templates))
    if made.sign:
        used |= made.sign.text.names
    hole = made.paging.kind
    if hole in ("page", "offset", "cursor") and hole not in used:
        slips.append((("paging", "kind"), f"请求中没有用到 {{{hole}}}，翻不了页"))
    if made.window and not {"from", "to"} & used:
        slips.append((("window",), "请求中没有用到 {from} 或 {to}；不按时间段取时请去掉 [window]"))
    if made.window and made.window.chunk_s < made.schedule.every_s:
        slips.append((("window", "chunk"), "不能短于 schedule.every"))
    if not made.window and {"from", "to"} & used:
        slips.append((("request",), "用到了 {from} 或 {to}，但没有声明 [window]"))
    if bool(made.each) != ("each" in used):
        slips.append((("each",), "each 与请求中的 {each} 应同时有或同时没有"))
    if not all(path.is_single for path in made.mapping.time):
        slips.append((("mapping", "time", "path"), "应指向一个字段，不能有 [] 或 *"))
