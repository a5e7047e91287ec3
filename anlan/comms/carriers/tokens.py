"""Tokens providers give for a login: kept while they live, told to nobody."""

import time
from typing import NamedTuple

from anlan.comms import reasons
from anlan.comms.carriers.calling import CallFailed
from anlan.comms.carriers.replies import Reply
from anlan.protocols.declared.auth import Login
from anlan.protocols.declared.requests import plain
from anlan.protocols.mapping import Form, Unlike, parse
from anlan.protocols.mapping.selectors import Scope

#: A told life shorter than this is asked anew all the time; take it for a slip of theirs.
SHORTEST_S = 1.0


class Token(NamedTuple):
    """A token and for how long it is used."""

    text: str
    life_s: float


class Tokens:
    """The tokens of this process."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, float]] = {}

    def kept(self, name: str, not_this: str = "") -> str:
        """Tell the token that lives, unless the provider has just refused it; "" without one."""
        text, until = self._known.get(name, ("", 0.0))
        return text if text != not_this and time.monotonic() < until else ""

    def keep(self, name: str, token: Token) -> str:
        """Keep a token for its life."""
        self._known[name] = (token.text, time.monotonic() + token.life_s)
        return token.text


TOKENS = Tokens()


def read_token(login: Login, reply: Reply) -> Token:
    """Take the token out of a login's answer; `CallFailed` when it has none."""
    if reply.status != 200:
        raise _refused(f"登录失败：HTTP {reply.status}")
    try:
        tree = parse(reply.body, Form())
    except Unlike as error:
        raise _refused(f"登录的回答{error.detail}") from error
    scope = Scope(tree, (), tree)
    if login.ok and plain(login.ok.path.find(scope)) not in login.ok.values:
        raise _refused(f"登录被拒绝：{login.ok.path.text} 是「{plain(login.ok.path.find(scope))}」")
    text = plain(login.token.find(scope)) if login.token else ""
    if not text:
        raise _refused("登录的回答里没有令牌")
    told = login.lifetime_s
    if login.expires_in is not None:
        found = plain(login.expires_in.find(scope))
        told = float(found) if found.replace(".", "", 1).isdigit() else told
    return Token(text, max(told - min(login.margin_s, told / 4), SHORTEST_S))


def _refused(detail: str) -> CallFailed:
    return CallFailed(reasons.REFUSED, detail, sent=False)
