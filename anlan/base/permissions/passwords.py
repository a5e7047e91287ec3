"""Passwords: how they are kept, and which are good enough (GB/T 22239 level 3 habits)."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from django.contrib.auth import hashers

MIN_LENGTH = 10
MAX_LENGTH = 128  # scrypt's first step is linear in length; nobody types more
MIN_CLASSES = 3
#: How many earlier passwords may not come back.
REMEMBERED = 5


def normal(text: str) -> str:
    """Bring full-width and composed characters to one form, whatever keyboard typed them."""
    return unicodedata.normalize("NFKC", text)


def hashed(text: str) -> str:
    """Hash a password (scrypt, salted); takes about a tenth of a second on purpose."""
    return hashers.make_password(normal(text))


def matches(text: str, stored: str) -> bool:
    """Tell whether a password is the stored one; as slow when nothing is stored."""
    if len(text) > MAX_LENGTH:
        return False
    found = hashers.check_password(normal(text), stored or _nobody())
    return found and bool(stored)


@cache
def _nobody() -> str:
    return hashed("nobody has this password")


def faults(text: str, *, username: str, earlier: Iterable[str] = ()) -> list[str]:
    """List what is wrong with a new password, as sentences; empty when it is good."""
    text = normal(text)
    found = []
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        found.append(f"口令应为 {MIN_LENGTH} 至 {MAX_LENGTH} 个字符")
    if _classes(text) < MIN_CLASSES:
        found.append("口令应含大写字母、小写字母、数字、符号中的三种")
    if username and username.casefold() in text.casefold():
        found.append("口令不能包含账号")
    if len(set(text)) < MIN_LENGTH // 2:
        found.append("口令重复的字符太多")
    if not found and any(hashers.check_password(text, old) for old in earlier):
        found.append(f"不能使用最近 {REMEMBERED} 次用过的口令")
    return found


def _classes(text: str) -> int:
    kinds = (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum())
    return sum(any(kind(char) for char in text) for kind in kinds)
