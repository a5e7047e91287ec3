"""What the door knows about a request: who, in what language, from where."""

import ipaddress
from typing import Any

from django.http import HttpRequest

from anlan.base.permissions import PUBLIC, Actor
from anlan.base.permissions.logins import Login


class ApiRequest(HttpRequest):
    """A request that came through the door; views annotate their `request` with it."""

    actor: Actor
    #: None for the public.
    login: Login | None
    language: str  # zh | en
    request_id: str


def language_of(header: str) -> str:
    """Choose between Chinese and English by an ``Accept-Language`` header; Chinese by default.

    >>> language_of("en-GB,en;q=0.9,zh;q=0.8"), language_of("zh-CN"), language_of("fr")
    ('en', 'zh', 'zh')
    """
    best, chosen = 0.0, "zh"
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag[:2].lower()
        if language in ("zh", "en"):
            weighs = _number(weight)
            if weighs > best:
                best, chosen = weighs, language
    return chosen


def _number(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


#: A reverse proxy leaves at least one of these.
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)


def address_of(request: HttpRequest) -> str:
    """Tell the asker's address: the peer, or what a proxy on this very machine says of it."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    if told and is_loopback(peer) and _is_address(told):
        return told
    return peer


def is_local(request: HttpRequest) -> bool:
    """Whether the asker sits at this machine: loopback peer and name, and no proxy between."""
    if any(name in request.META for name in FORWARDED):
        return False
    host = str(request.META.get("HTTP_HOST", "")).rsplit(":", 1)[0].strip("[]").lower()
    return is_loopback(str(request.META.get("REMOTE_ADDR", ""))) and (
        host == "localhost" or is_loopback(host)
    )


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)


def is_secure(request: HttpRequest) -> bool:
    """Whether the browser talks TLS, to us or to a proxy on this machine."""
    if request.META.get("wsgi.url_scheme") == "https" or getattr(request, "scheme", "") == "https":
        return True
    told = str(request.META.get("HTTP_X_FORWARDED_PROTO", ""))
    return told == "https" and is_loopback(str(request.META.get("REMOTE_ADDR", "")))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def public(request: Any) -> Actor:
    """Tell who asks where nobody has to say so: the actor the door found, else the public."""
    return getattr(request, "actor", PUBLIC)
