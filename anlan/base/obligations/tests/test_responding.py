"""Replies taken down by the hundred: each by itself, none held back by another."""

from dataclasses import replace
from typing import Any

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations import services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.services import Reply, responding
from anlan.base.obligations.tests.conftest import County
from anlan.base.outbox.models import Event
from anlan.base.vault.services import is_sealed

WORDS = tuple((word, word, word.title()) for word in ("received", "on-post", "help"))
heard: list[dict[str, Any]] = []
CALL = Kind(
    key="test-many", title="叫应", title_en="Call",
    states=("issued", "reached", "answered", "reported", "closed"), ladder="notice",
    answer_form=(Ask("reply", "答复", "", required=True, choices=WORDS, reports=("on-post",)),),
    report_form=(Ask("reply", "反馈", "", required=True, choices=WORDS[1:]),),
    heard=lambda **said: heard.append(said), noted=True,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS._entries, CALL.key, CALL)
    heard.clear()


def _say(reply: str, text: str = "") -> Reply:
    return Reply(text, {"reply": reply})


def _owed(county: County, n: int) -> list[str]:
    return [county.owe(kind="test-many", case="C", title=f"第{k}件") for k in range(n)]


def test_many_replies_do_what_each_would_have_done_alone(county: County) -> None:
    alone, together = _owed(county, 4), _owed(county, 4)
    said = [_say("received", "好"), _say("on-post"), _say("received"), _say("help", "路断")]
    by = county.actors["head"]
    for one, reply in zip(alone, said, strict=True):
        services.respond(obligation=one, by=by, reply=reply)
    told = services.respond_many(said=list(zip(together, said, strict=True)), by=by)
    assert [(one.verb, one.error) for one in told] == [("answer", None)] * 4
    columns = ("state", "rung", "climb_at", "lapse_at", "answered_at", "reported_at", "closed_at")
    steps = ("verb", "by", "on_behalf", "answers")
    for one, other in zip(alone, together, strict=True):
        rows = [Obligation.objects.filter(pk=pk).values(*columns)[0] for pk in (one, other)]
        assert rows[0] == rows[1]
        found = [
            sorted(Step.objects.filter(obligation=pk).values_list(*steps), key=str)
            for pk in (one, other)
        ]
        assert found[0] == found[1]
        entries = [
            sorted(Entry.objects.filter(subject=pk).values_list("deed", "case", "region"))
            for pk in (one, other)
        ]
        assert entries[0] == entries[1] != []
    sealed = Step.objects.get(obligation=together[3]).text
    assert is_sealed(sealed)
    assert [one["answers"]["reply"] for one in heard[4:]] == [
        "received", "on-post", "received", "help",
    ]  # fmt: skip


def test_one_that_cannot_be_taken_does_not_hold_back_the_others(county: County) -> None:
    first, second, third = _owed(county, 3)
    services.withdraw(obligation=second, by=county.actors["officer"])
    said = [(first, _say("asleep")), (second, _say("received")), ("nothing", _say("received")),
            (third, _say("received"))]  # fmt: skip
    told = services.respond_many(said=said, by=county.actors["head"])
    assert [one.verb for one in told] == ["", "", "", "answer"]
    assert [one.error.code for one in told if one.error] == ["invalid", "conflict", "missing"]
    assert Step.objects.filter(verb="answer").count() == 1


def test_two_replies_about_one_thing_are_said_one_after_the_other(county: County) -> None:
    (one,) = _owed(county, 1)
    said = [(one, _say("received")), (one, _say("received")), (one, _say("on-post")),
            (one, _say("help"))]  # fmt: skip
    told = services.respond_many(said=said, by=county.actors["head"])
    assert [reply.verb for reply in told] == ["answer", "", "report", "note"]
    assert Obligation.objects.get(pk=one).state == "closed"


def test_a_stranger_answers_nothing_and_learns_nothing(county: County) -> None:
    owed = _owed(county, 2)
    said = [(one, _say("received")) for one in owed]
    told = services.respond_many(said=said, by=county.actors["stranger"])
    assert [one.error.code for one in told if one.error] == ["missing", "missing"]
    assert not Step.objects.exists()


def test_an_officers_replies_are_marked_as_said_for_others(county: County) -> None:
    owed = _owed(county, 2)
    services.respond_many(
        said=[(one, _say("received")) for one in owed], by=county.actors["officer"]
    )
    assert set(Step.objects.values_list("on_behalf", flat=True)) == {True}


def test_more_than_a_batch_is_several_transactions_and_few_statements(
    county: County, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(responding, "BATCH", 5)
    owed = _owed(county, 12)
    said = [(one, _say("received")) for one in owed]
    with django_assert_max_num_queries(3 * 14):
        services.respond_many(said=said, by=county.actors["system"])
    assert Obligation.objects.filter(state="answered").count() == 12
    assert Event.objects.filter(kind="obligations.ObligationMoved").count() == 12


def test_what_follows_from_the_last_deed_follows_for_each(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, str]] = []
    kind = replace(
        CALL, key="test-follows", states=("issued", "answered", "closed"), answer_form=(),
        report_form=(), noted=False,
        consequence=lambda *, subject, by: done.append(subject),  # noqa: ARG005 - as it is called
    )  # fmt: skip
    monkeypatch.setitem(KINDS._entries, kind.key, kind)
    owed = [county.owe(kind="test-follows", subject=("thing", str(k))) for k in range(3)]
    services.respond_many(said=[(one, Reply("好")) for one in owed], by=county.actors["head"])
    assert sorted(done) == [("thing", "0"), ("thing", "1"), ("thing", "2")]
