"""From statements to records: who said it, when, where it holds, and how sure each is."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from anlan.protocols.alerting import words
from anlan.protocols.alerting.message import PASTED, AlertMessage, Area, Info
from anlan.protocols.alerting.pasted import dates
from anlan.protocols.alerting.pasted.expiry import expiry_in
from anlan.protocols.alerting.pasted.found import Confidence, Found, Recognised
from anlan.protocols.alerting.pasted.naming import places_in
from anlan.protocols.alerting.pasted.plain import Plain
from anlan.protocols.alerting.pasted.statements import (
    Statement,
    Thing,
    before,
    reduced,
    statements_of,
)
from anlan.protocols.alerting.pasted.tokens import Kind, Token, Verb, tokens_of

_NEAR, _TAIL = 3, 60
_EXERCISE = re.compile(
    r"[【\[(](?P<word>[^】\])]{0,8}(?:演练|演习)[^】\])]{0,8})[】\])]|^(?P<head>.{0,12}演练)"
)
_TEST = re.compile(r"[【\[(](?P<word>[^】\])]{0,8}测试[^】\])]{0,8})[】\])]|^(?P<head>.{0,12}测试)")
_RANGE = re.compile(r" ?(?:到|至|-|—|~)")
_TIME_LABEL = re.compile(r"时间 ?: ?$")
#: Behind the object these make a report of what was a message.
_TOLD = re.compile(" ?(?:以来|之?后|期间|以后|的?消息)")
_JOINT = re.compile(r" ?[、,和与及]? ?")
_ISSUE = Verb("alert", "issue")


@dataclass
class _Unit:
    """A stretch of the text that is one issuer's word on one or several warnings."""

    start: int
    end: int
    statements: list[Statement] = field(default_factory=list)


def recognise(
    text: str, now: datetime, *, known_places: Iterable[str] = ()
) -> tuple[Recognised, ...]:
    """Find the warnings in a pasted text; none when it holds none.

    `now` gives what dates leave out. `known_places` are names of regions that may be meant; other
    names are recognised by their endings and are doubtful. `Unreadable` when the text is too long.
    """
    plain = Plain(text)
    tokens = tokens_of(plain.text)
    statements = reduced(statements_of(plain.text, tokens))
    known = tuple(known_places)
    out: list[Recognised] = []
    context = _Context(plain, tokens, now, known)
    for unit in _units(statements, tokens, len(plain.text)):
        out.extend(context.read(unit))
    return tuple(_merged(out, text))


def _units(statements: list[Statement], tokens: Sequence[Token], length: int) -> list[_Unit]:
    """Part the text: each unit begins with the words of its first statement."""
    units: list[_Unit] = []
    for statement in statements:
        if units and units[-1].statements[-1].sentence == statement.sentence:
            units[-1].statements.append(statement)
            continue
        floor = units[-1].statements[-1].end if units else 0
        units.append(_Unit(_beginning(statement, tokens, floor), length, [statement]))
    for unit, following in pairwise(units):
        unit.end = following.start
    return units


def _beginning(statement: Statement, tokens: Sequence[Token], floor: int) -> int:
    """Go back over station, time and title that stand before a statement, to its first word."""
    start = statement.start
    for token in reversed([one for one in tokens if floor <= one.start < statement.start]):
        if token.kind in (Kind.STATION, Kind.TIME, Kind.HAZARD, Kind.LEVEL, Kind.WARNING):
            start = token.start
        elif token.kind == Kind.STOP and (token.text != "\n" or start - token.end > _NEAR):
            break
    return start


