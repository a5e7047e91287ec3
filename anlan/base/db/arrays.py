"""PostgreSQL arrays spelled as one text.

Given a list, the driver looks at every element by itself: five times the price, and a sender or a
ladder gives some twelve thousand elements to a thousand rows.
"""

from collections.abc import Collection, Sequence
from typing import Any


def spelled(values: Collection[str]) -> str:
    r"""Spell an array of texts as PostgreSQL reads it; every element is quoted.

    >>> spelled(["01A", 'say "x"', "NULL", ""])
    '{"01A","say \\"x\\"","NULL",""}'
    >>> spelled([])
    '{}'
    """
    if not values:
        return "{}"
    text = '","'.join(values)
    if "\\" in text or text.count('"') != 2 * (len(values) - 1):
        text = '","'.join(one.replace("\\", "\\\\").replace('"', '\\"') for one in values)
    return f'{{"{text}"}}'


def spelled_column(values: Sequence[Any]) -> Any:
    """Spell a column of values where all are texts; else give the list, as the driver takes it."""
    return spelled(values) if all(type(one) is str for one in values) else list(values)
