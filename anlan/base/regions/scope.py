"""「本级及以下」: the one place that knows how region codes nest.

A *code* names a region: 12 digits padded with zeros (province 2, city 4, county 6, township 9,
village 12), or 15 for a grid cell. A *prefix* is a code without its padding ("3399", "339901102").
Everything at or below a region has a code that starts with its prefix, which an indexed column
answers as ``code >= p AND code < next(p)``; SQLite's LIKE would scan the table.

The whole country is the empty prefix. As a *code* it must be written out as `COUNTRY`, so that a
forgotten value never grants everything: functions that take a code refuse "".
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from anlan.kernel.errors import Invalid

#: Digits of a prefix at each level, province first.
LENGTHS = (2, 4, 6, 9, 12, 15)
LEVEL_BY_LENGTH = {length: level for level, length in enumerate(LENGTHS, start=1)}

PADDED = 12
GRID = 15

#: The whole country, written as a code.
COUNTRY = "0" * PADDED

M = TypeVar("M", bound=Model)


def prefix(code: str) -> str:
    """Take a code's padding off; "" only for `COUNTRY`. Takes a prefix as well.

    >>> prefix("339901000000"), prefix("339901"), prefix("339901102201007")
    ('339901', '339901', '339901102201007')
    """
    digits = code.strip()
    if len(digits) not in LEVEL_BY_LENGTH or not digits.isascii() or not digits.isdigit():
        raise Invalid(f"「{code}」不是区划代码：应为 2、4、6、9、12 或 15 位数字")
    significant = len(digits.rstrip("0"))
    return digits[: next(length for length in (0, *LENGTHS) if length >= significant)]


def pad(trimmed: str) -> str:
    """Write a prefix as the code that is stored.

    >>> pad("339901"), pad("339901102201007")
    ('339901000000', '339901102201007')
    """
    return trimmed.ljust(PADDED, "0")


def normalise(code: str) -> str:
    """Bring any written form of a code (2 to 15 digits, padded or not) to the stored one."""
    return pad(prefix(code))


def level_of(code: str) -> int:
    """Tell the level of a code: 1 province to 5 village, 6 grid cell; 0 for `COUNTRY`."""
    return LEVEL_BY_LENGTH.get(len(prefix(code)), 0)


def ancestors(code: str) -> list[str]:
    """List the codes above a region, highest first, without itself.

    A code of a city without counties stands for both levels and appears once.

    >>> ancestors("339901102201")
    ['330000000000', '339900000000', '339901000000', '339901102000']
    """
    trimmed = prefix(code)
    own = pad(trimmed)
    above = (pad(trimmed[:length]) for length in LENGTHS if length < len(trimmed))
    return [found for found in dict.fromkeys(above) if found != own]


def next_prefix(trimmed: str) -> str:
    """Tell the smallest text after everything that starts with a prefix.

    Digits count up; after the last one a letter follows, which sorts behind digits in every
    collation (":" does not in PostgreSQL's linguistic ones).

    >>> next_prefix("339901"), next_prefix("339"), next_prefix("99")
    ('339902', '340', 'A')
    """
    if not trimmed:
        raise Invalid("全国没有下一个区划")
    kept = trimmed.rstrip("9")
    if not kept:
        return "A"
    return (kept[:-1] + chr(ord(kept[-1]) + 1)).ljust(len(trimmed), "0")


def covers(trimmed: str, code: str) -> bool:
    """Tell whether a prefix ("" for the whole country) holds a region, which "" never is."""
    return bool(code) and code.startswith(trimmed)


def within(prefixes: Iterable[str], column: str = "region_id") -> Q:
    """Build the condition "at or below any of these prefixes"; of none at all: nothing."""
    kept = _outermost(prefixes)
    if kept[:1] == [""]:
        return Q()
    ranges = (
        Q(**{f"{column}__gte": trimmed, f"{column}__lt": next_prefix(trimmed)}) for trimmed in kept
    )
    return reduce(or_, ranges) if kept else Q(pk__in=())


def below(rows: QuerySet[M], code: str, column: str = "region_id") -> QuerySet[M]:
    """Keep the rows at or below a region; `COUNTRY` keeps all, "" is refused."""
    return rows.filter(within((prefix(code),), column))


def _outermost(prefixes: Iterable[str]) -> list[str]:
    found: list[str] = []
    for trimmed in sorted(set(prefixes)):
        if not found or not trimmed.startswith(found[-1]):
            found.append(trimmed)
    return found
