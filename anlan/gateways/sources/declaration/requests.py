"""The parts of a declaration that make a request and judge its answer."""

from anlan.gateways.sources.declaration.declared import Answer, Paging
from anlan.protocols.declared.auth import Auth
from anlan.protocols.declared.auth import read_auth as _read_auth
from anlan.protocols.declared.requests import (
    ALWAYS,
    Request,
    Sign,
    plain,
    read_path,
    read_test,
)
from anlan.protocols.declared.requests import read_request as _read_request
from anlan.protocols.declared.requests import read_sign as _read_sign
from anlan.protocols.declared.taking import Table

__all__ = ["plain", "read_answer", "read_auth", "read_paging", "read_request", "read_sign"]

PAGINGS = ("none", "page", "offset", "cursor", "next")
ENDS = ("empty", "short", "total", "flag")

#: Names a request for values knows.
ASKING = ALWAYS | {"from", "to", "page", "size", "offset", "cursor", "each", "token", "username"}


def read_request(top: Table, name: str, *, known: frozenset[str] = ASKING) -> Request:
    """Read ``[request]``."""
    return _read_request(top, name, known=known)


def read_sign(top: Table) -> Sign | None:
    """Read ``[sign]``."""
    return _read_sign(top, known=ASKING, word="SOURCE")


def read_auth(top: Table) -> Auth:
    """Read ``[auth]``."""
    return _read_auth(top, word="SOURCE")


def read_answer(top: Table) -> Answer:
    """Read ``[answer]``."""
    table = top.table("answer")
    if table is None:
        return Answer()
    made = Answer(
        ok=read_test(table, "ok"),
        expired=read_test(table, "expired"),
        message=read_path(table, "message"),
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
        total=read_path(table, "total"),
        more=read_test(table, "more"),
        next=read_path(table, "next"),
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
