"""Asking one platform: a request filled in, proved and signed; its answer read and judged."""

import base64
import secrets as randomness
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from anlan.gateways.sources.calling import Ask, CallFailed, Line, Reply, call
from anlan.gateways.sources.declaration.declared import Declaration
from anlan.gateways.sources.tokens import Drawer
from anlan.kernel.clock import LOCAL_ZONE
from anlan.protocols.declared.filling import fill, sign_request
from anlan.protocols.declared.moments import millis
from anlan.protocols.declared.requests import Test, plain
from anlan.protocols.declared.secrets import Blotter, Secrets
from anlan.protocols.declared.templates import FILTERS
from anlan.protocols.mapping import Unlike, parse
from anlan.protocols.mapping.selectors import Scope
from anlan.protocols.mapping.times import ISO


@dataclass(frozen=True)
class Means:
    """What every conversation of this process shares."""

    secrets: Secrets
    drawer: Drawer
    #: Real time: signatures and tokens are judged by the other side's clock.
    real_now: Callable[[], datetime]
    #: Waits so many seconds; True when it was called off.
    wait: Callable[[float], bool]
    #: Where certificates lie.
    folder: Path


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, read."""

    tree: Any
    reply: Reply
    #: What was asked, without anything secret.
    asked: str


class Conversation:
    """One source's calls during one pull: keeps the pace, proves who we are, logs in again."""

    def __init__(self, declaration: Declaration, means: Means) -> None:
        self.declaration = declaration
        self.means = means
        self.blotter = Blotter()
        self.requests = 0
        #: What was asked last (without secrets) and what came back; for whoever looks into it.
        self.asked = ""
        self.last: Reply | None = None
        self._secret = self._learned(declaration.auth.secret)
        self._key = self._learned(declaration.sign.secret) if declaration.sign else ""
        self._line = Line(
            timeout_s=declaration.schedule.timeout_s,
            largest=int(declaration.answer.largest_mb * 2**20),
            tls=declaration.tls,
            proxy=declaration.proxy,
            folder=means.folder,
        )

    def ask(self, told: Mapping[str, Any], url: str = "") -> Page:
        """Ask for one page; `url` replaces the declared address (the next link)."""
        token = self._token()
        page = self._once(told, url, token)
        if page is None and self.declaration.auth.login:
            token = self._token(not_this=token)
            page = self._once(told, url, token)
        if page is None:
            raise CallFailed("refused", "对方不认可我们的身份（401），请核对账号、密码或令牌")
        return page

    def fetch(
        self,
        url: str = "",
        *,
        more: Mapping[str, str] | None = None,
        largest: int = 0,
        theirs: bool = False,
    ) -> Reply:
        """Ask for bytes as they are, at the declared address or another.

        Parameters
        ----------
        more
            Further headers.
        largest
            Bytes taken at most; 0 as declared for all answers.
        theirs
            The address is somebody else's: nothing that proves who we are goes there.
        """
        line = replace(self._line, largest=largest) if largest else self._line
        if theirs:
            reply = self._call(Ask("GET", url, dict(more or {})), line)
        else:
            token = self._token()
            reply = self._call(self._request({}, url, token, more), line)
            if reply.status == 401 and self.declaration.auth.login:
                token = self._token(not_this=token)
                reply = self._call(self._request({}, url, token, more), line)
        self.last = reply
        if reply.status == 401:
            raise CallFailed("refused", "对方不认可我们的身份（401），请核对账号、密码或令牌")
        return reply

    def _once(self, told: Mapping[str, Any], url: str, token: str) -> Page | None:
        """Make the call; None when the other side does not know us (any more)."""
        ask = self._request(told, url, token)
        reply = self.last = self._call(ask)
        if reply.status == 401:
            return None
        try:
            tree = parse(reply.body, self.declaration.form)
        except Unlike as error:
            raise CallFailed("answer", self.blotter.clean(error.detail)) from error
        judged = self.declaration.answer
        scope = Scope(tree, (), tree)
        if judged.expired and _says(judged.expired, scope):
            return None
        if judged.ok and not _says(judged.ok, scope):
            said = plain(judged.message.find(scope)) if judged.message else ""
            got = plain(judged.ok.path.find(scope))
            raise CallFailed(
                "answer",
                self.blotter.clean(f"对方回答失败：{judged.ok.path.text} 是「{got}」{said}"),
            )
        return Page(tree, reply, self.asked)

    def _call(self, ask: Ask, line: Line | None = None) -> Reply:
        pace = self.declaration.schedule.per_minute
        if self.requests and pace and self.means.wait(60.0 / pace):
            raise CallFailed("stopped", "程序正在停止")
        self.requests += 1
        self.asked = self.blotter.clean(f"{ask.method} {ask.url}")
        try:
            return call(ask, line or self._line)
        except CallFailed as failed:
            clean = self.blotter.clean(failed.detail)
            raise CallFailed(failed.cause, clean, wait_s=failed.wait_s, to=failed.to) from None

    def _token(self, not_this: str = "") -> str:
        auth = self.declaration.auth
        if auth.kind == "token":
            return self._secret
        if auth.login is None:
            return ""
        request = auth.login.request

        def log_in() -> Reply:
            told = self._always() | {"username": auth.username, "secret": self._secret}
            made = fill(request, told)
            return self._call(Ask(request.method, made.url, made.headers, made.body))

        token = self.means.drawer.token(auth, log_in, not_this=not_this)
        self.blotter.learn([token])
        return token

    def _request(
        self,
        told: Mapping[str, Any],
        url: str,
        token: str,
        more: Mapping[str, str] | None = None,
    ) -> Ask:
        declared = self.declaration
        auth = declared.auth
        known = {**self._always(), **told, "token": token, "username": auth.username}
        made = fill(declared.request, known)
        if url:
            made.address, made.query = url, []
        if auth.kind == "basic":
            raw = f"{auth.username}:{self._secret}".encode()
            proof = base64.b64encode(raw).decode("ascii")
            self.blotter.learn([proof])
            made.headers["Authorization"] = f"Basic {proof}"
        elif auth.login and auth.login.token is None:
            made.headers["Cookie"] = token
        elif token and auth.query:
            made.query.append((auth.query, token))
        elif token and auth.header:
            made.headers[auth.header] = auth.prefix + token
        if declared.sign:
            sign_request(made, declared.sign, self._key, known)
        headers = {**(more or {}), **made.headers}
        return Ask(declared.request.method, made.url, headers, made.body)

    def _always(self) -> dict[str, Any]:
        """Tell what every request knows; one moment and one nonce for all parts of it."""
        now = self.means.real_now()
        window = self.declaration.window
        return {
            "now": now,
            "timestamp": millis(now) // 1000,
            "timestamp_ms": millis(now),
            "nonce": randomness.token_hex(8),
            "time_format": window.format if window else ISO,
            "time_zone": window.zone if window else LOCAL_ZONE,
        }

    def _learned(self, reference: str) -> str:
        if not reference:
            return ""
        value = self.means.secrets.value(reference)
        digests = [make(value) for make in FILTERS.values()]  # as good as the secret itself
        self.blotter.learn([value, *digests, *map(str.upper, digests)])
        return value


def _says(test: Test, scope: Scope) -> bool:
    return plain(test.path.find(scope)) in test.values


class Pace:
    """Waits that a stop calls off."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def wait(self, length_s: float) -> bool:
        """Wait; True when it was called off."""
        return self.stopped.wait(length_s)
