"""Time-based one-time passwords.

Source: RFC 6238 with its defaults (SHA-1, 30 s, 6 digits), which every authenticator app reads;
RFC 4226 section 5.3 for the truncation.
"""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
#: Steps before and after the present one that are accepted: phones' clocks are a little off.
WINDOW = 1


def new_secret() -> str:
    """Make a secret (160 bits) in the base 32 that authenticator apps take."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def code(secret: str, step: int) -> str:
    """Tell the code of a time step.

    >>> code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59 // 30)
    '287082'
    """
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: str, given: str, *, unix_s: float, after: int = 0) -> int | None:
    """Find the step a given code belongs to, later than `after` (a code opens once)."""
    given = given.strip().replace(" ", "")
    now = int(unix_s) // STEP_S
    for step in range(now - WINDOW, now + WINDOW + 1):
        if step > after and hmac.compare_digest(code(secret, step).encode(), given.encode()):
            return step
    return None


def address(secret: str, *, username: str, issuer: str) -> str:
    """Write the ``otpauth://`` address an app reads from a QR code."""
    label = quote(f"{issuer}:{username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
