"""Who asks: the session cookie of a browser, or the token of a program."""

import hmac
from functools import cache
from typing import Any, cast

from django.http import HttpRequest

from anlan.base.door.asking import ApiRequest, address_of
from anlan.base.permissions import PUBLIC
from anlan.base.permissions.errors import Unauthenticated
from anlan.base.permissions.logins import Login, session_login, token_login, wall_login
from anlan.base.permissions.services.sessions import csrf_of
from anlan.base.permissions.services.walls import START as WALL
from anlan.kernel import workspace
from anlan.kernel.errors import Forbidden

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
#: What an account whose password must be changed may still do.
BEFORE_CHANGE = frozenset(("/api/v1/session", "/api/v1/session/password"))
#: All that a wall's key opens: what the wall shows, the stream that says when to look again, and
#: whether something is real while a drill is shown.
WALLS = frozenset(("/api/v1/wall", "/api/v1/stream", "/api/v1/exercises/real-alarms"))


@cache
def cookie_name() -> str:
    """Name the session cookie; workspaces share a host, so each has its own."""
    return workspace.current().cookie


def identify(request: HttpRequest) -> Login | None:
    """Find who asks and note it on the request; None for a stranger.

    Raises `Unauthenticated` for a key that opens nothing any more, `Forbidden` for a write that
    comes from a foreign page.
    """
    asked = cast(ApiRequest, request)
    asked.actor, asked.login = PUBLIC, None
    bearer = str(request.META.get("HTTP_AUTHORIZATION", ""))
    login = _by_token(request, bearer) if bearer else _by_cookie(request)
    if login is not None:
        asked.actor, asked.login = login.actor, login
    return login


def _by_token(request: HttpRequest, header: str) -> Login:
    scheme, _, text = header.partition(" ")
    key = text.strip() if scheme.lower() == "bearer" else ""
    if key.startswith(WALL):
        return _by_wall(request, key)
    login = token_login(key) if key else None
    if login is None:
        raise Unauthenticated("令牌无效或已到期，请重新申请。")
    return login


def _by_wall(request: HttpRequest, key: str) -> Login:
    if request.method not in SAFE or request.path not in WALLS:
        raise Forbidden("大屏令牌只能看大屏，别的都打不开。")
    login = wall_login(key, address_of(request))
    if login is None:
        raise Unauthenticated("大屏令牌无效：已到期、已收回，或者这台机器的地址不对。请找管理员。")
    return login


def _by_cookie(request: HttpRequest) -> Login | None:
    key = request.COOKIES.get(cookie_name())
    if request.method not in SAFE:
        _check_origin(request, key)
    return session_login(key) if key else None


def _check_origin(request: HttpRequest, key: str | None) -> None:
    """Refuse writes a foreign page makes a browser send."""
    if request.META.get("HTTP_SEC_FETCH_SITE") in ("cross-site", "same-site"):
        raise Forbidden("请求来自别的网站，已拒绝。")
    if key is None:
        return
    sent = str(request.META.get("HTTP_X_CSRF_TOKEN", ""))
    if not hmac.compare_digest(csrf_of(key).encode(), sent.encode("utf-8", "replace")):
        if session_login(key) is None and request.path == "/api/v1/session":
            return  # logging in again with the cookie of a session that is over
        raise Forbidden("页面已过期，请刷新后重试。")


def require(request: HttpRequest) -> Login:
    """Be the API's gatekeeper: everything but what says otherwise asks for a login."""
    login = identify(request)
    if login is None:
        raise Unauthenticated("请先登录。")
    if login.must_change and request.path not in BEFORE_CHANGE:
        raise Forbidden("请先修改口令。")
    return login


def welcome(request: HttpRequest) -> Any:
    """Be the gatekeeper where strangers may enter: find out who asks if they tell."""
    try:
        return identify(request) or True
    except Unauthenticated:
        return True
