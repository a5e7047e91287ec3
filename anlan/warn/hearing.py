"""What people mean when they answer a call in their own words (「好的收到」).

The words are a code table (``reply-words``); this is a pure function over it. The text is cut into
clauses, each is read for the longest words it holds, a word after 没 or before 吗 means something
else. Whatever is not clear beyond doubt is said to be unclear: a person reads it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from anlan import codes
from anlan.codes import loader

TABLE = "reply-words"

#: Readings at least this sure count as an answer.
SURE = 0.7
#: Characters that may stay unread before they cast doubt, and how much each one more costs.
UNREAD_FREE, UNREAD_COST = 8, 0.01
#: Longer texts are forwarded notices, not answers.
LONGEST = 80

#: Meanings that answer a call, the one that counts most first -> the choice of its form.
ANSWERS = {
    "need-help": "need-help",
    "acted": "acted",
    "on-post": "on-post",
    "coming": "received",
    "received": "received",
}
#: Digits as the short message offers them.
DIGITS = {"one": "received", "two": "on-post", "three": "need-help"}
#: What a word means when it is turned round.
TURNED = {
    "received": "lost",
    "coming": "busy",
    "on-post": "busy",
    "acted": "idle",
    "need-help": "fine",
}
#: Somebody else must be found, or the words are no answer: never sure, whatever else is said.
BLOCKING = ("wrong", "away", "refuse", "stop", "auto", "lost", "question")
#: Says that something is not done yet; with a plain 收到 beside it, it is an answer.
UNDONE = ("busy", "idle")

CLAUSE = re.compile(r"[\s,，。.!！;；、~～…—:：]+")
MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Heard:
    """What was understood: a meaning of the table ("" for nothing), the choice it answers with."""

    meaning: str = ""
    #: received, on-post, acted or need-help; "" when it is no answer.
    reply: str = ""
    #: 0..1.
    confidence: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it counts as an answer without anybody looking."""
        return bool(self.reply) and self.confidence >= SURE


NOTHING = Heard()


@dataclass(frozen=True)
class _Sign:
    meaning: str
    weight: float


def hear(text: str) -> Heard:
    """Understand a reply.

    >>> hear("好的收到").reply, hear("没收到").sure, hear("要支援 路断了").reply
    ('received', False, 'need-help')
    """
    lexicon = _lexicon(loader.shelf().edition)
    plain = lexicon.corrected(unicodedata.normalize("NFKC", text).strip().lower())
    if not plain or len(plain) > LONGEST:
        return NOTHING
    signs: list[_Sign] = []
    unread = 0
    for clause in CLAUSE.split(plain):
        found, left = lexicon.read(clause)
        signs += found
        unread += left
    return _weigh(signs, unread)


def _weigh(signs: Sequence[_Sign], unread: int) -> Heard:
    """Choose what counts among the signs, and how sure it is."""
    best: dict[str, float] = {}
    for sign in signs:
        best[sign.meaning] = max(best.get(sign.meaning, 0.0), sign.weight)
    doubt = UNREAD_COST * max(0, unread - UNREAD_FREE)
    for meaning in BLOCKING:
        # 「收到，几点集合？」 is received, and asks something besides.
        if meaning in best and not (meaning == "question" and "received" in best):
            return Heard(meaning, "", max(best[meaning] - doubt, 0.0))
    undone = next((one for one in UNDONE if one in best), "")
    for meaning, reply in ANSWERS.items():
        if meaning not in best or (undone and meaning in ("acted", "on-post")):
            continue
        return Heard(meaning, reply, max(best[meaning] - doubt, 0.0))
    if undone:
        return Heard(undone, "", max(best[undone] - doubt, 0.0))
    return Heard("fine", "", 0.0) if "fine" in best else NOTHING


class _Lexicon:
    """The table, ready for reading."""

    def __init__(self, rows: Sequence[codes.Code]) -> None:
        by_meaning: dict[str, tuple[str, ...]] = {}
        self._signs: dict[str, _Sign] = {}
        #: Words that count only as a clause of their own.
        self._whole: dict[str, _Sign] = {}
        for row in rows:
            meaning, words = row.text("meaning") or "", row.several("words")
            by_meaning[meaning] = (*by_meaning.get(meaning, ()), *words)
            weight = row.number("weight")
            if weight is not None:
                sign = _Sign(DIGITS.get(row.code, meaning), weight)
                shelf = self._whole if row.flag("whole") else self._signs
                shelf |= dict.fromkeys(words, sign)
        self._typos = dict(one.split("=", 1) for one in by_meaning.get("typo", ()))
        self._wrong = _any(self._typos)
        self._word = _any(self._signs)
        self._fillers = _any(by_meaning.get("filler", ()))
        between = _any(by_meaning.get("adverb", ())).pattern
        negators = _any(by_meaning.get("negator", ())).pattern
        self._negated = re.compile(rf"(?:{negators})(?:{between})?$")
        self._asked = re.compile(rf"^(?:{_any(by_meaning.get('asker', ())).pattern})+[啊呀呢]?$")

    def corrected(self, text: str) -> str:
        """Put common misspellings right."""
        return self._wrong.sub(lambda found: self._typos[found[0]], text) if self._typos else text

    def read(self, clause: str) -> tuple[list[_Sign], int]:
        """Read one clause: what it says, and how many characters say nothing known."""
        bare = MARKS.sub("", clause)
        for alone in (bare, self._fillers.sub("", bare)):
            if alone in self._whole:
                return [self._whole[alone]], 0
        signs: list[_Sign] = []
        rest = ""
        last = 0
        for found in self._word.finditer(clause):
            rest += clause[last : found.start()]
            signs.append(self._meant(clause, found))
            last = found.end()
        rest += clause[last:]
        if "?" in clause and not signs:
            signs.append(_Sign("question", SURE))
        return signs, len(MARKS.sub("", self._fillers.sub("", rest)))

    def _meant(self, clause: str, found: re.Match[str]) -> _Sign:
        sign = self._signs[found[0]]
        if self._asked.match(clause[found.end() :]):
            return _Sign("question", sign.weight)
        turned = TURNED.get(sign.meaning)
        if turned and self._negated.search(clause[: found.start()]):
            return _Sign(turned, sign.weight)
        return sign


def _any(words: Mapping[str, object] | Sequence[str]) -> re.Pattern[str]:
    """Match any of some words, the longest first."""
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in ordered) or r"(?!)")


@lru_cache(maxsize=2)
def _lexicon(edition: int) -> _Lexicon:  # noqa: ARG001 - the edition makes the cache forget
    return _Lexicon(codes.table(TABLE).rows)
