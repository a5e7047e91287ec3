"""What many say at once comes to what they would have said one after the other."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations import services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.services import Reply, Responded, Saying, responding
from anlan.base.obligations.services.phone import PURPOSE
from anlan.base.obligations.tests.conftest import NEXT_VILLAGE, VILLAGE, County, Turn, _row
from anlan.base.outbox.models import Event
from anlan.base.people.models import Holding
from anlan.base.permissions.models import Link
from anlan.base.permissions.services.links import Opened, open_link, revoke_links
from anlan.kernel.errors import AnlanError, Conflict

WORDS = tuple((word, word, word.title()) for word in ("received", "on-post", "help"))
SAID = ("received", "received", "on-post", "help", "asleep")
POSTS = ("head", "stationed", "neighbour-head", "leader")
WHO = ("head", "deputy", "stationed", "neighbour-head", "leader", "officer", "stranger")
heard: list[tuple[str, str]] = []


def _hear(*, obligation: str, answers: dict[str, Any], by: Any) -> None:
    heard.append((obligation, f"{answers['reply']} {by.ref}"))


JOINED = Kind(
    key="test-each", title="叫应", title_en="Call", joined=True,
    states=("issued", "reached", "answered", "reported", "closed"), ladder="notice",
    answer_form=(Ask("reply", "答复", "", required=True, choices=WORDS, reports=("on-post",)),),
    report_form=(Ask("reply", "反馈", "", required=True, choices=WORDS[1:]),),
    heard=_hear, noted=True,
)  # fmt: skip

Said = Sequence[Saying]


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS._entries, JOINED.key, JOINED)
    heard.clear()


@pytest.fixture
def scene(county: County, turn: Turn) -> County:
    """The village's head is the cadre stationed there too, their deputy stands in next door."""
    for post, person, rank in (("stationed", "head", "A"), ("neighbour-head", "deputy", "B")):
        Holding.objects.create(
            **_row(
                post_id=county.posts[post], person_id=county.actors[person].person, rank=rank,
                since=date(2025, 1, 1), region_id=VILLAGE,
            )
        )  # fmt: skip
    assert turn
    return county


def _call(county: County, turn: Turn, case: str) -> dict[tuple[str, str], str]:
    """Call everybody twice about one matter; some rungs have turned to others already."""
    owed = {}
    for round_ in ("R1", "R2"):
        for post in POSTS:
            region = NEXT_VILLAGE if post == "neighbour-head" else VILLAGE
            owed[round_, post] = county.owe(
                post, kind=JOINED.key, case=case, subject=("call", round_ + case), region=region
            )
        turn.forward(minutes=40)
    for _ in range(3):
        services.climb_due()
    return owed


def _drawn(county: County, owed: dict[tuple[str, str], str], seed: int) -> list[Saying]:
    """Draw forty replies, some of which nobody may give or that come too late."""
    rng = random.Random(seed)
    keys = sorted(owed)
    said = []
    for _ in range(40):
        who, key = rng.choice(WHO), rng.choice([*keys, ("", "")])
        person = county.actors["head"].person if who == "officer" and rng.random() < 0.5 else ""
        said.append(
            Saying(
                owed.get(key, "nothing"),
                Reply(rng.choice(("", "路断")), {"reply": rng.choice(SAID)}),
                county.actors[who], person, alone=rng.random() < 0.2,
            )
        )  # fmt: skip
    return said


def _one_by_one(said: Said) -> list[Responded]:
    told = []
    for one in said:
        told += services.respond_each(said=[one])
    return told


def _outcome(owed: dict[tuple[str, str], str], told: Iterable[Responded]) -> dict[str, Any]:
    """Tell what came of it by what is owed, without ids and moments."""
    names = {pk: f"{round_} {post}" for (round_, post), pk in owed.items()}
    states = ("state", "rung", "climb_at", "lapse_at", "closed_at", "answered_at", "reported_at")
    events = [
        (names[one["obligation"]], one["state"])
        for one in _events("obligations.ObligationMoved") if one["obligation"] in names
    ]  # fmt: skip
    entries = Entry.objects.filter(subject__in=names).order_by("id")
    steps = Step.objects.filter(obligation__in=names).order_by("id")
    return {
        "told": [(names.get(one.obligation), one.verb, getattr(one.error, "code", ""))
                 for one in told],
        "rows": {
            names[row["pk"]]: [row[name] for name in states]
            for row in Obligation.objects.filter(pk__in=names).values("pk", *states)
        },
        "steps": sorted(
            (names[row.obligation_id], row.verb, row.by, row.on_behalf, str(row.answers),
             bool(row.text))
            for row in steps
        ),
        "journal": sorted(
            (names[row.subject], row.deed, row.by, row.region, str(_facts(row))) for row in entries
        ),
        "events": sorted(events),
        "heard": sorted((names[pk], words) for pk, words in heard if pk in names),
    }  # fmt: skip


