"""Logging in and out, and what is one's own: password and one-time codes."""

import contextlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

import anlan
from anlan.base.door.asking import ApiRequest, address_of, is_secure
from anlan.base.door.auth import cookie_name, identify, welcome
from anlan.base.door.demo_users import demo_users
from anlan.base.door.places import names
from anlan.base.door.shapes import held_roles
from anlan.base.permissions.errors import Unauthenticated
from anlan.base.permissions.logins import Login, session_login
from anlan.base.permissions.models import User
from anlan.base.permissions.services import accounts, sessions
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict

router = Router(tags=["session"])

LANGUAGES = ("zh", "en")


class LogIn(Schema):
    """What one logs in with."""

    username: str = Field(max_length=64)
    password: str = Field(max_length=256)
    otp: str = Field("", max_length=12)


class NewPassword(Schema):
    """The old password and the new one."""

    old: str = Field(max_length=256)
    new: str = Field(max_length=256)


class Code(Schema):
    """A code of the authenticator app, with the secret it is to prove."""

    otp: str = Field(max_length=12)
    secret: str = Field("", max_length=64)


@router.get("/session", auth=welcome, summary="Who I am")
def read_session(request: ApiRequest) -> dict[str, Any]:
    """Tell who asks, and about this workspace."""
    return _told(request, request.login, request.COOKIES.get(cookie_name(), ""))


@router.post("/session", auth=None, summary="Log in")
def open_session(request: HttpRequest, response: HttpResponse, given: LogIn) -> dict[str, Any]:
    """Log in; the answer sets the session's cookie."""
    with contextlib.suppress(Unauthenticated):
        identify(request)  # refuses a foreign page's attempt
    credentials = sessions.Credentials(
        username=given.username,
        password=given.password,
        otp=given.otp,
        address=address_of(request),
        agent=str(request.META.get("HTTP_USER_AGENT", "")),
    )
    key, _ = sessions.log_in(credentials)
    response.set_cookie(
        cookie_name(),
        key,
        max_age=int(sessions.LIFETIME.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
        path="/",
    )
    request.COOKIES[cookie_name()] = key
    request.META.pop("HTTP_AUTHORIZATION", None)
    return _told(request, session_login(key), key)


@router.delete("/session", response={204: None}, summary="Log out")
def close_session(request: ApiRequest, response: HttpResponse) -> Status[None]:
    """Log out."""
    login = request.login
    if login is not None and login.kind == "session":
        sessions.log_out(login.hash, by=request.actor)
    response.delete_cookie(cookie_name(), path="/", samesite="Lax")
    return Status(204, None)


@router.post("/session/password", response={204: None}, summary="Change my password")
def change_password(request: ApiRequest, given: NewPassword) -> Status[None]:
    """Change one's own password; other sessions of the account end."""
    own = request.login.hash if request.login and request.login.kind == "session" else ""
    accounts.change_password(
        user=_user(request), old=given.old, new=given.new, by=request.actor, session=own
    )
    return Status(204, None)


@router.post("/session/totp/begin", summary="Propose a one-time code secret")
def begin_totp(request: ApiRequest) -> dict[str, str]:
    """Propose a secret for the authenticator app; nothing changes until it is confirmed."""
    secret, address = accounts.begin_totp(user=_user(request))
    return {"secret": secret, "address": address}


@router.post("/session/totp/confirm", response={204: None}, summary="Switch one-time codes on")
def confirm_totp(request: ApiRequest, given: Code) -> Status[None]:
    """Switch one-time codes on with the first code."""
    accounts.confirm_totp(user=_user(request), secret=given.secret, otp=given.otp, by=request.actor)
    return Status(204, None)


@router.post("/session/totp/remove", response={204: None}, summary="Switch one-time codes off")
def remove_totp(request: ApiRequest, given: Code) -> Status[None]:
    """Switch one-time codes off with a last code."""
    accounts.remove_totp(user=_user(request), otp=given.otp, by=request.actor)
    return Status(204, None)


def _user(request: ApiRequest) -> User:
    found = User.objects.filter(pk=request.actor.user_id).first()
    if found is None:
        raise Conflict("这个身份没有账号")
    return found


def _told(request: HttpRequest, login: Login | None, key: str) -> dict[str, Any]:
    return {
        "user": _described(login) if login else None,
        "workspace": _workspace(),
        "demo_users": demo_users(request),
        "csrf": sessions.csrf_of(key) if login and login.kind == "session" else "",
        "version": anlan.__version__,
        "languages": LANGUAGES,
    }


def _described(login: Login) -> dict[str, Any]:
    actor = login.actor
    return {
        "id": actor.user_id,
        "username": login.username,
        "name": actor.name,
        "roles": held_roles(actor),
        "region": actor.region,
        "region_name": names([actor.region]).get(actor.region, ""),
        "person": actor.person,
        "must_change_password": login.must_change,
        "totp": login.totp,
    }


def _workspace() -> dict[str, Any]:
    here = workspace.current()
    setting = clock.setting()
    speed = 1.0 if setting is None else setting.speed
    mode = "real" if setting is None else "stepped" if speed == 0 else "simulated"
    return {
        "name": here.name,
        "kind": here.kind,
        "title": here.title,
        "title_en": here.title_en or here.title,
        "clock": {"now": clock.now(), "speed": speed, "mode": mode},
    }
