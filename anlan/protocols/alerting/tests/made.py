"""Small messages of our own making, and strategies that make any message a form can hold."""

import string
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from anlan import codes
from anlan.protocols.alerting import words
from anlan.protocols.alerting.message import (
    CAP_12,
    NATIONAL_XML,
    AlertMessage,
    Area,
    Info,
    Resource,
    Ring,
)

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

CAP = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="{NAMESPACE}">
  <identifier>yunyu-2026-0812-1</identifier>
  <sender>qxt@yunyu.example</sender>
  <sent>2026-08-12T15:20:00+08:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <scope>Public</scope>
  <references>qxt@yunyu.example,yunyu-2026-0812-0,2026-08-12T12:00:00+08:00</references>
  <info>
    <language>zh-CN</language>
    <category>Met</category>
    <event>暴雨</event>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Observed</certainty>
    <eventCode><valueName>national</valueName><value>11B03</value></eventCode>
    <expires>2026-08-12T18:20:00+08:00</expires>
    <senderName>云屿县气象台</senderName>
    <headline>云屿县气象台发布暴雨红色预警</headline>
    <description>过去3小时白沙乡降雨已达96毫米，预计未来3小时仍有50毫米以上降雨。</description>
    <instruction>停止户外作业，立即转移。</instruction>
    <area>
      <areaDesc>白沙乡、东港街道</areaDesc>
      <polygon>28.10,121.20 28.10,121.30 28.20,121.30 28.20,121.20 28.10,121.20</polygon>
      <circle>28.15,121.25 3.5</circle>
      <geocode><valueName>GB/T 2260</valueName><value>339999201000</value></geocode>
      <geocode><valueName>GB/T 2260</valueName><value>339999003</value></geocode>
    </area>
  </info>
  <info>
    <language>en</language>
    <category>Met</category>
    <event>Rainstorm</event>
    <urgency>Immediate</urgency>
    <severity>Extreme</severity>
    <certainty>Observed</certainty>
    <headline>Red rainstorm warning</headline>
  </info>
</alert>
"""

NATIONAL = """<?xml version="1.0" encoding="UTF-8"?>
<alert>
  <identifier>33999941600000_20260812151803</identifier>
  <sender>云屿县气象局</sender>
  <senderCode>33999941600000</senderCode>
  <sendTime>2026-08-12 15:20:00+08:00</sendTime>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <code>
    <method><methodName>SMS</methodName><message>云屿暴雨红色预警，请立即转移。</message></method>
  </code>
  <secClassification>None</secClassification>
  <note/>
  <references/>
  <info>
    <language>zh-CN</language>
    <eventType>11B03</eventType>
    <urgency>Unknown</urgency>
    <severity>Red</severity>
    <certainty>Unknown</certainty>
    <effective>20260812152000</effective>
    <onset/>
    <expires/>
    <senderName>云屿县气象台</senderName>
    <headline>云屿县气象台发布暴雨红色预警[I级/特别严重]</headline>
    <description>过去3小时白沙乡降雨已达96毫米，请注意防范。</description>
    <instruction/>
    <web/>
    <area>
      <areaDesc>云屿县,白沙乡</areaDesc>
      <polygon/>
      <circle/>
      <geocode>339999000000,339999201000,339999000000</geocode>
    </area>
  </info>
