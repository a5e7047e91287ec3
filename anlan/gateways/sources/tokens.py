"""Tokens of other platforms: asked for once, shared, asked anew before they end or when refused."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from anlan.gateways.sources.calling import CallFailed, Reply, excerpt
from anlan.protocols.declared.auth import Auth, Login
from anlan.protocols.declared.requests import plain
from anlan.protocols.mapping import Form, Unlike, parse
from anlan.protocols.mapping.selectors import Scope

#: A told life shorter than this is asked anew all the time; take it for a slip of theirs.
SHORTEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token and when it ends, on the clock of the drawer."""

    text: str
    until_s: float


class Drawer:
    """The tokens in use. Sources with the same login share one: many platforms end the older."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def token(self, auth: Auth, ask: Callable[[], Reply], *, not_this: str = "") -> str:
        """Return a token that lives; `ask` makes the login's call when one is needed.

        `not_this` is a token the other side has just refused.
        """
        assert auth.login is not None
        name = repr(auth)
        with self._lock:
            own = self._locks.setdefault(name, threading.Lock())
        with own:  # one login for all who wait
            kept = self._tokens.get(name)
            if kept is None or kept.text == not_this or self._clock() >= kept.until_s:
                kept = self._tokens[name] = read_token(auth.login, ask(), self._clock())
            return kept.text


def read_token(login: Login, reply: Reply, now_s: float) -> Token:
    """Take the token out of a login's answer; `CallFailed` when it has none."""
    if reply.status == 401:
        raise CallFailed("refused", "登录被拒绝（401），请核对账号和密码")
    if login.token is None:
        text = _cookies(reply)
        if not text:
            raise CallFailed("refused", "登录后对方没有给出会话（Set-Cookie）")
        return Token(text, now_s + login.lifetime_s - login.margin_s)
    try:
        scope = Scope(tree := parse(reply.body, Form()), (), tree)
    except Unlike as error:
        raise CallFailed("answer", f"登录的回答{error.detail}") from error
    if login.ok and plain(login.ok.path.find(scope)) not in login.ok.values:
        raise CallFailed("refused", f"登录被拒绝：{_excerpt(reply)}")
    text = plain(login.token.find(scope))
    if not text:
        raise CallFailed(
            "refused", f"登录的回答里没有令牌「{login.token.text}」：{_excerpt(reply)}"
        )
    return Token(text, now_s + _life(login, scope))


def _life(login: Login, scope: Scope) -> float:
    """Tell how long it is used: what was told, less the margin, which never eats it up."""
    told = login.lifetime_s
    if login.expires_in is not None:
        try:
            told = float(plain(login.expires_in.find(scope)))
        except ValueError:
            told = login.lifetime_s
    return max(told - min(login.margin_s, told / 4), SHORTEST_S)


def _cookies(reply: Reply) -> str:
    many = reply.headers.get_all("Set-Cookie") or []
    return "; ".join(one.partition(";")[0].strip() for one in many)


def _excerpt(reply: Reply) -> str:
    return excerpt(reply.body)
