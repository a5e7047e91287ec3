"""Providers that take approved texts alone: what stands in the shipped files may be sent."""

import json

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.people.tests import village as v
from anlan.comms import services
from anlan.comms.composing import Approver, Composer
from anlan.comms.declaration import read_text
from anlan.comms.declaration.declared import Approved, Declaration, Words
from anlan.comms.models import Attempt, Message
from anlan.comms.parts import parts_of
from anlan.comms.tests.conftest import PRESETS, Home, World, actor
from anlan.comms.tests.sink import Told, sink
from anlan.protocols.declared.taking import Wrong
from anlan.protocols.declared.templates import Template

#: Providers that take approved texts alone, and the characters a value may have with each.
LIMITS = {"sms-aliyun": 35, "sms-tencent": 6, "sms-huawei": 20}
#: What all of them refuse in a text: so many characters, and these.
LONGEST, REFUSED = 500, set("【】[]★※→")

CALL = {
    "kind": "叫应", "brief": "红色暴雨预警", "region": "上屯村", "post": "村主要负责人",
    "due": "8月3日 09:15", "due_time": "09:15", "title": "某台发布暴雨红色预警信号",
}  # fmt: skip


def shipped(name: str) -> Declaration:
    return read_text(name, (PRESETS / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_shipped_text_asks_nothing_of_its_provider_that_it_refuses(name: str, limit: int) -> None:
    for one in shipped(name).approved:
        assert one.longest == limit
        assert one.text is not None
        assert len(one.text.fill(dict.fromkeys(one.params, "字" * limit))) <= LONGEST
        assert not set(one.text.text) & REFUSED
        assert "}{" not in one.text.text  # places side by side are refused
        for value in one.params.values():  # as are addresses and whole texts
            assert not value.names & {"link", "body", "text", "full"}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("call", CALL),
        ("call-over", {"kind": "叫应结束", "brief": "红色暴雨预警", "region": "上屯村"}),
        ("readiness", {"kind": "畅通测试", "region": "上屯村", "title": "汛前测试"}),
        ("notice", {"kind": "通知", "title": "防台风会议", "due": "8月3日 09:15"}),
        ("task", {"kind": "任务", "title": "转移上屯村低洼处的住户和塘坝下面的住户" * 2}),
    ],
)  # fmt: skip
def test_every_kind_has_a_text_whose_values_are_all_there_and_short_enough(
    name: str, kind: str, told: dict[str, str]
) -> None:
    declared = shipped(name)
    composer = Composer(declared.words, frozenset(("params",)), Approver(declared.approved))
    made = composer.compose(kind, told)
    assert not isinstance(made, str)
    assert all(0 < len(value) <= LIMITS[name] for value in made["values"])
    assert json.loads(made["params"]) == made["params_table"]
    assert "{" not in made["text"]
    assert made["charged"] == f"【云屿应急】{made['text']}"
    for said in ("红色暴雨预警", "上屯村", "09:15", "1收到，2到岗，3需支援", "/cap/"):
        assert kind != "call" or said in made["text"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("sms-aliyun", {"Code": "OK", "BizId": "B1"}),
        ("sms-tencent", {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "S1"}]}}),
        ("sms-huawei", {"code": "000000", "result": [{"smsMsgId": "H1"}]}),
    ],
)
def test_a_test_of_the_numbers_which_has_no_deadline_leaves_by_every_shipped_file(
    home: Home, world: World, name: str, answer: dict[str, object]
) -> None:
    assert world.posts
    officer = actor("duty-officer", v.COUNTY, "officer")
    test = services.NumberTest(title="汛前测试", region=v.NEXT)
    with sink(lambda asked: Told({"Response": {}} if b"Limit" in asked.body else answer)) as far:
        home.preset(name, far.address, key="sms")
        services.start_test(test=test, by=officer)
        drain()
    message = Message.objects.get()
    assert (message.state, message.reason) == ("sent", "")
    declared = shipped(name)
    (chosen,) = [one for one in declared.approved if "readiness" in one.kinds]
    assert chosen.id in f"{far.asked[0].query}{far.asked[0].body.decode()}"
    assert Attempt.objects.get().parts == 1


def _composed(*approved: Approved, told: dict[str, str], words: Words | None = None) -> object:
    composer = Composer(words or Words(), frozenset(("params",)), Approver(approved))
    made = composer.compose("call", told)
    return made if isinstance(made, str) else (made["template"], made["text"])


def _text(key: str, text: str, *kinds: str, longest: int = 0, **params: str) -> Approved:
    read = {name: Template.read(value) for name, value in params.items()}
    return Approved(key, kinds, read, Template.read(text), longest)


def test_a_text_with_an_empty_value_gives_way_and_one_for_the_kind_comes_first() -> None:
    plain = _text("A", "您有{a}", a="{kind}")
    dated = _text("B", "请于{a}前答复", "call", a="{due}")
    assert _composed(plain, dated, told=CALL) == ("B", "请于8月3日 09:15前答复")
    assert _composed(plain, dated, told={"kind": "叫应"}) == ("A", "您有叫应")
    assert _composed(dated, told={"kind": "叫应"}) == "no-template"


def test_a_value_too_long_is_cut_where_its_colour_is_kept() -> None:
    brief = _text("A", "{a}，请到岗", longest=6, a="{brief}")
    assert _composed(brief, told={"brief": "红色城市内涝预警"}) == ("A", "红色城市内涝，请到岗")


def test_parts_are_counted_with_the_signature_the_provider_adds() -> None:
    text = _text("A", "字" * 65 + "{a}", a="{kind}")
    composer = Composer(Words(signature="【云屿应急】"), frozenset(("params",)), Approver((text,)))
    made = composer.compose("call", CALL)
    assert not isinstance(made, str)
    assert (parts_of(made["text"]), parts_of(made["charged"])) == (1, 2)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('time = "{due_time}" }', 'time = "{due_time}", more = "{title}" }', "一一对应"),
        ('time = "{due_time}" }', 'time = "{link}" }', "截断了就打不开"),
        ('what = "{brief}", place', 'what = "{hazard}", place', "hazard"),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused_with_its_line(
    old: str, new: str, said: str
) -> None:
    text = (PRESETS / "sms-aliyun.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(Wrong) as refused:
        read_text("sms", text.replace(old, new))
    (problem,) = refused.value.problems
    assert said in problem.reason
    assert problem.line
