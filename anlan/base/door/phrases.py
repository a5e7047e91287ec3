"""Sentences with figures in them, said in English.

The catalogue holds such a sentence with its gaps named: ``"最多 {most} 个字符"``. An error carries
it filled; the pattern of the Chinese finds the fillings, which are put into the English.
"""

import re
from functools import cache, lru_cache

from anlan.base.language import catalogue

GAP = re.compile(r"\{(\w+)\}")
#: Reasons told one after the other.
JOINT = "；"


@lru_cache(maxsize=2048)
def said(chinese: str, language: str) -> str:
    """Say a sentence in the asker's language; the Chinese itself when nobody has translated it."""
    if language != "en":
        return chinese
    # A gap may hold the mark too: reasons are told apart only where every one of them is known.
    parts = [_english(part) for part in chinese.split(JOINT)]
    if len(parts) > 1 and None not in parts and catalogue().get(chinese) is None:
        return "; ".join(part for part in parts if part)
    return _english(chinese) or chinese


def _english(chinese: str) -> str | None:
    known = catalogue().get(chinese)
    if known is not None:
        return known
    for pattern, english in _patterns():
        found = pattern.fullmatch(chinese)
        if found is not None:
            gaps = {gap: _filling(text) for gap, text in found.groupdict().items()}
            return english.format(**gaps)
    return None


def _filling(text: str) -> str:
    """Say what fills a gap: a reason in a sentence is a sentence, too; names stay as they are."""
    return text if text.isascii() else said(text, "en")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Turn every sentence with gaps into a pattern; those with more fixed words come first."""
    found = [(key, english) for key, english in catalogue().items() if GAP.search(key)]
    found.sort(key=lambda pair: len(GAP.sub("", pair[0])), reverse=True)
    return [(re.compile(_expression(key)), english) for key, english in found]


def _expression(sentence: str) -> str:
    """Write the pattern: a gap is named the first time and only matched again after that."""
    parts = GAP.split(sentence)  # text, name, text, name, ... text
    written, seen = [re.escape(parts[0])], set()
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        written.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        written.append(re.escape(text))
        seen.add(name)
    return "".join(written)
