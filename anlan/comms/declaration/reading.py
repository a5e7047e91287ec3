"""Reading a channel's file: every slip is told with its line."""

import hashlib
import re
import tomllib
from urllib.parse import urlsplit

from anlan.comms.channels import CHANNELS
from anlan.comms.declaration.declared import (
    Approved,
    Declaration,
    Hook,
    Inward,
    Outgoing,
    Outline,
    Pace,
    Words,
)
from anlan.comms.declaration.mailing import read_mail
from anlan.comms.declaration.places import read_devices, read_outline, read_sounds
from anlan.comms.declaration.requests import (
    OF_ALL,
    OF_ONE,
    PER_MESSAGE,
    read_answer,
    read_inward,
    read_outgoing,
    secret_of,
)
from anlan.kernel.errors import Invalid
from anlan.protocols.declared.auth import Auth, read_auth
from anlan.protocols.declared.lines import line_of, lines_of, syntax_line
from anlan.protocols.declared.moments import seconds
from anlan.protocols.declared.requests import (
    PARTS,
    Tls,
    check_names,
    read_sign,
    read_texts,
)
from anlan.protocols.declared.taking import Problem, Slips, Table, Wrong
from anlan.protocols.declared.templates import Template, names_of
from anlan.protocols.mapping.times import ISO, check_format, zone_of

#: A file's name, without ``.toml``; it is the channel's key, and part of its hooks' addresses.
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LARGEST = 64 * 1024
KINDS = ("http", "smtp")
USES = ("short", "full", "spoken", "long")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


def read_text(key: str, text: str) -> Declaration:
    """Read a channel's file; `Wrong` names every line that is wrong, and why."""
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
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    made = _declaration(key, Table(raw, (), slips), version)
    if slips:
        lines = lines_of(text)
        problems = [
            Problem(".".join(map(str, at)), why, line_of(at, lines)) for at, why in slips
        ]  # fmt: skip
        raise Wrong(name, sorted(problems, key=lambda one: one.line or 0))
    return made


def _declaration(key: str, top: Table, version: str) -> Declaration:
    kind = top.text("kind", "http", choices=KINDS)
    secrets = _secrets(top)
    known = PER_MESSAGE | frozenset(secrets)
    auth = read_auth(top, word="CHANNEL") if kind == "http" else Auth()
    outgoing = read_outgoing(top, known, signed=top.has("sign")) if kind == "http" else None
    sign = None
    if outgoing is not None:
        sign = read_sign(top, known=known, word="CHANNEL", request=outgoing.request)
    names = frozenset(secrets)
    receipt, reply = read_inward(top, "receipt", names), read_inward(top, "reply", names)
    outline = read_outline(top)
    made = Declaration(
        key=key,
        title=top.text("title", most=60),
        title_en=top.text("title_en", "", most=120),
        kind=kind,
        channel=_channel(top, kind),
        enabled=top.flag("enabled", default=False),
        order=top.whole("order", 1, low=1, high=99),
        note=top.text("note", "", most=1000),
        pace=_pace(top),
        words=_words(top, kind),
        approved=tuple(_approved(one) for one in top.tables("templates")),
        outgoing=outgoing,
        mail=read_mail(top) if kind == "smtp" else None,
        auth=auth,
        sign=sign,
        secrets=secrets,
        answer=read_answer(top),
        receipt=receipt,
        reply=reply,
        hook=_hook(top),
        tls=_tls(top),
        proxy=_proxy(top),
        devices=read_devices(top),
        sounds=read_sounds(top),
        outline=outline or Outline(),
        time_format=_time_format(top),
        time_zone=top.made("time_zone", zone_of, "Asia/Shanghai") or zone_of("Asia/Shanghai"),
        version=version,
    )
    top.done()
    _check_whole(made, top)
    if outline is not None and (outgoing is None or "area" not in names_in(outgoing)):
        top.slip("area", "有 [area] 时请求里要用到 {area}")
    return made


def _check_whole(made: Declaration, top: Table) -> None:
    """Note what only the whole file shows to be missing."""
    if made.hook is None and any(map(_is_pushed, (made.receipt, made.reply))):
        top.slip("hook", "有 [receipt] 或 [reply] 时必须填写：运营商凭什么证明是它")
    for name, inward in (("receipt", made.receipt), ("reply", made.reply)):
        _check_pull(made, inward, Table({}, (name, "pull"), top.slips))
    by_device = CHANNELS[made.channel].needs == "device"
    if by_device != bool(made.devices):
        top.slip("devices", "大喇叭要写 [[devices]]：每台的编号和所在地区；别的渠道不写")
    used = names_in(made.outgoing) if made.outgoing else frozenset[str]()
    if ("audio" in used) != (made.sounds is not None):
        top.slip("sounds", "[sounds] 与请求中的 {audio} 应同时有或同时没有")


