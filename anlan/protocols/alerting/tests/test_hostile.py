"""Whatever strangers send is refused by name: nothing is fetched, expanded or thrown."""

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.alerting import atom, cap
from anlan.protocols.alerting.message import Unreadable
from anlan.protocols.alerting.reading import read_alert
from anlan.protocols.alerting.tests import made
from anlan.protocols.alerting.trees import MOST_BYTES

BODY = made.CAP.partition("?>")[2].strip()

LAUGHS = """<!DOCTYPE alert [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>"""

HOSTILE = {
    "billion laughs": LAUGHS + BODY.replace("白沙乡、", "&d;"),
    "quadratic blow-up": f'<!DOCTYPE a [<!ENTITY a "{"x" * 50_000}">]><alert>{"&a;" * 50}</alert>',
    "external entity": '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + BODY.replace("暴雨", "&f;"),
    "external entity over the web": '<!DOCTYPE a [<!ENTITY f SYSTEM "http://127.0.0.1/x">]>' + BODY,
    "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/p.dtd">%p;]>' + BODY,
    "external document type": '<!DOCTYPE alert SYSTEM "http://127.0.0.1/cap.dtd">' + BODY,
    "public document type": '<!DOCTYPE alert PUBLIC "-//X" "http://127.0.0.1/cap.dtd">' + BODY,
    "attribute default": '<!DOCTYPE a [<!ATTLIST alert xmlns CDATA "urn:x">]>' + BODY,
    "doctype after a comment": "<!-- x --><!DOCTYPE alert>" + BODY,
    "undefined entity": BODY.replace("暴雨", "&nbsp;"),
    "deep nesting": "<alert>" + "<info>" * 5000 + "</info>" * 5000 + "</alert>",
    "many elements": "<alert>" + "<x/>" * 200_000 + "</alert>",
    "cut off": BODY[: len(BODY) // 2],
    "two roots": BODY + BODY,
    "text after the end": BODY + "x",
    "no root": "<!-- nothing -->",
    "another root": "<html><body>登录</body></html>",
    "an envelope": f"<Envelope><Body>{BODY}</Body></Envelope>",
    "utf-7": '<?xml version="1.0" encoding="UTF-7"?>+ADw-alert+AD4-',
    "ebcdic": '<?xml version="1.0" encoding="cp037"?><alert/>',
    "a character that may not be": BODY.replace("暴雨", "&#0;"),
    "a bare control character": BODY.replace("暴雨", "\x01"),
    "a lone surrogate": BODY.replace("暴雨", "&#xD800;"),
    "a prefix without namespace": BODY.replace("<event>", "<q:event>"),
    "the same attribute twice": BODY.replace("<alert ", '<alert a="1" a="2" '),
    "nothing": "",
    "spaces": " \n ",
    "a word": "暴雨",
    "a list": "[1, 2]",
    "an empty object": "{}",
    "deep JSON": "[" * 100_000,
    "deeper JSON objects": '{"a":' * 5000 + "1" + "}" * 5000,
    "lists in lists": '{"alert": {"info": [[1]]}}',
    "many members": json.dumps({"info": [{}] * 150_000}),
    "numbers for words": '{"identifier": 1, "sender": 2, "sendTime": 3, "status": 4}',
    "JSON cut off": made.NATIONAL_JSON[:200],
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_alert(text.encode())
    assert refused.value.detail


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_feed_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        atom.read_feed(text.encode())


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "gb18030", "utf-32"])
def test_a_doctype_does_not_pass_in_another_character_set(charset: str) -> None:
    declared = f'<?xml version="1.0" encoding="{charset}"?>' + LAUGHS + BODY
    with pytest.raises(Unreadable):
        read_alert(declared.encode(charset))


def test_fifty_megabytes_are_not_looked_at() -> None:
    ring = b"28.1,121.2 " * (50 * 1024 * 1024 // 11)
    with pytest.raises(Unreadable, match="MB"):
        read_alert(made.CAP.encode().replace(b"<polygon>", b"<polygon>" + ring))


@pytest.mark.parametrize("separator", [b",", b" "])
def test_a_polygon_of_a_million_points_is_refused_before_it_is_read(separator: bytes) -> None:
    ring = (b"28.1" + separator + b"121.2 ") * (MOST_BYTES // 11 - 1000)
    with pytest.raises(Unreadable) as refused:
        read_alert(made.CAP.encode().replace(b"<polygon>", b"<polygon>" + ring))
    assert refused.value.element == "alert/info[1]/area[1]/polygon[1]"


def test_notes_on_a_hostile_message_are_bounded() -> None:
    strange = "".join(f"<x{number}/>" for number in range(20_000))
    message = read_alert(made.CAP.replace("<event>", strange + "<event>").encode())
    assert len(message.unknown) == 200


def test_binary_files_are_unreadable() -> None:
    for head in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x89PNG\r\n", b"\x1f\x8b"):
        with pytest.raises(Unreadable):
            read_alert(head + random.Random(1).randbytes(2000))


#: What the mutations below start from.
SAMPLES = tuple(text.encode() for text in (made.CAP, made.NATIONAL, made.NATIONAL_JSON))
PIECES = st.sampled_from(
    (
        *(b"<", b">", b"&", b"/", b"<info>", b"</info>", b"<!--", b"-->", b"<![CDATA[", b"]]>"),
        *(b"<polygon>1,2</polygon>", b'{"', b"null", b"[", b"]", b"-", b"9" * 400, b"\xff\xfe"),
        *("０．５".encode(), b"\x00", b"e999", b"24:00:00", b"2026-02-30", b" ", b"\n", b",,"),
    )
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    sample = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, len(sample)))
        last = min(len(sample), first + draw(st.integers(0, 40)))
        sample = sample[:first] + draw(PIECES | st.binary(max_size=6)) + sample[last:]
    return sample


def is_read_or_refused(data: bytes) -> bool:
    try:
        return read_alert(data).sent.tzinfo is not None
    except Unreadable as refused:
        return bool(refused.detail)


@settings(deadline=None, max_examples=600)
@given(mutated())
def test_a_mutated_message_is_read_or_unreadable_and_nothing_else(data: bytes) -> None:
    assert is_read_or_refused(data)


@pytest.mark.soak
@pytest.mark.slow
@settings(deadline=None, max_examples=100_000)
@given(mutated())
def test_a_hundred_thousand_mutated_messages_are_read_or_unreadable(data: bytes) -> None:
    assert is_read_or_refused(data)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_unreadable(data: bytes) -> None:
    readers: tuple[Callable[[bytes], object], ...] = (read_alert, atom.read_feed, cap.faults_of)
    for read in readers:
        try:
            read(data)
        except Unreadable:
            continue
