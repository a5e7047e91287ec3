"""How natural words are read, by kind of obligation: 「好的收到」 is an answer.

A module declares the reader of its kinds with `declare_reader`; kinds that declare none take
`read_receipt`. A doubtful reading is never taken for an answer: it waits for an officer.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.kernel.registry import Registry


@dataclass(frozen=True)
class Reading:
    """What words were taken for: the answers to the kind's form, and whether that is sure."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = True


Reader = Callable[[str], Reading]

READERS: Registry[Reader] = Registry("回复的读法")

DOUBTFUL = Reading(sure=False)

#: Words that say "received" and nothing else, once marks and politeness are gone.
RECEIVED = re.compile(
    r"(?:收到|已收到|好的?|明白|知道了?|已知晓?|已阅|了解|1|ok|yes|y|是|已签收|签收|r|td?已收)+"
)
#: What may surround them: marks, particles, thanks, who one is addressing.
POLITE = re.compile(r"[\W_]+|谢谢|感谢|领导|您好|你好|请放心|马上|[了啦哦嗯的呀吧]")
#: A longer text says more than "received": somebody must read it.
LONGEST_SURE = 12


def declare_reader(key: str, reader: Reader) -> Reader:
    """Declare how replies to one kind of obligation are read."""
    return READERS.add(key, reader)


def plain(text: str) -> str:
    """Bring a reply to one form: full width to half, small letters, no marks at the ends."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def read_receipt(text: str) -> Reading:
    """Read whether somebody says they received it.

    >>> read_receipt("好的，收到！").sure, read_receipt("没收到").sure, read_receipt("").sure
    (True, False, False)
    """
    words = POLITE.sub("", plain(text)[: LONGEST_SURE * 4])
    sure = bool(words) and len(words) <= LONGEST_SURE and bool(RECEIVED.fullmatch(words))
    return Reading(sure=sure)


def reader_of(kind: str) -> Reader:
    """Find how replies to a kind are read."""
    return READERS.get(kind) or read_receipt