</alert>
"""

NATIONAL_JSON = """{"alert": {
  "identifier": "33999941600000_20260812151803_2", "sender": "云屿县气象局",
  "senderCode": "33999941600000", "sendTime": "2026-08-12 15:20:00+08:00",
  "status": "Actual", "msgType": "Cancel", "scope": "Public",
  "references": "33999941600000_20260812151803",
  "info": {"eventType": "11B03", "severity": "Red", "headline": "解除暴雨红色预警",
           "description": "雨已减弱。",
           "area": [{"areaDesc": "云屿县", "geocode": ["339999000000"]}]}
}}"""

BEIJING = timezone(timedelta(hours=8))
#: Characters of names and texts: what XML can hold, with what has to be escaped.
_LETTERS = "云屿县白沙乡暴雨红色预警。，abcXYZ019<>&\"'é😀]%"
_WIDE = st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
) | st.sampled_from(_LETTERS)


def _blank(text: str) -> bool:
    return not text.strip()


#: Free text that is kept as it stands, with line ends and spaces at its ends.
prose = st.text(st.sampled_from("\n\t\r ") | _WIDE, max_size=60).map(
    lambda text: "" if _blank(text) else text
)
#: Text that readers trim.
line = st.text(_WIDE, max_size=30).map(lambda text: " ".join(text.split()))
filled = line.filter(bool)
word = st.text(string.ascii_letters + string.digits + "._:@/-", min_size=1, max_size=30)
address = word.map(lambda text: "https://yunyu.example/" + text.replace("//", "/"))
moments = st.integers(0, 3 * 10**9).map(lambda second: datetime.fromtimestamp(second, BEIJING))
maybe_moments = st.none() | moments
longitudes = st.floats(-180, 180, allow_nan=False)
latitudes = st.floats(-90, 90, allow_nan=False)
village_codes = st.integers(0, 999_999).map(lambda n: f"339999{n:06d}")
event_codes = st.sampled_from([row.code for row in codes.table("event-codes")])
levels = st.sampled_from([None, 1, 2, 3, 4])


def tuples(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most).map(tuple)


def unique(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most, unique=True).map(tuple)


@st.composite
def rings(draw: st.DrawFn, *, china: bool = False) -> Ring:
    lon, lat = (st.floats(73, 135), st.floats(4, 53)) if china else (longitudes, latitudes)
    points = draw(st.lists(st.tuples(lon, lat), min_size=3, max_size=8))
    if points[0] == points[-1]:
        return (*points, points[0]) if len(points) < 4 else tuple(points)
    return (*points, points[0])


@st.composite
def areas(draw: st.DrawFn) -> Area:
    codes_sent = draw(unique(village_codes))
    others = draw(tuples(st.tuples(word, word.map("x".__add__))))
    geocodes = (*others, *((draw(word), code) for code in codes_sent))
    return Area(
        description=draw(line),
        codes=codes_sent,
        geocodes=geocodes,
        polygons=draw(tuples(rings(), 2)),
        circles=draw(tuples(st.tuples(longitudes, latitudes, st.floats(0, 20_000)), 2)),
        altitude=draw(st.none() | st.floats(-1e4, 1e6)),
        ceiling=draw(st.none() | st.floats(-1e4, 1e6)),
    )


resources = st.builds(
    Resource,
    description=line,
    media_type=word,
    size=st.none() | st.integers(0, 10**9),
    uri=st.just("") | address,
    content=st.just("") | st.just("YWJj"),
    digest=st.just("") | st.just("a9993e364706816aba3e25717850c26c9cd0d89d"),
)


@st.composite
def cap_infos(draw: st.DrawFn) -> Info:
    severity = draw(st.sampled_from(words.SEVERITY))
    code = draw(st.just("") | event_codes)
    pairs = draw(tuples(st.tuples(word, word.map("x".__add__))))
    return Info(
        language=draw(st.sampled_from(["", "zh-CN", "en-US", "bo"])),
        event=draw(filled),
        event_code=code,
        event_codes=((draw(word), code), *pairs) if code else pairs,
        categories=draw(st.lists(st.sampled_from(words.CATEGORY), min_size=1).map(tuple)),
        level=words.level_of_severity(severity),
        severity=severity,
        urgency=draw(st.sampled_from(words.URGENCY)),
        certainty=draw(st.sampled_from(words.CERTAINTY)),
        audience=draw(line),
        headline=draw(prose),
        description=draw(prose),
        instruction=draw(prose),
        sender_name=draw(line),
        effective=draw(maybe_moments),
        onset=draw(maybe_moments),
        expires=draw(maybe_moments),
        web=draw(st.just("") | address),
        contact=draw(line),
        parameters=draw(tuples(st.tuples(word, line))),
        response_types=draw(tuples(st.sampled_from(words.RESPONSE))),
        resources=draw(tuples(resources, 2)),
        areas=draw(tuples(areas(), 2)),
    )


references = st.tuples(word, word, moments) | st.tuples(word, word, st.none())
#: What stands between spaces in CAP, in quotation marks where it holds one.
spaced = line.map(lambda text: text.replace('"', "'")).filter(bool)

cap_messages = st.builds(
    AlertMessage,
    form=st.just(CAP_12),
    identifier=word,
    sender=word,
    sent=moments,
    status=st.sampled_from([one.lower() for one in words.STATUS]),
    action=st.sampled_from([one.lower() for one in words.ACTION]),
    scope=st.sampled_from(words.SCOPE),
    restriction=line,
    addresses=tuples(spaced),
    note=prose,
    source=line,
    references=tuples(references),
    incidents=tuples(spaced),
    codes=tuples(filled),
    infos=tuples(cap_infos(), 2),
)

_senders = st.sampled_from(["33999941600000", "33999900000001"])


@st.composite
def national_areas(draw: st.DrawFn) -> Area:
    sent = draw(st.lists(village_codes, max_size=3))
    circle = st.tuples(st.floats(73, 135), st.floats(4, 53), st.floats(0, 500))
    return Area(
        description=draw(filled),
        codes=tuple(dict.fromkeys(sent)),
        geocodes=tuple(("", code) for code in sent),
        polygons=draw(tuples(rings(china=True), 2)),
        circles=draw(tuples(circle, 2)),
    )


@st.composite
def national_infos(draw: st.DrawFn, methods: tuple[tuple[str, str], ...]) -> Info:
    code, level = draw(event_codes), draw(levels)
    return Info(
        language=draw(st.sampled_from(["zh-CN", "en-US"])),
        event=codes.table("event-codes").name(code),
        event_code=code,
        level=level,
        severity=words.severity_of_level(level),
        urgency=draw(st.sampled_from(words.URGENCY)),
        certainty=draw(st.sampled_from(words.CERTAINTY)),
        headline=draw(prose),
        description=draw(prose),
        instruction=draw(prose),
        sender_name=draw(filled),
        effective=draw(maybe_moments),
        onset=draw(maybe_moments),
        expires=draw(maybe_moments),
        web=draw(st.just("") | address),
        parameters=methods,
        areas=draw(tuples(national_areas(), 2)),
    )


@st.composite
def national_messages(draw: st.DrawFn, form: str = NATIONAL_XML) -> AlertMessage:
    sender = draw(_senders)
    names = st.lists(st.sampled_from(["SMS", "WEB", "SPEAKER"]), max_size=3, unique=True)
    methods = tuple((f"method:{name}", draw(prose.filter(bool))) for name in draw(names))
    earlier = draw(st.lists(_senders, max_size=2))
    return AlertMessage(
        form=form,
        identifier=f"{sender}_20260812151803",
        sender=sender,
        sent=draw(moments),
        status=draw(st.sampled_from([one.lower() for one in words.STATUS])),
        action=draw(st.sampled_from([one.lower() for one in words.ACTION])),
        scope=draw(st.sampled_from(words.SCOPE)),
        restriction=draw(line.filter(lambda text: text != "None")),
        note=draw(prose),
        source=draw(filled),
        references=tuple((one, f"{one}_20260812120000", None) for one in earlier),
        infos=tuple(
            draw(st.lists(national_infos(methods), min_size=1, max_size=2)),
        ),
    )
