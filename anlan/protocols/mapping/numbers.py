"""Foreign values: numbers in whatever they are written, and the marks that stand for no value."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Marks that mean "no value" wherever nothing else is declared. None always does.
BLANK_TEXTS = frozenset(("", "--", "-", "—", "——", "/", "null", "none", "nan", "n/a"))
BLANK_NUMBERS = frozenset((-9999.0, 9999.9))

_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
#: Full-width digits and signs of Chinese keyboards.
_WIDE = str.maketrans("０１２３４５６７８９．－＋，", "0123456789.-+,")


class Unreadable(Exception):
    """A value that is no number; says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Blanks:
    """What stands for no value."""

    texts: frozenset[str] = BLANK_TEXTS
    numbers: frozenset[float] = BLANK_NUMBERS

    @classmethod
    def of(cls, marks: list[Any]) -> "Blanks":
        """Take declared marks: numbers, and texts (compared without case and outer spaces)."""
        texts, numbers = set(), set()
        for mark in marks:
            if isinstance(mark, str):
                texts.add(mark.strip().lower())
                number = _plain(mark.strip())
                if number is not None:
                    numbers.add(number)
            else:
                numbers.add(float(mark))
        return cls(frozenset(texts), frozenset(numbers))


@dataclass(frozen=True, slots=True)
class Scale:
    """``value * factor + offset``, and words that stand for numbers (开 = 1)."""

    factor: float = 1.0
    offset: float = 0.0
    words: Mapping[str, float] = field(default_factory=dict)

    def apply(self, number: float) -> float:
        """Scale a number as it was sent."""
        if self.factor == 1.0 and self.offset == 0.0:
            return number
        return number * self.factor + self.offset


def number_of(raw: Any, blanks: Blanks, scale: Scale) -> float | None:
    """Read a value; None where it stands for none, `Unreadable` when it is no number.

    Marks are compared before scaling: they are what the other side writes.
    """
    if raw is None:
        return None
    if isinstance(raw, bool) or (scale.words and isinstance(raw, str)):
        word = _word(raw, scale)
        if word is not None:
            return word
    number = _number(raw, blanks)
    if number is None or number in blanks.numbers:
        return None
    scaled = scale.apply(number)
    if not math.isfinite(scaled):
        raise Unreadable(f"值「{shown(raw)}」不是有限的数")
    return scaled


def _word(raw: Any, scale: Scale) -> float | None:
    text = str(raw).lower() if isinstance(raw, bool) else raw.strip()
    found = scale.words.get(text)
    if found is None and isinstance(raw, bool):
        raise Unreadable(f"值「{text}」不是数；需要时在 words 中声明它是几")
    return found


def _number(raw: Any, blanks: Blanks) -> float | None:
    if isinstance(raw, int | float):
        if not math.isfinite(raw):
            raise Unreadable(f"值「{raw}」不是有限的数")
        return float(raw)
    if not isinstance(raw, str):
        raise Unreadable(f"值「{shown(raw)}」不是数")
    text = raw.strip()
    if text.lower() in blanks.texts:
        return None
    number = _plain(text.translate(_WIDE))
    if number is None:
        raise Unreadable(f"值「{shown(raw)}」不是数")
    return number


def _plain(text: str) -> float | None:
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return None
    # float() also takes "inf", "nan" and "1_000".
    return number if math.isfinite(number) and "_" not in text else None


def shown(raw: Any) -> str:
    """Quote what was sent, shortened."""
    text = str(raw)
    return text if len(text) <= 40 else text[:40] + "……"
