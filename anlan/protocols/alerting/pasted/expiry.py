"""Until when a warning holds, where its text says so."""

import re
from datetime import datetime, timedelta

from anlan.protocols.alerting.pasted.dates import TIME, moment, numeral
from anlan.protocols.alerting.pasted.found import Confidence, Found

#: How a time without its names of groups looks, for patterns that hold several.
_SOME_TIME = re.sub(r"\?P<\w+>", "?:", TIME)
_TERM = "有效期|有效时间|预警时效|时效|有效"
_UNTIL = re.compile(
    rf"(?:{_TERM}|失效时间|截止时间|截止|结束时间)"
    rf"(?:为|是|:|至|到|截至|持续到|持续至|延长至|延长到)* ?(?P<until>{_SOME_TIME})"
)
_EXTENDED = re.compile(rf"(?:延长|顺延)(?:至|到) ?(?P<until>{_SOME_TIME})")
_LASTING = re.compile(
    rf"(?:{_TERM})(?:为|是|:)? ?(?P<hours>\d{{1,3}}|[一二三四六八十]{{1,3}})个?小时"
)
_GOES_ON = re.compile(rf"(?:持续|维持)(?:到|至) ?(?P<until>{_SOME_TIME})")
_SPAN = re.compile(rf"{_SOME_TIME} ?(?:到|至|-|—|~)+ ?(?P<until>{_SOME_TIME})")
_PATTERNS = (
    (_UNTIL, Confidence.SURE),
    (_EXTENDED, Confidence.SURE),
    (_LASTING, Confidence.LIKELY),
    (_GOES_ON, Confidence.DOUBTFUL),
    (_SPAN, Confidence.DOUBTFUL),
)
#: Nobody warns for longer at a time.
_LONGEST = timedelta(days=60)


def expiry_in(text: str, start: int, end: int, sent: datetime) -> Found | None:
    """Find until when the warning holds; what only says how long the rain lasts is doubtful."""
    for pattern, confidence in _PATTERNS:
        for found in pattern.finditer(text, start, end):
            groups = found.groupdict()
            at = _at(groups, sent)
            if at is None or not sent < at <= sent + _LONGEST:
                continue
            name = "hours" if groups.get("hours") else "until"
            return Found(
                field="expires",
                value=at,
                start=found.start(name),
                end=found.end(name),
                confidence=confidence,
            )
    return None


def _at(groups: dict[str, str | None], sent: datetime) -> datetime | None:
    hours, until = groups.get("hours"), groups.get("until")
    if hours:
        return sent + timedelta(hours=numeral(hours))
    found = moment(until, sent, after=sent) if until else None
    return found.at if found else None
