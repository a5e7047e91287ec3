"""What the shipped channel files let people read of a warning: all of it, or where all of it is."""

import base64
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from anlan.base.jobs.worker import drain
from anlan.base.people.models import Post
from anlan.comms.carriers.slots import names_in
from anlan.comms.composing import Approver, Composer, read_wordings
from anlan.comms.declaration import read_text
from anlan.comms.models import Attempt
from anlan.comms.parts import parts_of
from anlan.comms.tests.conftest import PRESETS, Home
from anlan.comms.tests.sink import Asked, Sink, Told, sink
from anlan.comms.wording import WORDINGS
from anlan.warn.models import Alert
from anlan.warn.selectors.checks.impact import Load, impact
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import BY, OFFICER, Turn, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("posts")]

#: As stations write: line ends, two kinds of spaces, quotes, a character outside the first plane.
WORDS = "云屿县气象台  继续发布\n　暴雨红色预警信号：“预计”未来3小时 云岭乡𠮷 100毫米以上降水。"
TITLE = "云屿县气象台发布暴雨红色预警信号"
LINK = re.compile(r"https://yj\.example(/m/[\w-]+)")


@pytest.fixture
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    made = v.make_posts()
    v.give_telephones()
    return made


def _load(alert: Alert, channel: str = "sms") -> Load:
    return next(one for one in impact(alert, OFFICER).loads if one.channel == channel)


def _called(home: Home, far: Sink, name: str, words: str = WORDS) -> Load:
    """Set up a shipped file, ask what it would send, and call by it."""
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    home.preset(name, far.address, key="sms")
    alert = v.issued(title=TITLE, text=words)
    ahead = _load(alert)
    v.call(alert)
    v.told()
    drain()
    return ahead


def _cut() -> int:
    """Add up into how many parts the texts that left were cut."""
    return sum(one.parts or 0 for one in Attempt.objects.all())


def _taken(_: Asked) -> Told:
    return Told({"Code": "OK", "BizId": "B1", "success": True, "msgGroup": "M1"})


def test_a_provider_of_any_text_carries_every_byte_after_how_to_answer(home: Home) -> None:
    with sink(_taken) as far:
        ahead = _called(home, far, "sms-mas")
    texts = [json.loads(base64.b64decode(one.body))["content"] for one in far.asked]
    assert len(texts) == ahead.messages == len(v.WEST_RED) - len(v.VACANT)
    for text in texts:
        first, _, rest = text.partition("\n")
        assert "回1收到 2到岗 3需支援" in first
        assert LINK.search(first)
        assert rest == f"云屿县气象台：\n{WORDS}"
    assert ahead.whole
    assert WORDS in ahead.reads
    # Counted before the button as then cut by the provider, its own signature with it.
    assert ahead.segments == sum(parts_of(f"【云屿应急】{text}") for text in texts)
    assert ahead.segments == _cut()


def test_a_text_longer_than_the_provider_takes_gives_way_to_how_to_answer_and_the_link(
    home: Home,
) -> None:
    with sink(_taken) as far:
        ahead = _called(home, far, "sms-mas", words=WORDS + "长" * 480)
    text = json.loads(base64.b64decode(far.asked[0].body))["content"]
    assert "回1收到 2到岗 3需支援" in text
    assert "长长" not in text
    link = LINK.search(text)
    assert link
    assert WORDS + "长" * 480 in Client().get(link[1]).content.decode()
    assert (ahead.whole, "长长" in ahead.reads) == (False, False)


def test_a_provider_of_approved_texts_says_what_who_and_how_to_answer_and_where_all_of_it_is(
    home: Home,
) -> None:
    with sink(_taken) as far:
        ahead = _called(home, far, "sms-aliyun")
    values = [json.loads(one.query["TemplateParam"]) for one in far.asked]
    assert {one["what"] for one in values} == {"红色暴雨预警"}
    assert len({(one["place"], one["post"]) for one in values}) == len(values) == ahead.messages
    assert ahead.whole is False
    assert ahead.reads.startswith("【云屿应急】紧急叫应：红色暴雨预警。请")
    assert "1收到，2到岗，3需支援。原文 https://yj.example.gov.cn/cap/" in ahead.reads
    assert ahead.segments == _cut()
    assert ahead.segments <= 2 * ahead.messages


def test_when_it_is_over_approved_texts_say_so_as_well(home: Home, turn: Turn) -> None:
    with sink(_taken) as far:
        _called(home, far, "sms-aliyun")
        before = len(far.asked)
        over = v.issued(action="cancel", previous=Alert.objects.get(), title="解除暴雨预警")
        calls.end_calls(alert=over.pk, why="cancelled", by=BY)
        calls.tell_over(alert=over.pk, by=BY)
        turn.forward(seconds=30)
        drain()
    said = far.asked[before:]
    assert {one.query["TemplateCode"] for one in said} == {"SMS_100000002"}
    assert {json.loads(one.query["TemplateParam"])["what"] for one in said} == {"红色暴雨预警"}


def test_the_wording_the_guide_shows_is_the_one_that_is_used() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "howto" / "channels.md").read_text("utf-8")
    shown = re.findall(r'```toml title="var/live/conf/wording.toml"\n(.*?)```', guide, re.DOTALL)
    (called,) = map(read_wordings, shown)
    used = WORDINGS["call"]
    assert (called["call"].short, called["call"].full) == (used.short, used.full)


@pytest.mark.parametrize(
    "name", ["sms-mas", "dingtalk", "wecom", "mail", "webhook", "loudspeaker", "dingtalk-robot"]
)
def test_every_shipped_file_that_takes_any_text_carries_every_byte(name: str) -> None:
    declared = read_text(name, (PRESETS / f"{name}.toml").read_text(encoding="utf-8"))
    composer = Composer(declared.words, names_in(declared), Approver(declared.approved))
    said = {
        "title": TITLE,
        "body": WORDS,
        "issuer": "云屿县气象台",
        "link": "https://yj.example/m/x",
    }
    made = composer.compose("call", said)
    assert not isinstance(made, str)
    assert WORDS in made["text"]
    if name == "webhook":
        assert declared.outgoing is not None
        assert "body" in names_in(declared)
        assert made["body"] == WORDS
