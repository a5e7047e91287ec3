"""Somebody with several posts is asked once and answers once, by whichever door they come."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from anlan.base.obligations import selectors, services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.services import Reply
from anlan.base.obligations.tests.conftest import (
    NEXT_VILLAGE,
    TOWN,
    VILLAGE,
    County,
    Turn,
    _row,
)
from anlan.base.people.models import Holding

WORDS = tuple((word, word, word.title()) for word in ("received", "on-post", "help"))
heard: list[dict[str, Any]] = []
CALL = Kind(
    key="test-joined", title="叫应", title_en="Call", joined=True,
    states=("issued", "reached", "answered", "reported", "closed"), ladder="notice",
    answer_form=(Ask("reply", "答复", "", required=True, choices=WORDS, reports=("on-post",)),),
    report_form=(Ask("reply", "反馈", "", required=True, choices=WORDS[1:]),),
    heard=lambda **said: heard.append(said), noted=True, voice=True,
)  # fmt: skip
ALONE = Kind(
    key="test-alone", title="险情", title_en="Cry", ladder="notice",
    states=("issued", "reached", "answered", "closed"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (CALL, ALONE):
        monkeypatch.setitem(KINDS._entries, kind.key, kind)
    heard.clear()


def _hold(county: County, post: str, person: str, rank: str = "A") -> None:
    """Let somebody take a post over, or stand in for who holds it."""
    Holding.objects.create(
        **_row(
            post_id=county.posts[post], person_id=county.actors[person].person, rank=rank,
            since=date(2025, 1, 1), region_id=VILLAGE,
        )
    )  # fmt: skip


@pytest.fixture
def called(county: County) -> dict[str, str]:
    """Call the village's head, who is the cadre stationed there too, and the next village's."""
    _hold(county, "stationed", "head")
    return _call(county, "R1", "head", "stationed", "neighbour-head")


def _call(county: County, round_: str, *posts: str, kind: str = "test-joined") -> dict[str, str]:
    regions = {"neighbour-head": NEXT_VILLAGE, "officer": TOWN}
    return {
        post: county.owe(
            post, kind=kind, case="C1", subject=("call", round_), region=regions.get(post, VILLAGE)
        )
        for post in posts
    }


def _states(owed: dict[str, str]) -> dict[str, str]:
    rows = dict(Obligation.objects.filter(pk__in=owed.values()).values_list("pk", "state"))
    return {post: rows[pk] for post, pk in owed.items()}


def _link(county: County, owed: str, who: str = "head") -> str:
    keys = services.make_links(obligation=owed, by=county.actors["officer"])
    return f"/m/{keys[county.actors[who].person]}"


@pytest.mark.parametrize("door", ["head", "stationed"])
def test_one_tap_answers_for_every_post_of_who_taps_and_for_nobody_else(
    county: County, client: Client, called: dict[str, str], door: str
) -> None:
    assert client.post(_link(county, called[door]), {"reply": "received"}).status_code == 200
    assert _states(called) == {
        "head": "answered", "stationed": "answered", "neighbour-head": "issued",
    }  # fmt: skip
    assert not Step.objects.filter(on_behalf=True).exists()
    assert Step.objects.count() == 2


def test_a_link_before_somebodys_eyes_reaches_every_post_and_says_how_many_it_asks(
    county: County, client: Client, called: dict[str, str]
) -> None:
    link = _link(county, called["head"])
    page = client.get(link).content.decode()
    assert "这条叫到 2 个岗位" in page
    assert client.post(link, {"seen": "1"}).status_code == 204
    assert _states(called) == {
        "head": "reached", "stationed": "reached", "neighbour-head": "issued",
    }  # fmt: skip
    english = client.get(link, headers={"accept-language": "en"}).content.decode()
    assert "This asks 2 posts" in english


def test_a_link_whose_post_a_deputy_answered_still_asks_for_the_other_post(
    county: County, client: Client, called: dict[str, str]
) -> None:
    link = _link(county, called["head"])
    services.answer(
        obligation=called["head"], by=county.actors["deputy"], reply=Reply("", {"reply": "on-post"})
    )
    page = client.get(link).content.decode()
    assert 'value="received"' in page
    assert client.post(link, {"reply": "received"}).status_code == 200
    assert _states(called)["stationed"] == "answered"
    again = client.post(link, {"reply": "received"})
    assert again.status_code == 409


def test_a_report_and_a_cry_are_taken_for_every_post_and_the_cry_is_heard_once(
    county: County, client: Client, called: dict[str, str]
) -> None:
    link = _link(county, called["head"])
    client.post(link, {"reply": "received"})
    assert client.post(link, {"reply": "on-post"}).status_code == 200
    assert {_states(called)[post] for post in ("head", "stationed")} == {"closed"}
    assert [one["answers"]["reply"] for one in heard] == ["received", "on-post"]


def test_a_list_with_a_login_answers_for_every_post_of_whose_list_it_is(
    county: County, called: dict[str, str]
) -> None:
    services.answer(
        obligation=called["stationed"], by=county.actors["head"],
        reply=Reply("", {"reply": "received"}),
    )  # fmt: skip
    assert _states(called) == {
        "head": "answered", "stationed": "answered", "neighbour-head": "issued",
    }  # fmt: skip


def test_what_an_officer_takes_down_of_a_person_counts_for_all_of_their_posts_on_behalf(
    county: County, called: dict[str, str]
) -> None:
    by, person = county.actors["officer"], county.actors["head"].person
    said = Reply("", {"reply": "received"})
    services.respond(obligation=called["head"], by=by, reply=said, person=person)
    assert {_states(called)[post] for post in ("head", "stationed")} == {"answered"}
    assert set(Step.objects.values_list("by", "on_behalf")) == {(by.ref, True)}


def test_an_officer_who_answers_for_a_post_answers_for_that_post_alone(
    county: County, called: dict[str, str]
) -> None:
    said = Reply("", {"reply": "received"})
    services.respond(obligation=called["head"], by=county.actors["officer"], reply=said)
    assert _states(called)["stationed"] == "issued"


def test_a_deputy_answers_for_the_post_they_stand_in_for_only_where_they_were_turned_to_for_it(
    county: County, turn: Turn
) -> None:
    _hold(county, "neighbour-head", "deputy")
    said, deputy = Reply("", {"reply": "received"}), county.actors["deputy"]
    first, second = (_call(county, one, "head", "neighbour-head") for one in ("R1", "R2"))
    turn.forward(hours=1)
    for _ in range(3):
        services.climb_due()
    services.respond(obligation=first["neighbour-head"], by=deputy, reply=said)
    assert _states(first) == {"head": "issued", "neighbour-head": "answered"}
    services.respond(obligation=second["head"], by=deputy, reply=said)
    assert _states(second) == {"head": "answered", "neighbour-head": "answered"}


def test_a_cadre_turned_to_for_the_silent_answers_for_them_only_where_that_is_asked(
    county: County, turn: Turn
) -> None:
    owed = _call(county, "R1", "head", "stationed", kind="test-joined")
    Obligation.objects.filter(pk=owed["head"]).update(ladder="urgent-notice", climb_at=turn.at)
    turn.forward(minutes=15)
    for _ in range(4):
        services.climb_due()
    said, cadre = Reply("", {"reply": "received"}), county.actors["stationed"]
    services.respond(obligation=owed["stationed"], by=cadre, reply=said)
    assert _states(owed) == {"head": "issued", "stationed": "answered"}
    later = _call(county, "R2", "head", "stationed")
    Obligation.objects.filter(pk=later["head"]).update(ladder="urgent-notice", climb_at=turn.at)
    turn.forward(minutes=15)
    for _ in range(4):
        services.climb_due()
    services.respond(obligation=later["head"], by=cadre, reply=said)
    assert _states(later) == {"head": "answered", "stationed": "answered"}


def test_an_answer_counts_for_what_was_asked_before_in_its_matter_not_for_what_came_since(
    county: County, called: dict[str, str], turn: Turn
) -> None:
    turn.forward(minutes=5)
    newer = _call(county, "R2", "head", "stationed")
    said, head = Reply("", {"reply": "received"}), county.actors["head"]
    services.respond(obligation=called["head"], by=head, reply=said)
    assert _states(newer) == {"head": "issued", "stationed": "issued"}
    later = _call(county, "R3", "head")
    services.respond(obligation=later["head"], by=head, reply=said)
    assert _states(newer) == {"head": "answered", "stationed": "answered"}
    assert _states(later) == {"head": "answered"}


def test_kinds_that_ask_each_for_itself_are_answered_each_for_itself(
    county: County, called: dict[str, str]
) -> None:
    assert called
    cries = _call(county, "R1", "head", "stationed", kind="test-alone")
    services.respond(obligation=cries["head"], by=county.actors["head"], reply=Reply("去"))
    assert _states(cries) == {"head": "closed", "stationed": "issued"}


def test_a_reply_that_does_not_fill_the_form_changes_nothing_anywhere(
    county: County, client: Client, called: dict[str, str]
) -> None:
    assert client.post(_link(county, called["head"]), {"reply": "asleep"}).status_code == 422
    assert _states(called) == {"head": "issued", "stationed": "issued", "neighbour-head": "issued"}
    row = Obligation.objects.get(pk=called["head"])
    assert selectors.asked_with(row, "") == []
