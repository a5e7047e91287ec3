"""What every answer carries to keep browsers safe."""

import time
from collections.abc import Iterable
from functools import cache

from anlan.base.basemap.pictures import pictures
from anlan.kernel.errors import Invalid

Headers = list[tuple[str, str]]

#: How often the operator's settings are looked at.
LOOK_S = 2.0

HSTS = ("strict-transport-security", "max-age=31536000")

_STEADY: Headers = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(self), microphone=(self), geolocation=(self), screen-wake-lock=(self), "
        "payment=(), usb=(), serial=(), midi=(), display-capture=()",
    ),
]


def content_security_policy(hosts: Iterable[str] = ()) -> str:
    """Write the policy: everything from here; `hosts` may also give map tiles.

    Workers and images from ``blob:`` are the map's; styles set by script (charts' tool tips) are
    attributes, so that no style sheet can be smuggled in.
    """
    outside = "".join(f" {host}" for host in hosts)
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "worker-src 'self' blob:",
            "child-src blob:",
            "style-src 'self' 'unsafe-inline'",
            "style-src-elem 'self'",
            f"img-src 'self' data: blob:{outside}",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{outside}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def safety(*, tls: bool, hosts: tuple[str, ...] = ()) -> Headers:
    """List the headers of every answer."""
    policy = ("content-security-policy", content_security_policy(hosts))
    return [*_STEADY, policy, *([HSTS] if tls else [])]


class Safety:
    """The headers of every answer; follows the operator's map settings without a restart."""

    def __init__(self, *, tls: bool) -> None:
        self._tls = tls
        self._looked = -LOOK_S
        self._headers: Headers = []

    def headers(self) -> Headers:
        """List them; the list is not to be changed."""
        now = time.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._headers = safety(tls=self._tls, hosts=_map_hosts())
        return self._headers


def _map_hosts() -> tuple[str, ...]:
    """List whose maps may be shown besides ours; none while the operator's file is wrong."""
    try:
        return tuple(sorted({picture.origin for picture in pictures()}))
    except Invalid:
        return ()
