"""Words of a warning in a plain text: stations, times, verbs, hazards, levels."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from anlan import codes
from anlan.codes import loader
from anlan.protocols.alerting import words
from anlan.protocols.alerting.pasted.dates import TIME


class Kind(StrEnum):
    """What a token is."""

    STATION = "station"
    TIME = "time"
    VERB = "verb"
    #: A verb about an earlier message: 「…发布的暴雨预警」.
    EARLIER = "earlier"
    HAZARD = "hazard"
    LEVEL = "level"
    WARNING = "warning"
    COMMA = "comma"
    STOP = "stop"


@dataclass(frozen=True)
class Verb:
    """What a verb does to a warning."""

    action: str
    turn: str


@dataclass(frozen=True)
class Token:
    """One word, where it stands in the plain text, and what it means."""

    kind: Kind
    start: int
    end: int
    text: str
    value: Any = None


#: Four levels as they are counted.
_RANKS = {
    **dict.fromkeys(("Ⅰ", "I", "一", "1"), 1),
    **dict.fromkeys(("Ⅱ", "II", "二", "2"), 2),
    **dict.fromkeys(("Ⅲ", "III", "三", "3"), 3),
    **dict.fromkeys(("Ⅳ", "IV", "四", "4"), 4),
}
_RANK = "(?:Ⅰ|Ⅱ|Ⅲ|Ⅳ|III|II|IV|I|一|二|三|四|[1-4])级"
_COLOUR = "[红橙黄蓝]"
#: A colour with or without its rank, in either order; a rank alone only right before a warning,
#: or every 三级 of the wind would be one. Responses have levels too, and are none.
_LEVEL = (
    rf"(?P<colour>{_COLOUR})色? ?[(\[]{_RANK}(?:/[\u4e00-\u9fff]{{2,4}})?[)\]]"
    rf"|{_RANK} ?[(\[] ?(?P<colour2>{_COLOUR})色? ?[)\]]"
    rf"|{_RANK}/(?P<colour3>{_COLOUR})色"
    rf"|(?P<colour4>{_COLOUR})色|(?P<colour5>{_COLOUR})(?=预警|警报)"
    rf"|(?P<rank>{_RANK})(?=(?:[\u4e00-\u9fff]{{0,12}}(?:气象|风险))?(?:预警|警报))"
)
_NOT_RESPONSE = r"(?![\u4e00-\u9fff]{0,8}响应)"
_WARNING = (
    "预警(?:信号|信息|消息)?(?!应急|响应|信息发布|发布中心|系统|平台|机制|能力|培训|预案|演练|知识|办法)"
    "|警报"
)
#: After these a verb names something else than a deed: 发布时间, 发布单位.
_NOT_DEED = "(?!时间|单位|机构|部门|中心|平台|系统|渠道|人|日期|内容|流程|办法|规定|标准|权限|会)"
_DENIED = "(?<![未不没拟])(?<!尚未)"
_CHINESE = "[\u4e00-\u9fff]"
#: What may stand before a place's name and is none of it.
LEAD = re.compile(
    r"^.*(?:通知|消息|根据|据悉|据|接到|收到|接|转发|转|经|关于|报告|提醒|截至|目前|请|由|从|原|"
    r"今天|今日|昨天|刚刚|[\]】])"
)

#: Between two stations that speak together.
_AND = "和与及同"


@dataclass(frozen=True)
class Lexicon:
    """The words in force, compiled."""

    pattern: re.Pattern[str]
    verbs: dict[str, Verb]
    hazards: dict[str, str]
    authorities: dict[str, str]


def lexicon() -> Lexicon:
    """Return the words in force now."""
    return _lexicon(loader.shelf().edition)


@lru_cache(maxsize=2)
def _lexicon(edition: int) -> Lexicon:  # noqa: ARG001 - the edition makes the cache forget
    verbs = {
        row.code: Verb(row.text("action") or "alert", row.text("turn") or "issue")
        for row in codes.table("warning-verbs")
    }
    hazards = {
        row.code.replace("（", "(").replace("）", ")"): row.text("event_code") or ""
        for row in codes.table("warning-hazard-words")
    }
    stations = {
        row.code: row.text("authority") or "" for row in codes.table("warning-station-words")
    }
    verb, kind = _any(verbs), _any(stations)
    inside = rf"(?:(?!{verb}|预警|警报|信号|色){_CHINESE}){{0,14}}?"
    parts = (
        (Kind.TIME, TIME),
        (Kind.STATION, rf"{inside}(?:{kind})"),
        (Kind.LEVEL, f"(?:{_LEVEL}){_NOT_RESPONSE}"),
        (Kind.EARLIER, rf"{_DENIED}(?:{verb})(?:的|过的)"),
        (Kind.VERB, rf"{_DENIED}(?:{verb}){_NOT_DEED}"),
        (Kind.HAZARD, _any(hazards)),
        (Kind.WARNING, _WARNING),
        (Kind.COMMA, "[,:、，]"),
        (Kind.STOP, "[。;；!?\n]"),
    )
    pattern = "|".join(f"(?P<{name}>{body})" for name, body in parts)
    return Lexicon(re.compile(pattern), verbs, hazards, stations)


def _any(choices: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(choices, key=len, reverse=True))


def tokens_of(text: str) -> list[Token]:
    """List the words of a plain text in their order."""
    return list(_merged(_walk(text, lexicon())))


def _walk(text: str, known: Lexicon) -> Iterator[Token]:
    last = -1
    for found in known.pattern.finditer(text):
        kind = Kind(next(name for name in _KINDS if found[name] is not None))
        start, end = found.span()
        if kind == Kind.STATION:
            start += _lead(found[0])
            start += start == last and text[start] in _AND
        last = end if kind == Kind.STATION else -1
        yield Token(kind, start, end, text[start:end], _value(kind, found, known))


_KINDS = [str(kind) for kind in Kind]


def _lead(text: str) -> int:
    found = LEAD.match(text)
    return found.end() if found and found.end() < len(text) else 0


def _value(kind: Kind, found: re.Match[str], known: Lexicon) -> Any:
    if kind == Kind.VERB:
        return known.verbs[found[0]]
    if kind == Kind.HAZARD:
        return known.hazards[found[0]]
    if kind == Kind.LEVEL:
        colour = next((found[name] for name in _COLOURS if found[name]), None)
        if colour:
            return words.level_of_colour(colour)
        return _RANKS[found["rank"].removesuffix("级")]
    return None


_COLOURS = ("colour", "colour2", "colour3", "colour4", "colour5")


def _merged(tokens: Iterator[Token]) -> Iterator[Token]:
    """Put verbs that follow each other into one: 更新…发布 is said 更新并发布 as well."""
    held: Token | None = None
    for token in tokens:
        if held is not None and token.kind == Kind.VERB and token.start - held.end <= 1:
            deed = held.value if held.value.turn != "issue" else token.value
            held = Token(Kind.VERB, held.start, token.end, held.text + token.text, deed)
            continue
        if held is not None:
            yield held
        held = token if token.kind == Kind.VERB else None
        if held is None:
            yield token
    if held is not None:
        yield held