class _Context:
    """Reads the units of one text; what one unit leaves out the unit before it may have said."""

    def __init__(
        self, plain: Plain, tokens: Sequence[Token], now: datetime, known: tuple[str, ...]
    ) -> None:
        self._plain, self._now, self._known = plain, now, known
        self._tokens = [
            one for one in tokens if one.kind in (Kind.STATION, Kind.TIME, Kind.EARLIER)
        ]
        self._station: Found | None = None
        self._sent: Found | None = None

    def read(self, unit: _Unit) -> Iterable[Recognised]:
        inside = [one for one in self._tokens if unit.start <= one.start < unit.end]
        self._sent = None  # a time belongs to one unit, the station may speak on
        for statement in unit.statements:
            station = self._find_station(inside, statement, unit)
            sent = self._find_sent(inside, statement, unit)
            earlier = self._earlier(inside, statement)
            for thing in statement.things:
                yield self._recognised(unit, statement, thing, [station, sent, earlier])

    def _find_station(
        self, inside: Sequence[Token], statement: Statement, unit: _Unit
    ) -> Found | None:
        stations = [one for one in inside if one.kind == Kind.STATION]
        head = statement.verb.start if statement.verb else statement.end
        ahead = [one for one in stations if one.end <= head]
        if ahead:
            self._station = self._joint(ahead, Confidence.SURE)
        elif stations and (not self._station or stations[-1].end > unit.end - _TAIL):
            near = [one for one in stations if one.start <= statement.end + _NEAR]
            self._station = self._joint((near or stations)[-1:], Confidence.LIKELY)
        elif self._station:
            self._station = replace(self._station, confidence=Confidence.LIKELY)
        return self._station

    def _joint(self, stations: Sequence[Token], confidence: Confidence) -> Found:
        """Take several stations that speak together for one."""
        text, first = self._plain.text, len(stations) - 1
        while first and _JOINT.fullmatch(text, stations[first - 1].end, stations[first].start):
            first -= 1
        start, end = stations[first].start, stations[-1].end
        return self._found("station", text[start:end], start, end, confidence)

    def _find_sent(
        self, inside: Sequence[Token], statement: Statement, unit: _Unit
    ) -> Found | None:
        times = [one for one in inside if one.kind == Kind.TIME and self._is_moment(one)]
        head = statement.verb.start if statement.verb else unit.start
        ahead = [one for one in times if one.end <= head and not self._is_earlier(one, inside)]
        behind = [
            one
            for one in times
            if one.end > head
            and self._is_near(one, head, statement, unit)
            and not self._is_earlier(one, inside)
        ]
        for token, ceiling in (
            *((one, None) for one in ahead[-1:]),
            *((one, Confidence.LIKELY) for one in behind[-1:]),
        ):
            read = dates.moment(token.text, self._now)
            if read:
                confidence = (
                    ceiling if ceiling and read.confidence == Confidence.SURE else read.confidence
                )
                self._sent = self._found("sent", read.at, token.start, token.end, confidence)
                return self._sent
        if self._sent:
            self._sent = replace(self._sent, confidence=Confidence.LIKELY)
        return self._sent

    def _is_near(self, token: Token, head: int, statement: Statement, unit: _Unit) -> bool:
        """Tell whether a time behind the verb is the message's own: 发布于, 发布时间:, signed."""
        return (
            token.start - head <= _NEAR + 2
            or 0 <= token.start - statement.end <= _NEAR
            or unit.end - token.end <= _NEAR
            or _TIME_LABEL.search(before(self._plain.text, token.start)) is not None
        )

    def _is_moment(self, token: Token) -> bool:
        """Leave out the ends of forecast periods, and 一点 where nothing says that it is a time."""
        text = self._plain.text
        if _RANGE.match(text, token.end) or _RANGE.match(
            text[max(0, token.start - 1) : token.start]
        ):
            return False
        return not re.fullmatch(r"[一二三四五六七八九十]{1,2}点", token.text)

    @staticmethod
    def _is_earlier(token: Token, inside: Sequence[Token]) -> bool:
        return any(
            one.kind == Kind.EARLIER and 0 <= one.start - token.end <= _NEAR for one in inside
        )

    def _earlier(self, inside: Sequence[Token], statement: Statement) -> Found | None:
        for token in inside:
            if token.kind == Kind.TIME and self._is_earlier(token, inside):
                read = dates.moment(token.text, self._now)
                if read and token.start <= statement.end:
                    return self._found(
                        "earlier_sent", read.at, token.start, token.end, read.confidence
                    )
        return None

    def _found(
        self, name: str, value: object, start: int, end: int, confidence: Confidence
    ) -> Found:
        return Found(field=name, value=value, start=start, end=end, confidence=confidence)

    def _recognised(
        self, unit: _Unit, statement: Statement, thing: Thing, heads: list[Found | None]
    ) -> Recognised:
        fields = [one for one in heads if one]
        fields += self._deed(statement, thing)
        fields += self._named(unit, statement)
        sent = next((one.value for one in fields if one.field == "sent"), self._now)
        expires = expiry_in(self._plain.text, unit.start, unit.end, sent)
        status = self._status(unit)
        fields += [one for one in (expires, status) if one]
        placed = tuple(self._placed(one) for one in fields)
        start, end = self._plain.span(unit.start, unit.end)
        return Recognised(
            message=self._message(unit, thing, placed, sent),
            start=start,
            end=end,
            fields=placed,
            missing=_missing(placed),
        )

    def _placed(self, found: Found) -> Found:
        start, end = self._plain.span(found.start, found.end)
        return replace(found, start=start, end=end)

    def _deed(self, statement: Statement, thing: Thing) -> list[Found]:
        """Read what is done to which hazard and level."""
        out = []
        at = statement.verb or thing.hazard
        assert at is not None
        verb: Verb = statement.verb.value if statement.verb else _ISSUE
        turn, action = _turned(verb, thing)
        told = _TOLD.match(self._plain.text, statement.end) is not None
        surely = Confidence.SURE if statement.verb and not told else Confidence.DOUBTFUL
        end = at.end if statement.verb else at.start
        out.append(self._found("action", action, at.start, end, surely))
        out.append(self._found("turn", turn, at.start, end, surely))
        object_surely = Confidence.LIKELY if statement.loose else Confidence.SURE
        for name, token in (
            ("event", thing.hazard),
            ("level", thing.level),
            ("earlier_level", thing.earlier),
        ):
            if token is not None:
                value = token.text if name == "event" else token.value
                out.append(self._found(name, value, token.start, token.end, object_surely))
        return out

    def _named(self, unit: _Unit, statement: Statement) -> list[Found]:
        text = self._plain.text
        start = statement.verb.end if statement.verb else statement.start
        named = places_in(text, start, unit.end, self._known)
        stations = [one for one in self._tokens if one.kind == Kind.STATION]
        return [
            self._found("region", name, start, end, confidence)
            for name, start, end, confidence in named
            if not any(one.start <= start < one.end for one in stations)
        ]

    def _status(self, unit: _Unit) -> Found | None:
        text = self._plain.text
        for pattern, value in ((_EXERCISE, "exercise"), (_TEST, "test")):
            found = pattern.search(text, max(0, unit.start - _TAIL), unit.end)
            if found:
                name = "word" if found["word"] else "head"
                start, end = found.span(name)
                return self._found("status", value, start, end, Confidence.LIKELY)
        return None

    def _message(
        self, unit: _Unit, thing: Thing, fields: tuple[Found, ...], sent: datetime
    ) -> AlertMessage:
        by_name = {one.field: one for one in reversed(fields)}
        station = str(by_name["station"].value) if "station" in by_name else ""
        text = self._plain.original(unit.start, unit.end).strip()
        expires = by_name.get("expires")
        certain = expires is not None and expires.confidence != Confidence.DOUBTFUL
        level = thing.level.value if thing.level else None
        regions = [str(one.value) for one in fields if one.field == "region"]
        assert thing.hazard is not None
        info = Info(
            event=thing.hazard.text,
            event_code=str(thing.hazard.value),
            level=level,
            severity=words.severity_of_level(level),
            urgency=words.UNKNOWN,
            certainty=words.UNKNOWN,
            headline=_headline(text),
            description=text,
            sender_name=station,
            expires=expires.value if expires is not None and certain else None,
            areas=(Area(description="、".join(dict.fromkeys(regions))),) if regions else (),
        )
        status = by_name.get("status")
        return AlertMessage(
            form=PASTED,
            identifier=_identifier(text, info),
            sender=station or PASTED,
            sent=sent,
            status=str(status.value) if status else "actual",
            action=str(by_name["action"].value),
            infos=(info,),
        )


