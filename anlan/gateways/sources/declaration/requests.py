"""The parts of a declaration that make a request and judge its answer."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from anlan.gateways.sources.declaration.declared import (
    Answer,
    Auth,
    Login,
    Paging,
    Request,
    Sign,
    Test,
)
from anlan.gateways.sources.declaration.taking import Slips, Table
from anlan.gateways.sources.secrets import check_reference
from anlan.gateways.sources.signing import ALGORITHMS, ENCODINGS
from anlan.gateways.sources.templates import Template, Tree, compiled, names_of
from anlan.kernel.errors import Invalid
from anlan.protocols.mapping import Path
from anlan.protocols.mapping.documents import known_charset

METHODS = ("GET", "POST", "PUT")
AUTHS = ("none", "basic", "token", "login")
PAGINGS = ("none", "page", "offset", "cursor", "next")
ENDS = ("empty", "short", "total", "flag")

#: Names every request knows.
ALWAYS = frozenset(("timestamp", "timestamp_ms", "nonce", "now", "time_format", "time_zone"))
ASKING = ALWAYS | {"from", "to", "page", "size", "offset", "cursor", "each", "token", "username"}
LOGGING_IN = ALWAYS | {"username", "secret"}
SIGNING = ASKING | {"secret", "method", "path", "query", "query_sorted", "body", "host"}
SIGNED = ASKING | {"signature"}


def read_request(top: Table, name: str, *, known: frozenset[str] = ASKING) -> Request:
    """Read ``[request]``."""
    table = top.table(name)
    if table is None:
        top.slip(name, "必须填写：向哪里要数据")
        return Request(Template.read("http://x/"))
    url = table.made("url", _url)
    bodies = [kind for kind in ("body", "json", "form") if table.has(kind)]
    if len(bodies) > 1:
        table.slip(bodies[1], f"已经有 {bodies[0]}，只能写一种")
    charset = table.text("charset", "utf-8")
    if charset == "auto" or not known_charset(charset):
        table.slip("charset", f"不认识的字符集「{charset}」")
    made = Request(
        url=url or Template.read("http://x/"),
        method=table.text("method", "POST" if bodies else "GET", choices=METHODS),
        query=_texts(table, "query"),
        headers=_texts(table, "headers"),
        body=table.made("body", Template.read, ""),
        json=_tree(table),
        form=_texts(table, "form") if table.has("form") else None,
        charset=charset,
    )
    table.done()
    _check_names(made.templates, known, table.where, table.slips)
    return made


def _url(text: str) -> Template:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or "{" in parts.netloc:
        raise Invalid("应以 http:// 或 https:// 开头，主机名写明")
    if "@" in parts.netloc:
        raise Invalid("地址中不要写账号口令，请用 [auth]")
    return Template.read(text)


def _texts(table: Table, name: str) -> dict[str, Template]:
    made: dict[str, Template] = {}
    for key, value in table.items(name).items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            made[key] = Template.read(text)
        except Invalid as error:
            table.slips.append(((*table.where, name, key), error.detail))
    return made


def _tree(table: Table) -> Tree:
    try:
        return compiled(table.any("json"))
    except Invalid as error:
        table.slip("json", error.detail)
        return None


def _check_names(
    trees: Iterable[Tree], known: frozenset[str], where: Sequence[Any], slips: Slips
) -> None:
    used: frozenset[str] = frozenset().union(*map(names_of, trees))
    for name in sorted(used - known):
        offered = "、".join(sorted(known - {"time_format", "time_zone"}))
        slips.append((tuple(where), f"不认识 {{{name}}}，可用 {offered}"))


def read_auth(top: Table) -> Auth:
    """Read ``[auth]``."""
    table = top.table("auth")
    if table is None:
        return Auth()
    kind = table.text("kind", choices=AUTHS)
    reader: Callable[[Table], Auth] = {
        "none": lambda _: Auth(), "basic": _basic, "token": _token, "login": _login,
    }[kind]  # fmt: skip
    made = reader(table)
    table.done()
    return made


def _basic(table: Table) -> Auth:
    return Auth("basic", username=table.text("username"), secret=_secret(table))


def _token(table: Table) -> Auth:
    header, prefix, query = _place(table)
    return Auth("token", secret=_secret(table), header=header, prefix=prefix, query=query)


def _login(table: Table) -> Auth:
    header, prefix, query = _place(table)
    token = _path(table, "token")
    login = Login(
        request=read_request(table, "request", known=LOGGING_IN),
        token=token,
        expires_in=_path(table, "expires_in"),
        lifetime_s=table.span("lifetime", "1h", least=10),
        margin_s=table.span("margin", "60s"),
        ok=_test(table, "ok"),
    )
    if login.expires_in is None and login.margin_s >= login.lifetime_s:
        table.slip("margin", "应短于 lifetime")
    return Auth(
        "login", username=table.text("username", ""), secret=_secret(table),
        header=header, prefix=prefix, query=query, login=login,
    )  # fmt: skip


def _place(table: Table) -> tuple[str, str, str]:
    query = table.text("query", "")
    header = table.text("header", "Authorization" if not query else "")
    usual = "Bearer " if header == "Authorization" else ""
    prefix = table.any("prefix", usual)
    if not isinstance(prefix, str):
        table.slip("prefix", "应是文字")
        prefix = usual
    return header, prefix, query


def _secret(table: Table) -> str:
    return table.made("secret", check_reference) or ""


def read_sign(top: Table) -> Sign | None:
    """Read ``[sign]``."""
    table = top.table("sign")
    if table is None:
        return None
    text = table.made("text", Template.read) or Template.read("")
    made = Sign(
        algorithm=table.text("algorithm", choices=tuple(ALGORITHMS)),
        text=text,
        secret=_secret(table),
        encoding=table.text("encoding", "hex", choices=tuple(ENCODINGS)),
        headers=_texts(table, "headers"),
        query=_texts(table, "query"),
    )
    table.done()
    _check_names([text], SIGNING, (*table.where, "text"), table.slips)
    places = [*made.headers.values(), *made.query.values()]
    _check_names(places, SIGNED, table.where, table.slips)
    if not any("signature" in one.names for one in places):
        table.slip("", "签名没有放进请求：headers 或 query 中应有一项用到 {signature}")
    if not made.algorithm.startswith("hmac-") and "secret" not in text.names:
        table.slip("text", "这种算法不带密钥，text 中应有 {secret}")
    return made


def read_answer(top: Table) -> Answer:
    """Read ``[answer]``."""
    table = top.table("answer")
    if table is None:
        return Answer()
    made = Answer(
        ok=_test(table, "ok"),
        expired=_test(table, "expired"),
        message=_path(table, "message"),
        largest_mb=table.number("largest_mb", 32, low=0.001, high=512),
    )
    table.done()
    return made


def read_paging(top: Table) -> Paging:
    """Read ``[paging]``."""
    table = top.table("paging")
    if table is None:
        return Paging()
    kind = table.text("kind", choices=PAGINGS)
    made = Paging(
        kind=kind,
        size=table.whole("size", 100, low=1, high=100_000),
        first=table.whole("first", 0 if kind == "offset" else 1, low=0, high=1),
        end=table.text("end", "empty", choices=ENDS),
        total=_path(table, "total"),
        more=_test(table, "more"),
        next=_path(table, "next"),
        start=table.text("start", ""),
        keep=table.flag("keep", default=False),
        most=table.whole("most", 1000, low=1, high=1_000_000),
    )
    table.done()
    _check_paging(made, table)
    return made


def _check_paging(made: Paging, table: Table) -> None:
    needed = {"total": made.total, "flag": made.more}
    if made.end in needed and needed[made.end] is None:
        name = {"total": "total", "flag": "more"}[made.end]
        table.slip(name, f'end = "{made.end}" 时必须填写')
    if made.kind in ("cursor", "next") and made.next is None:
        table.slip("next", "必须填写：下一页的游标或地址在回答的哪里")
    if made.keep and made.kind != "cursor":
        table.slip("keep", '只有 kind = "cursor" 时可用')


def _path(table: Table, name: str) -> Path | None:
    found = table.made(name, Path.read, "")
    if found is not None and not found.is_single:
        table.slip(name, "应指向一个值，不能有 [] 或 *")
    return found


def _test(table: Table, name: str) -> Test | None:
    inner = table.table(name)
    if inner is None:
        return None
    path = _path(inner, "path")
    values = tuple(map(plain, inner.listed("is", ["true"])))
    inner.done()
    if path is None:
        inner.slip("path", "必须填写")
        return None
    return Test(path, values)


def plain(value: Any) -> str:
    """Write a value of an answer as a test compares it: 0, "0" and 0.0 are one.

    >>> plain(True), plain(0.0), plain("OK"), plain(None)
    ('true', '0', 'OK', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).strip()
    return re.sub(r"\.0+$", "", text) if re.fullmatch(r"-?\d+\.0+", text) else text
