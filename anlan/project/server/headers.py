"""What every answer carries to keep browsers safe."""

from collections.abc import Iterable
from functools import cache

Headers = list[tuple[str, str]]

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
        "payment=(), usb=(), serial=(), bluetooth=(), midi=(), display-capture=()",
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
