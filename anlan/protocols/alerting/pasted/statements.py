"""Sentences of a warning: who does what to which warning of which level.

A statement is a verb (发布, 解除, 升级...) and its objects, read from the same clause, from a title
before it or from the list after it. 「…发布的暴雨预警」 speaks of an earlier message and states
nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from anlan.protocols.alerting.pasted.tokens import Kind, Token

#: Characters between words that still belong together.
_IN_LIST, _TO_LEVEL, _TO_WARNING, _BEHIND = 2, 8, 4, 6
#: Statements, and warnings, taken from one text; one with more is a list and no warning.
_MOST = 40
#: Verbs that take a warning from one level to another.
_MOVING = frozenset(("raise", "lower", "change"))

#: A title begins its line, but for signs and the number of a list.
_BEGINS = re.compile(r"[。;；!?\n][\s\d.、(\[【]*$")
#: Behind a title without a level; what goes on is a sentence about warnings.
_ENDS = re.compile(r" ?[:\])】]")
_LOOK = 16
_HAZARD_LABEL = re.compile(r"(?:类型|种类|灾种|类别|名称) ?: ?$")
_LEVEL_LABEL = re.compile(r"(?:级别|等级|颜色) ?: ?$")


@dataclass
class Mention:
    """A warning that is spoken of: a hazard, a level, or both."""

    hazard: Token | None = None
    level: Token | None = None
    #: The word that says that it is a warning.
    warning: Token | None = None

    @property
    def start(self) -> int:
        """Return where it begins."""
        return min(one.start for one in (self.hazard, self.level) if one)

    @property
    def end(self) -> int:
        """Return where it ends."""
        return max(one.end for one in (self.hazard, self.level, self.warning) if one)


@dataclass(frozen=True)
class Thing:
    """What a statement is about: a hazard, its level now and before."""

    hazard: Token | None
    level: Token | None
    earlier: Token | None = None


@dataclass
class Statement:
    """One verb with its objects, and the sentence it stands in."""

    sentence: int
    verb: Token | None
    things: list[Thing] = field(default_factory=list)
    #: Where the words it was read from begin and end.
    start: int = 0
    end: int = 0
    #: Whether the objects stand in another clause than the verb, or there is no verb.
    loose: bool = False


@dataclass
class _Clause:
    sentence: int
    tokens: list[Token]
    mentions: list[Mention]
    #: The sign before it.
    sign: str
    used: bool = False

    @property
    def verbs(self) -> list[Token]:
        return [one for one in self.tokens if one.kind == Kind.VERB]


def before(text: str, start: int) -> str:
    """Return the characters right before a place, with a line end where the text begins."""
    return text[start - _LOOK : start] if start >= _LOOK else f"\n{text[:start]}"


def statements_of(text: str, tokens: Sequence[Token]) -> list[Statement]:
    """Find the statements of a plain text, in their order."""
    sentences = _sentences(tokens)
    clauses = [one for place, sentence in enumerate(sentences) for one in _clauses(place, sentence)]
    out: list[Statement] = []
    for place, clause in enumerate(clauses):
        if len(out) >= _MOST:
            break
        if clause.verbs:
            out.extend(_stated(clauses, place))
        elif out and _goes_on(clause, out[-1]):
            out[-1].things.extend(_named(clause.mentions))
            out[-1].end, clause.used = clause.mentions[-1].end, True
    return out or list(islice(_titles(text, clauses), _MOST)) or list(_labelled(text, tokens))


def _sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    """Part the words at full stops and line ends."""
    out: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == Kind.STOP:
            out.append([])
        else:
            out[-1].append(token)
    return out


def _clauses(place: int, sentence: Sequence[Token]) -> Iterator[_Clause]:
    part: list[Token] = []
    sign = "。"
    for token in sentence:
        if token.kind == Kind.COMMA and token.text != "、":
            yield _Clause(place, part, mentions_of(part), sign)
            part, sign = [], token.text
        elif token.kind != Kind.COMMA:
            part.append(token)
    yield _Clause(place, part, mentions_of(part), sign)


def mentions_of(tokens: Iterable[Token]) -> list[Mention]:
    """Put hazards and levels that stand together into mentions."""
    reader = _Mentions()
    for token in tokens:
        reader.take(token)
    return [one for one in reader.out if one.hazard or one.level]


class _Mentions:
    def __init__(self) -> None:
        self.out: list[Mention] = []
        #: Hazards that wait for a level or for the word warning.
        self._waiting: list[Token] = []
        #: Mentions the last token has made or completed, and where it ended.
        self._last: list[Mention] = []
        self._end = -100

    def take(self, token: Token) -> None:
        takers = {
            Kind.HAZARD: self._hazard,
            Kind.LEVEL: self._level,
            Kind.WARNING: self._warning,
        }
        taker = takers.get(token.kind)
        if taker is None:
            self._waiting, self._last = [], []
            return
        taker(token)
        self._end = token.end

    def _hazard(self, token: Token) -> None:
        bare = self._last[-1] if self._last else None
        if bare and bare.hazard is None and token.start - self._end <= _BEHIND:
            bare.hazard = token  # Ⅲ级（黄色）地质灾害气象风险预警
            return
        if self._waiting and token.start - self._waiting[-1].end > _IN_LIST:
            self._waiting = []
        self._waiting.append(token)
        self._last = []

    def _level(self, token: Token) -> None:
        if self._waiting and token.start - self._waiting[-1].end <= _TO_LEVEL:
            self._add([Mention(one, token) for one in self._waiting])
        elif self._last and self._near(token) and all(one.level is None for one in self._last):
            for one in self._last:  # 暴雨预警信号（红色）
                one.level = token
        else:
            self._add([Mention(None, token)])

    def _warning(self, token: Token) -> None:
        if self._waiting and token.start - self._waiting[-1].end <= _TO_WARNING:
            self._add([Mention(one) for one in self._waiting])
        for one in self._last:
            one.warning = one.warning or token

    def _near(self, token: Token) -> bool:
        return token.start - self._end <= _TO_WARNING

    def _add(self, made: list[Mention]) -> None:
        self.out.extend(made)
        self._waiting, self._last = [], made


def _stated(clauses: list[_Clause], place: int) -> Iterator[Statement]:
    clause = clauses[place]
    verbs = clause.verbs[:_MOST]
    for number, verb in enumerate(verbs):
        since = verbs[number - 1].end if number else -1
        until = verbs[number + 1].start if number + 1 < len(verbs) else None
        before = [one for one in clause.mentions if since <= one.start and one.end <= verb.start]
        after = [
            one
            for one in clause.mentions
            if one.start >= verb.end and (until is None or one.end <= until)
        ]
        loose = False
        if not before and not after:
            before, after = _elsewhere(clauses, place, verb)
            loose = bool(before or after)
        things = _things(verb, before, after)
        if things:
            around = [*before, *after]
            yield Statement(
                sentence=clause.sentence,
                verb=verb,
                things=things,
                start=min(verb.start, *(one.start for one in around)),
                end=max(verb.end, *(one.end for one in around)),
                loose=loose,
            )


def _elsewhere(
    clauses: list[_Clause], place: int, verb: Token
) -> tuple[list[Mention], list[Mention]]:
    """Find objects outside the clause: right behind a colon, else in a title before."""
    following = clauses[place + 1] if place + 1 < len(clauses) else None
    if following and not following.verbs and following.sign == ":":
        first = following.mentions[:1]
        if first and first[0].start - verb.end <= _IN_LIST:
            following.used = True
            return [], following.mentions
    for earlier in reversed(clauses[:place]):
        if earlier.verbs or clauses[place].sentence - earlier.sentence > 1:
            break
        named = [one for one in earlier.mentions if one.hazard and one.warning]
        if named and not earlier.used:
            earlier.used = True
            return named, []
    return [], []


def _goes_on(clause: _Clause, statement: Statement) -> bool:
    """Tell whether a clause goes on with the list of the statement before it."""
    first = clause.mentions[0] if clause.mentions else None
    return (
        first is not None
        and not clause.used
        and clause.sign == ","
        and clause.sentence == statement.sentence
        and first.hazard is not None
        and first.start - statement.end <= _BEHIND
    )


def _things(verb: Token, before: list[Mention], after: list[Mention]) -> list[Thing]:
    if verb.value.turn in _MOVING:
        return [one for one in _moved(before, after) if one.hazard]
    return _named(after or before)


def _named(mentions: list[Mention]) -> list[Thing]:
    return [Thing(one.hazard, one.level) for one in mentions if one.hazard]


def _moved(before: list[Mention], after: list[Mention]) -> list[Thing]:
    """Read from which level to which: 将橙色升级为红色, 变更橙色为红色, 升级发布红色."""
    if before and after:
        return [_to(_match(one, before), one) for one in after]
    both = after or before
    if len(both) > 1 and _same(both[0], both[1]):
        return [_to(both[0], both[1])]
    return _named(both)


def _match(later: Mention, before: list[Mention]) -> Mention:
    """Find what a warning was before: the same hazard, else what stands nearest."""
    alike = (one for one in before if one.hazard and later.hazard and _same(one, later))
    return next(alike, before[-1])


def _same(one: Mention, other: Mention) -> bool:
    if one.hazard is None or other.hazard is None:
        return True
    return one.hazard.text == other.hazard.text


def _to(earlier: Mention, later: Mention) -> Thing:
    hazard = later.hazard or earlier.hazard
    return Thing(hazard, later.level, earlier.level if later.level else None)


def _titles(text: str, clauses: Iterable[_Clause]) -> Iterator[Statement]:
    """Take a text without any verb by its titles: 「暴雨红色预警信号：过去3小时……」."""
    sentence = -1
    for clause in clauses:
        first = clause.mentions[0] if clause.mentions else None
        if (
            first is None
            or clause.sentence == sentence
            or not _BEGINS.search(before(text, first.start))
        ):
            continue
        if first.hazard and first.warning and (first.level or _ENDS.match(text, first.end)):
            sentence = clause.sentence
            end = clause.mentions[-1].end
            yield Statement(sentence, None, _named(clause.mentions), first.start, end, loose=True)


def _labelled(text: str, tokens: Sequence[Token]) -> Iterator[Statement]:
    """Take a text that is a form: 「预警类型：暴雨」, 「预警级别：红色」, each on its line."""
    hazard = _behind(text, tokens, Kind.HAZARD, _HAZARD_LABEL)
    level = _behind(text, tokens, Kind.LEVEL, _LEVEL_LABEL)
    if hazard and level:
        both = (hazard.start, level.start, hazard.end, level.end)
        yield Statement(0, None, [Thing(hazard, level)], min(both), max(both), loose=True)


def _behind(text: str, tokens: Sequence[Token], kind: Kind, label: re.Pattern[str]) -> Token | None:
    """Find the first word of a kind that stands right behind its label."""
    fitting = (one for one in tokens if one.kind == kind and label.search(before(text, one.start)))
    return next(fitting, None)


def reduced(statements: list[Statement]) -> list[Statement]:
    """Take what replaces a level and lifts the old one in one breath for the change it is."""
    for statement in statements:
        if statement.verb is None or statement.verb.value.action == "cancel":
            continue
        for other in statements:
            if other.sentence == statement.sentence and other.verb is not None:
                _absorb(statement, other)
    return list(_bounded(statements))


def _bounded(statements: Iterable[Statement]) -> Iterator[Statement]:
    left = _MOST
    for statement in statements:
        statement.things = statement.things[:left]
        left -= len(statement.things)
        if statement.things:
            yield statement


def _absorb(statement: Statement, lifting: Statement) -> None:
    """Move lifted levels of the same hazards into the statement that sets new ones."""
    assert lifting.verb is not None
    if lifting.verb.value.action != "cancel":
        return
    for place, thing in enumerate(statement.things):
        for lifted in list(lifting.things):
            if not thing.hazard or not lifted.hazard or thing.hazard.text != lifted.hazard.text:
                continue
            if lifted.level and thing.level and lifted.level.value != thing.level.value:
                statement.things[place] = replace(thing, earlier=lifted.level)
                lifting.things.remove(lifted)
