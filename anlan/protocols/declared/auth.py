"""How a declared request says who we are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from anlan.protocols.declared.requests import (
    ALWAYS,
    Request,
    Test,
    read_path,
    read_request,
    read_test,
)
from anlan.protocols.declared.secrets import check_reference
from anlan.protocols.declared.taking import Table
from anlan.protocols.mapping.selectors import Path

AUTHS = ("none", "basic", "token", "login")
LOGGING_IN = ALWAYS | {"username", "secret"}


@dataclass(frozen=True, slots=True)
class Login:
    """How a token is asked for."""

    request: Request
    #: Where the token is in the answer; None: the cookies it sets are the token.
    token: Path | None
    #: Where the seconds it lives are in the answer; None: `lifetime_s`.
    expires_in: Path | None = None
    lifetime_s: float = 3600.0
    #: Asked anew so long before its end.
    margin_s: float = 60.0
    ok: Test | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """How we say who we are. ``secret`` is where the secret is, never the secret."""

    kind: str = "none"
    username: str = ""
    secret: str = ""
    #: Where a token goes: a header with a prefix, or a name in the query.
    header: str = "Authorization"
    prefix: str = "Bearer "
    query: str = ""
    login: Login | None = None


def read_auth(top: Table, *, word: str) -> Auth:
    """Read ``[auth]``; `word` is the first word of its secret's variable."""
    table = top.table("auth")
    if table is None:
        return Auth()
    kind = table.text("kind", choices=AUTHS)
    reader: Callable[[Table, str], Auth] = {
        "none": lambda *_: Auth(), "basic": _basic, "token": _token, "login": _login,
    }[kind]  # fmt: skip
    secret = table.made("secret", partial(check_reference, word=word)) if kind != "none" else ""
    made = reader(table, secret or "")
    table.done()
    return made


def _basic(table: Table, secret: str) -> Auth:
    return Auth("basic", username=table.text("username"), secret=secret)


def _token(table: Table, secret: str) -> Auth:
    header, prefix, query = _place(table)
    return Auth("token", secret=secret, header=header, prefix=prefix, query=query)


def _login(table: Table, secret: str) -> Auth:
    header, prefix, query = _place(table)
    token = read_path(table, "token")
    login = Login(
        request=read_request(table, "request", known=LOGGING_IN),
        token=token,
        expires_in=read_path(table, "expires_in"),
        lifetime_s=table.span("lifetime", "1h", least=10),
        margin_s=table.span("margin", "60s"),
        ok=read_test(table, "ok"),
    )
    if login.expires_in is None and login.margin_s >= login.lifetime_s:
        table.slip("margin", "应短于 lifetime")
    return Auth(
        "login", username=table.text("username", ""), secret=secret,
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