def _events(kind: str) -> list[dict[str, Any]]:
    return [json.loads(body) for body in
            Event.objects.filter(kind=kind).values_list("body", flat=True)]  # fmt: skip


def _facts(entry: Entry) -> Any:
    body = json.loads(entry.detail.body)
    return {name: body.get(name) for name in ("changes", "facts")}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_said_at_once_is_what_is_said_one_after_the_other(
    scene: County, turn: Turn, seed: int
) -> None:
    ways: tuple[Callable[[Said], list[Responded]], ...] = (
        _one_by_one, lambda said: services.respond_each(said=said),
    )  # fmt: skip
    start, found = turn.at, []
    for case, say in zip(("ONE", "ALL"), ways, strict=True):
        turn.at = start
        owed = _call(scene, turn, case)
        found.append(_outcome(owed, say(_drawn(scene, owed, seed))))
    assert found[0] == found[1]
    assert {verb for _, verb, _ in found[0]["told"]} >= {"", "answer"}


def test_more_than_a_batch_keeps_the_order(
    scene: County, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, found = turn.at, []
    for case, most in (("ONE", 500), ("ALL", 3)):
        turn.at = start
        monkeypatch.setattr(responding, "BATCH", most)
        owed = _call(scene, turn, case)
        found.append(_outcome(owed, services.respond_each(said=_drawn(scene, owed, 99))))
    assert found[0] == found[1]


def test_one_that_cannot_be_written_fails_alone(
    scene: County, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = _call(scene, turn, "C")
    bad = owed["R1", "leader"]

    def refuse(*, obligation: str, **_: Any) -> None:
        if obligation == bad:
            raise Conflict("刚被别人改动")

    monkeypatch.setitem(KINDS._entries, JOINED.key, replace(JOINED, heard=refuse))
    received = Reply("", {"reply": "received"})
    told = services.respond_each(
        said=[
            Saying(owed["R1", post], received, scene.actors[post])
            for post in ("head", "leader", "neighbour-head")
        ]
    )
    assert [one.verb for one in told] == ["answer", "", "answer"]
    assert Obligation.objects.get(pk=bad).answered_at is None
    assert Step.objects.filter(verb="answer", obligation=bad).count() == 0


def _opened(scene: County, obligation: str, who: str) -> Opened:
    keys = services.make_links(obligation=obligation, by=scene.actors["officer"])
    return open_link(keys[scene.actors[who].person], PURPOSE)


def test_many_links_say_what_each_would_have_said(scene: County, turn: Turn) -> None:
    start, found = turn.at, []
    for case in ("ONE", "ALL"):
        turn.at = start
        owed = _call(scene, turn, case)
        said = [
            (_opened(scene, owed[round_, post], who), Reply("好", {"reply": reply}))
            for round_, post, who, reply in (
                ("R1", "head", "head", "received"), ("R1", "stationed", "head", "received"),
                ("R2", "stationed", "head", "on-post"), ("R1", "head", "deputy", "on-post"),
                ("R1", "neighbour-head", "neighbour-head", "asleep"),
                ("R2", "leader", "leader", "help"), ("R2", "head", "head", "help"),
            )
        ]  # fmt: skip
        if case == "ALL":
            told = services.respond_by_links(said=said)
        else:
            told = [_by_link(opened, reply) for opened, reply in said]
        result = _outcome(owed, told)
        for rows in (result["steps"], result["journal"], result["heard"]):
            rows[:] = [str(row).split("link:")[0] for row in rows]
        used = Link.objects.filter(subject__in=owed.values()).exclude(used_at=None).count()
        found.append({**result, "used": used})
    assert found[0] == found[1]
    assert found[0]["used"] > 3
    assert Entry.objects.filter(deed="links.used").count() == 2 * found[0]["used"]


def _by_link(opened: Opened, reply: Reply) -> Responded:
    try:
        return Responded(opened.subject, services.respond_by_link(opened=opened, reply=reply))
    except AnlanError as error:
        return Responded(opened.subject, error=error)


def test_a_link_that_was_taken_back_holds_no_other_back(scene: County, turn: Turn) -> None:
    owed = _call(scene, turn, "C")
    both = [_opened(scene, owed["R2", post], post) for post in ("neighbour-head", "leader")]
    revoke_links(purpose=PURPOSE, subject=both[0].subject, by=scene.actors["system"])
    received = Reply("", {"reply": "received"})
    told = services.respond_by_links(said=[(one, received) for one in both])
    assert [(one.verb, getattr(one.error, "code", "")) for one in told] == [
        ("", "missing"), ("answer", ""),
    ]  # fmt: skip
    assert Obligation.objects.get(pk=both[0].subject).answered_at is None
