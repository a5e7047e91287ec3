"""Which texts a sealed value can be found by. Pure: what is kept is a keyed digest of each.

========  =====================================================  =========================
kind      kept for a value                                       asked with
========  =====================================================  =========================
name      the whole name                                         the whole name
chars     every character and every pair of neighbours           1 or more characters
initials  every beginning of the pinyin initials (2 and more)    wxm
phone     the digits, without a leading +86 / 0086               the whole number
tail4     the last four digits                                   four digits
idno      the identity number in capitals                        the whole number
========  =====================================================  =========================
"""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

KINDS = ("name", "chars", "initials", "phone", "tail4", "idno")
#: A name of several many-sounded characters has many readings; more than these help nobody.
MOST_READINGS = 8
_SPACES = re.compile(r"[\s·•・]+")
_NOT_DIGITS = re.compile(r"\D+")


def plain_name(text: str) -> str:
    """Normalise a name: full width to half, no spaces or middle dots, small letters."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).lower()


def digits(text: str) -> str:
    """Normalise a number to call: digits only, without the country's prefix."""
    found = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    for prefix in ("0086", "86"):
        if found.startswith(prefix) and len(found) - len(prefix) == len("13800000000"):
            return found[len(prefix) :]
    return found


def expand(kind: str, text: str) -> list[str]:
    """List the texts under which a value is kept."""
    return list(dict.fromkeys(found for found in _EXPAND[kind](text) if found))


def ask(kind: str, text: str) -> list[str]:
    """List the texts all of which a value must be kept under to match what was asked."""
    if kind == "chars":
        name = plain_name(text)
        return _pairs(name) if len(name) > 1 else [name] if name else []
    if kind == "initials":
        found = plain_name(text)
        return [found] if found else []
    if kind == "tail4":
        found = digits(text)
        return [found] if len(found) == 4 else []
    return expand(kind, text)


def _pairs(name: str) -> list[str]:
    return [name[i : i + 2] for i in range(len(name) - 1)]


def _chars(text: str) -> Iterable[str]:
    name = plain_name(text)
    return [*name, *_pairs(name)]


@lru_cache(maxsize=16384)
def _letters(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # slow to import, and only writing needs it

    found = pinyin(char, style=Style.FIRST_LETTER, heteronym=True, errors="default")
    return tuple(dict.fromkeys(letter[:1].lower() for letter in found[0]))


def _initials(text: str) -> Iterable[str]:
    name = plain_name(text)
    readings = itertools.islice(itertools.product(*map(_letters, name)), MOST_READINGS)
    for reading in readings:
        letters = "".join(reading)
        yield from (letters[:end] for end in range(2, len(letters) + 1))


def _tail(text: str) -> Iterable[str]:
    found = digits(text)
    return [found[-4:]] if len(found) > 4 else []


_EXPAND: dict[str, Callable[[str], Iterable[str]]] = {
    "name": lambda text: [plain_name(text)],
    "chars": _chars,
    "initials": _initials,
    "phone": lambda text: [digits(text)],
    "tail4": _tail,
    "idno": lambda text: [plain_name(text).upper()],
}
