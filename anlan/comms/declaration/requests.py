"""The parts of a channel's file that make a request and judge what comes back."""

import re
from functools import partial

from anlan.comms.declaration.declared import Answer, Inward, Outgoing, Pull
from anlan.kernel.errors import Invalid
from anlan.protocols.declared.requests import (
    ALWAYS,
    Request,
    check_names,
    plain,
    read_path,
    read_request,
    read_sign,
    read_test,
    read_tree,
    request_of,
)
from anlan.protocols.declared.secrets import check_reference
from anlan.protocols.declared.taking import Table
from anlan.protocols.declared.templates import Template, names_of
from anlan.protocols.mapping.declared import Form
from anlan.protocols.mapping.selectors import Path
from anlan.protocols.mapping.times import ISO, check_format

#: Told of every message.
OF_ONE = frozenset(
    (
        "number", "text", "key", "subject", "long", "full", "spoken", "link", "title", "brief",
        "body", "kind", "region", "region_code", "post", "due", "due_time", "issuer", "workspace",
        "template", "params", "params_table", "values", "values_text", "message", "devices",
        "audio", "area",
    )
)  # fmt: skip
#: Told of a request, however many recipients it has.
OF_ALL = frozenset(("numbers", "items", "count", "request", "token", "username"))
PER_MESSAGE = ALWAYS | OF_ONE | OF_ALL
FORMS = ("json", "form", "xml", "text")


def secret_of(table: Table, name: str) -> str:
    """Read where a secret is kept."""
    return table.made(name, partial(check_reference, word="CHANNEL")) or ""


def read_outgoing(top: Table, known: frozenset[str], *, signed: bool) -> Outgoing:
    """Read ``[request]``."""
    table = top.table("request")
    if table is None:
        top.slip("request", "必须填写：怎样把消息交给它")
        return Outgoing(Request(Template.read("http://x/")))
    batch = table.whole("batch", 1, low=1, high=1000)
    item = read_tree(table, "item")
    separator = table.text("separator", ",", most=4)
    more = frozenset(("signature",)) if signed else frozenset()
    request = request_of(table, known=known | more)
    check_names([item], ALWAYS | OF_ONE, (*table.where, "item"), table.slips)
    table.done()
    used: frozenset[str] = frozenset().union(*map(names_of, request.templates))
    if batch > 1 and not {"numbers", "items"} & used:
        table.slip("batch", "一次多个号码时，请求中要用到 {numbers} 或 {items}")
    if ("items" in used) != (item is not None):
        table.slip("item", "item 与 {items} 应同时有或同时没有")
    return Outgoing(request, batch, item, separator)


def read_answer(top: Table) -> Answer:
    """Read ``[answer]``."""
    table = top.table("answer")
    if table is None:
        return Answer()
    kind = table.text("form", "json", choices=("json", "xml", "text"))
    pattern = table.made("pattern", re.compile, "") if kind == "text" else None
    if kind == "text" and pattern is None:
        table.slip("pattern", "form = text 时必须填写，如 ^(?P<code>-?[0-9]+),(?P<id>.*)$")
    made = Answer(
        form=Form(kind, table.text("charset", "auto")) if kind != "text" else None,
        pattern=pattern,
        ok=read_test(table, "ok"),
        busy=read_test(table, "busy"),
        dead=read_test(table, "dead"),
        expired=read_test(table, "expired"),
        message=read_path(table, "message"),
        ticket=read_path(table, "ticket"),
        each=table.made("each", Path.read, ""),
        number=read_path(table, "number"),
        strangers=read_path(table, "strangers"),
    )
    table.done()
    if (made.each is None) != (made.number is None):
        table.slip("each", "each（逐个号码的结果）与 number（其中的号码）应同时有或同时没有")
    return made


def read_inward(top: Table, name: str, known: frozenset[str]) -> Inward | None:
    """Read ``[receipt]`` or ``[reply]``; `known` are the names of the channel's own secrets."""
    table = top.table(name)
    if table is None:
        return None
    kind = table.text("form", "json", choices=FORMS[:3])
    made = Inward(
        form=Form(kind, table.text("charset", "auto")),
        records=table.made("records", Path.read, ".") or Path.read("."),
        ticket=read_path(table, "ticket"),
        key=read_path(table, "key"),
        number=read_path(table, "number"),
        at=read_path(table, "at"),
        at_format=_moments(table),
        code=read_path(table, "code"),
        delivered=_codes(table, "delivered"),
        dead=_codes(table, "dead"),
        pending=_codes(table, "pending"),
        text=read_path(table, "text"),
        answer=table.text("answer", '{"code":0}', most=500),
        pull=_pull(table, known),
    )
    table.done()
    _check_inward(made, name, table)
    return made


def _pull(top: Table, known: frozenset[str]) -> Pull | None:
    """Read ``[receipt.pull]``: a request that names no message, for it asks for all."""
    table = top.table("pull")
    if table is None:
        return None
    told = ALWAYS | known | {"token", "username"}
    signed = frozenset(("signature",)) if table.has("sign") else frozenset()
    request = read_request(table, "request", known=told | signed)
    made = Pull(
        request=request,
        every_s=table.span("every", "30s", least=5, most=3600),
        sign=read_sign(table, known=told, word="CHANNEL", request=request),
        ok=read_test(table, "ok"),
        expired=read_test(table, "expired"),
    )
    table.done()
    return made


def _check_inward(made: Inward, name: str, table: Table) -> None:
    if name == "reply":
        if made.number is None or made.text is None:
            table.slip("", "必须填写 number（谁回的）和 text（回了什么）")
        return
    if made.ticket is None and made.key is None:
        table.slip("", "必须填写 ticket（运营商的编号）或 key（我方的编号）")
    if made.code is None or not made.delivered:
        table.slip("", "必须填写 code（状态在哪里）和 delivered（哪些值是已送达）")


def _codes(table: Table, name: str) -> frozenset[str]:
    return frozenset(map(plain, table.listed(name)))


def _moments(table: Table) -> str:
    found = table.text("at_format", ISO)
    try:
        check_format(found)
    except Invalid as error:
        table.slip("at_format", error.detail)
    return found
