"""Whether the words say who, where, when, beware of what, do what, until when; their length."""

import re
from collections.abc import Iterator

from anlan import codes
from anlan.comms.parts import parts_of
from anlan.warn.models import Alert
from anlan.warn.selectors.checks.calltext import CallText
from anlan.warn.selectors.checks.findings import Finding, ask, note, stop
from anlan.warn.selectors.texts import CONTENTS, ISSUED_AT

#: More parts than these are read by few, and some telephones show them apart.
MANY = 4
SMS = "sms"
#: Codes of ``warning-contents`` -> the field of the form they are filled in by.
FIELDS = {
    "kind": "hazard", "level": "level", "start": "effective_at", "area": "regions",
    "caution": "caution", "measures": "measures", "issuer": "issuer",
}  # fmt: skip
_WHEN = re.compile(r"\d{1,2}[时点:：]|今[天晨晚日夜]|明[天晨晚日]|立即|即刻|目前|未来")


def wording(alert: Alert) -> Iterator[Finding]:
    """Find what the words of an own alert leave out; a department's words are not ours to judge."""
    if alert.action in ("cancel", "withdraw"):
        return
    yield from _length(alert)
    if alert.relayed:
        return
    yield from _elements(alert)
    if alert.parts.get("own-words"):
        yield from _own_words(alert)
    if alert.expires_at is None:
        yield ask("no-end", "没有写明到何时为止", "It does not say until when", "expires_at")
    elif alert.effective_at and alert.expires_at <= alert.effective_at:
        yield stop("ends-before", "失效时间早于生效时间", "It ends before it begins", "expires_at")


def _length(alert: Alert) -> Iterator[Finding]:
    """Find whether the short message of its call, which is not its whole text, grows too long."""
    text = CallText(alert, SMS).usual()
    parts = parts_of(text)
    if parts > MANY:
        yield note(
            "long", f"叫应短信约 {len(text)} 字，要拆成 {parts} 条",
            f"A call's short message has about {len(text)} characters: {parts} parts", "title",
        )  # fmt: skip


def _elements(alert: Alert) -> Iterator[Finding]:
    levelled = bool(codes.table("issuers")[alert.kind].several("levels"))
    for row in codes.table(CONTENTS):
        if row.code == ISSUED_AT or (row.code == "level" and not levelled):
            continue
        if not alert.parts.get(row.code):
            yield stop(
                f"missing-{row.code}", f"缺少{row.name}（突发事件应对法第六十四条）",
                f"{row.name_en} is missing (Emergency Response Law, article 64)", FIELDS[row.code],
            )  # fmt: skip


def _own_words(alert: Alert) -> Iterator[Finding]:
    """Look in an officer's own words for who, where, when and do what."""
    text = alert.text
    places = [word for word in re.split(r"[、，,；\s]+", alert.place) if word]
    if places and not any(word in text for word in places):
        yield ask("words-where", "正文没有提到影响范围", "The text does not say where", "text")
    if not _WHEN.search(text):
        yield ask("words-when", "正文没有写明时间", "The text does not say when", "text")
    if alert.station and alert.station not in text:
        yield ask(
            "words-who", "正文没有写明发布单位", "The text does not say who issues it", "text"
        )
    measures = str(alert.parts.get("measures", ""))
    if not any(char in text for char in "请须应勿禁") and measures not in text:
        yield ask("words-do", "正文没有写明该怎么做", "The text does not say what to do", "text")
