"""A declared HTTP request, its signature, and where its answer says yes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from anlan.kernel.errors import Invalid
from anlan.protocols.declared.secrets import check_reference
from anlan.protocols.declared.signing import ALGORITHMS, ENCODINGS
from anlan.protocols.declared.taking import Slips, Table
from anlan.protocols.declared.templates import Template, Tree, compiled, names_of
from anlan.protocols.mapping.documents import known_charset
from anlan.protocols.mapping.selectors import Path

METHODS = ("GET", "POST", "PUT")
ENCODES = ("", "base64")

#: Names every request knows.
ALWAYS = frozenset(("timestamp", "timestamp_ms", "nonce", "now", "time_format", "time_zone"))
#: Names of what is signed, besides those of the request.
PARTS = frozenset(
    (
        "secret", "method", "path", "query", "query_sorted", "body", "host", "params_sorted",
        "params_encoded",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, with names to fill in."""

    url: Template
    method: str = "GET"
    query: Mapping[str, Template] = field(default_factory=dict)
    headers: Mapping[str, Template] = field(default_factory=dict)
    #: At most one of the three.
    body: Template | None = None
    json: Tree = None
    form: Mapping[str, Template] | None = None
    #: Character set of query, form and body.
    charset: str = "utf-8"
    #: How the whole body is written once more: "" or base64.
    encode: str = ""

    @property
    def templates(self) -> list[Tree]:
        """Everything in it that holds names."""
        many = [self.url, *self.query.values(), *self.headers.values()]
        return [*many, self.body, self.json, *(self.form or {}).values()]


@dataclass(frozen=True, slots=True)
class Test:
    """A place in the answer and the values that mean yes."""

    path: Path
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to believe."""

    verify: bool = True
    #: A file of certificates beside the declaration; "" are the system's.
    ca: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature over declared parts of the request."""

    algorithm: str
    text: Template
    secret: str
    encoding: str = "hex"
    headers: Mapping[str, Template] = field(default_factory=dict)
    query: Mapping[str, Template] = field(default_factory=dict)
    form: Mapping[str, Template] = field(default_factory=dict)
    #: A text made first; `text` may name it, digested as a rule.
    canonical: Template | None = None
    #: How the key is made of the secret: the first is the key, each further one is signed with
    #: the key so far and becomes it. Empty: the secret itself.
    derive: tuple[Template, ...] = ()


def read_request(top: Table, name: str, *, known: frozenset[str]) -> Request:
    """Read ``[request]``."""
    table = top.table(name)
    if table is None:
        top.slip(name, "必须填写：向哪里发请求")
        return Request(Template.read("http://x/"))
    made = request_of(table, known=known)
    table.done()
    return made


def request_of(table: Table, *, known: frozenset[str]) -> Request:
    """Read the request out of its table, leaving keys that are not a request's to the caller."""
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
        query=read_texts(table, "query"),
        headers=read_texts(table, "headers"),
        body=table.made("body", Template.read, ""),
        json=read_tree(table, "json"),
        form=read_texts(table, "form") if table.has("form") else None,
        charset=charset,
        encode=table.text("encode", "", choices=ENCODES),
    )
    check_names(made.templates, known, table.where, table.slips)
    return made


def _url(text: str) -> Template:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or "{" in parts.netloc:
        raise Invalid("应以 http:// 或 https:// 开头，主机名写明")
    if "@" in parts.netloc:
        raise Invalid("地址中不要写账号口令，请用 [auth]")
    return Template.read(text)


def read_texts(table: Table, name: str) -> dict[str, Template]:
    """Read a table of names and texts with names in braces."""
    made: dict[str, Template] = {}
    for key, value in table.items(name).items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        try:
            made[key] = Template.read(text)
        except Invalid as error:
            table.slips.append(((*table.where, name, key), error.detail))
    return made


def read_tree(table: Table, name: str) -> Tree:
    """Read a JSON value whose texts have names in braces."""
    try:
        return compiled(table.any(name))
    except Invalid as error:
        table.slip(name, error.detail)
        return None


def check_names(
    trees: Iterable[Tree], known: frozenset[str], where: Sequence[Any], slips: Slips
) -> None:
    """Note names nobody will tell."""
    used: frozenset[str] = frozenset().union(*map(names_of, trees))
    for name in sorted(used - known):
        offered = "、".join(sorted(known - {"time_format", "time_zone"}))
        slips.append((tuple(where), f"不认识 {{{name}}}，可用 {offered}"))


def read_sign(
    top: Table, *, known: frozenset[str], word: str, request: Request | None = None
) -> Sign | None:
    """Read ``[sign]``; `word` is the first word of its secret's variable.

    The signature may also stand inside `request`, then made before it: of what the request holds
    nothing can be signed.
    """
    table = top.table("sign")
    if table is None:
        return None
    text = table.made("text", Template.read) or Template.read("")
    made = Sign(
        algorithm=table.text("algorithm", choices=tuple(ALGORITHMS)),
        text=text,
        secret=table.made("secret", partial(check_reference, word=word)) or "",
        encoding=table.text("encoding", "hex", choices=tuple(ENCODINGS)),
        headers=read_texts(table, "headers"),
        query=read_texts(table, "query"),
        form=read_texts(table, "form"),
        canonical=table.made("canonical", Template.read, ""),
        derive=tuple(_derived(table)),
    )
    table.done()
    inside = request is not None and "signature" in frozenset().union(
        *map(names_of, request.templates)
    )
    signing = known | ({"secret"} if inside else PARTS)
    check_names([made.canonical, *made.derive], signing, table.where, table.slips)
    more = {"canonical"} if made.canonical else set()
    check_names([text], signing | more, (*table.where, "text"), table.slips)
    places = [*made.headers.values(), *made.query.values(), *made.form.values()]
    told = {"signature"} if inside else (PARTS - {"secret"}) | {"signature"}
    check_names(places, known | told, table.where, table.slips)
    if not inside and not any("signature" in one.names for one in places):
        table.slip("", "签名没有放进请求：headers、query 或 form 中应有一项用到 {signature}")
    if not made.algorithm.startswith("hmac-") and "secret" not in text.names:
        table.slip("text", "这种算法不带密钥，text 中应有 {secret}")
    return made


def _derived(table: Table) -> Iterable[Template]:
    for one in table.listed("derive"):
        try:
            yield Template.read(str(one))
        except Invalid as error:
            table.slip("derive", error.detail)


def read_path(table: Table, name: str) -> Path | None:
    """Read a place in an answer that holds one value."""
    found = table.made(name, Path.read, "")
    if found is not None and not found.is_single:
        table.slip(name, "应指向一个值，不能有 [] 或 *")
    return found


def read_test(table: Table, name: str) -> Test | None:
    """Read a place in an answer and the values that mean yes."""
    inner = table.table(name)
    if inner is None:
        return None
    path = read_path(inner, "path")
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
    # No database keeps half a character, PostgreSQL no zero; nothing means anything by either.
    text = str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()
    return re.sub(r"\.0+$", "", text) if re.fullmatch(r"-?\d+\.0+", text) else text