def _check_pull(made: Declaration, inward: Inward | None, table: Table) -> None:
    """Note what a request for all messages cannot be signed with."""
    if inward is None or inward.pull is None or inward.pull.sign or made.sign is None:
        return
    sign = made.sign
    trees = [sign.text, sign.canonical, *sign.derive, *sign.headers.values(),
             *sign.query.values(), *sign.form.values()]  # fmt: skip
    used = frozenset().union(*map(names_of, trees)) & (OF_ONE | OF_ALL) - PARTS
    if used - {"token", "username"}:
        table.slip("sign", "渠道的签名用到了一条消息的内容，取回执、回复要另写怎样签名")


def names_in(outgoing: Outgoing) -> frozenset[str]:
    """Tell what a request names, for all its recipients and for each."""
    trees = [*outgoing.request.templates, outgoing.item]
    return frozenset().union(*map(names_of, trees))


def _is_pushed(inward: Inward | None) -> bool:
    return inward is not None and inward.pull is None


def _channel(top: Table, kind: str) -> str:
    found = top.text("channel", "mail" if kind == "smtp" else "sms")
    channel = CHANNELS.get(found)
    if channel is None or channel.by_hand or channel.at_once:
        sendable = [
            key for key, one in CHANNELS.items() if not one.by_hand and not one.at_once
        ]  # fmt: skip
        top.slip("channel", f"「{found}」不能自动发送，可用：{'、'.join(sendable)}")
        return "sms"
    return found


def _pace(top: Table) -> Pace:
    table = top.table("pace") or Table({}, ("pace",), top.slips)
    made = Pace(
        per_second=table.number("per_second", 0, low=0, high=100_000),
        lines=table.whole("lines", 8, low=1, high=256),
        timeout_s=table.span("timeout", "10s", least=1, most=60),
        retry_s=_retry(table),
        give_up_s=table.span("give_up", "30min", least=10, most=86_400),
        receipt_s=table.span("receipt_within", "10min", least=10, most=3 * 86_400),
        keep_alive=table.flag("keep_alive", default=True),
    )
    table.done()
    return made


def _retry(table: Table) -> tuple[float, ...]:
    found = table.listed("retry", ["5s", "15s", "30s", "1min", "2min"])
    try:
        waits = tuple(seconds(str(one)) for one in found)
    except Invalid as error:
        table.slip("retry", error.detail)
        return (30.0,)
    if not waits or min(waits) < 1:
        table.slip("retry", "至少一个，每个不短于 1 秒")
        return (30.0,)
    return waits


def _words(top: Table, kind: str) -> Words:
    usual = "long" if kind == "smtp" else "short"
    table = top.table("text") or Table({}, ("text",), top.slips)
    made = Words(
        use=table.text("use", usual, choices=USES),
        prefix=table.text("prefix", "", most=60),
        suffix=table.text("suffix", "", most=60),
        signature=table.text("signature", "", most=60),
        longest=table.whole("longest", 0, low=0, high=100_000),
    )
    table.done()
    return made


def _approved(table: Table) -> Approved:
    params = read_texts(table, "params")
    made = Approved(
        id=table.text("id", most=80),
        kinds=tuple(map(str, table.listed("kinds"))),
        params=params,
        text=table.made("text", _as_approved, "") or None,
        longest=table.whole("longest", 0, low=0, high=1000),
    )
    table.done()
    check_names(params.values(), PER_MESSAGE, (*table.where, "params"), table.slips)
    if made.text is not None and made.text.names != set(params):
        table.slip("text", "text 中花括号里的名称应与 params 的一一对应")
    if made.longest and any("link" in one.names for one in params.values()):
        table.slip("longest", "带 {link} 的参数截断了就打不开，不能有长度限制")
    return made


def _as_approved(text: str) -> Template:
    """Compile an approved text; as providers' pages show it, a place is ``{1}`` or ``${1}``."""
    return Template.read(text.replace("${", "{"))


def _secrets(top: Table) -> dict[str, str]:
    table = top.table("secrets")
    if table is None:
        return {}
    made = {}
    for name in table.raw:
        if not _NAME.fullmatch(name) or name in PER_MESSAGE:
            table.any(name)
            table.slip(name, "名称应是小写英文，且不与别的名称相同")
            continue
        made[name] = secret_of(table, name)
    table.done()
    return made


def _hook(top: Table) -> Hook | None:
    table = top.table("hook")
    if table is None:
        return None
    header = table.text("header", "")
    made = Hook(
        secret=secret_of(table, "secret"),
        header=header,
        query=table.text("query", "" if header else "key"),
    )
    table.done()
    return made


def _tls(top: Table) -> Tls:
    table = top.table("tls")
    if table is None:
        return Tls()
    made = Tls(verify=table.flag("verify", default=True), ca=table.text("ca", ""))
    if not re.fullmatch(r"[\w-][\w.-]*|", made.ca):
        table.slip("ca", "只写文件名；文件放在 conf/channels/ 中")
    table.done()
    return made


def _proxy(top: Table) -> str:
    found = top.text("proxy", "")
    parts = urlsplit(found)
    if found and (parts.scheme != "http" or not parts.hostname or "@" in parts.netloc):
        top.slip("proxy", "应如 http://10.0.0.1:3128")
        return ""
    return found


def _time_format(top: Table) -> str:
    found = top.text("time_format", ISO)
    try:
        check_format(found)
    except Invalid as error:
        top.slip("time_format", error.detail)
    return found