def _turned(verb: Verb, thing: Thing) -> tuple[str, str]:
    """Tell what becomes of a warning: of a change, the two levels tell the direction."""
    if thing.earlier is None or thing.level is None or verb.action == "cancel":
        return verb.turn, verb.action
    return ("raise" if thing.level.value < thing.earlier.value else "lower"), "update"


def _headline(text: str) -> str:
    """Take the text up to its first colon, full stop or line end for the headline."""
    return re.split(r"[：:。\n！!；;]", text, maxsplit=1)[0].strip()[:100]


def _identifier(text: str, info: Info) -> str:
    """Make an identifier that is the same whenever the same words are pasted."""
    told = f"{' '.join(text.split())}|{info.event}|{info.level}"
    return f"pasted-{sha256(told.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _missing(fields: tuple[Found, ...]) -> tuple[str, ...]:
    there = {one.field for one in fields}
    return tuple(name for name in ("station", "sent", "level") if name not in there)


def _merged(found: Sequence[Recognised], text: str) -> list[Recognised]:
    """Take a headline and the text below it that say the same for one warning."""
    out: list[Recognised] = []
    for one in found:
        last = next((place for place, other in enumerate(out) if _says_the_same(other, one)), None)
        if last is None:
            out.append(one)
        else:
            out[last] = _joined(out[last], one, text)
    return out


def _says_the_same(one: Recognised, other: Recognised) -> bool:
    if one.message.infos[0].event != other.message.infos[0].event:
        return False
    for name in ("level", "action", "station", "sent"):
        left, right = one.field(name), other.field(name)
        if left and right and left.value != right.value and not _body(name, left, right):
            return False
    return True


def _body(name: str, left: Found, right: Found) -> bool:
    """Take the bureau in the headline and its station in the text for one: 气象局, 气象台."""
    return name == "station" and left.value[:-1] == right.value[:-1]


def _joined(headline: Recognised, below: Recognised, text: str) -> Recognised:
    """Keep the fuller of the two, with the text of both."""
    fuller = below if len(below.missing) <= len(headline.missing) else headline
    start, end = min(headline.start, below.start), max(headline.end, below.end)
    message, told = fuller.message, text[start:end].strip()
    info = replace(message.infos[0], description=told, headline=_headline(told))
    message = replace(message, identifier=_identifier(told, info), infos=(info,))
    return replace(fuller, start=start, end=end, message=message)
