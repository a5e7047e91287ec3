"""Replies a provider hands over together come to what they would have come to one after another."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation, Step
from anlan.base.people.tests import village as v
from anlan.base.vault import services as vault
from anlan.comms import services
from anlan.comms.hooks import Told
from anlan.comms.models import Message, Reply
from anlan.comms.tests.conftest import START, Home, World
from anlan.comms.tests.providers import set_up
from anlan.comms.tests.sink import sink
from anlan.kernel.errors import Conflict

pytestmark = pytest.mark.django_db

NUMBERS = (
    "13900000001", "13900000002", "8613900000003", "13900000004", "13900000005", "13711112222",
)  # fmt: skip
WORDS = ("收到", "收到", "好的，收到！", "没收到通知吧，啥事？", "桥断了")


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sent(home: Home, world: World) -> World:
    """Two matters asked of everybody; one head holds the next village's post, too."""
    v.hold("G-next", "P-head", since="2025-01-01")
    with sink() as far:
        set_up(home, far.address)
        for case in ("C1", "C2"):
            world.owe("head", "next", "officer", case=case)
        drain()
    assert Message.objects.filter(state="sent").exists()
    return world


def drawn(seed: int, count: int = 30) -> list[Told]:
    """Draw replies; some are told twice, by their id or without one."""
    rng = random.Random(seed)
    told: list[Told] = []
    for k in range(count):
        if told and rng.random() < 0.15:
            told.append(rng.choice(told))
            continue
        ticket = f"R{k}" if rng.random() < 0.7 else ""
        at = START + timedelta(seconds=rng.randrange(3))
        told.append(Told(ticket, "", rng.choice(NUMBERS), at, "", rng.choice(WORDS)))
    return told


def outcome() -> dict[str, Any]:
    """Tell what came of it, without the ids of the replies themselves."""
    rows = list(Reply.objects.all())
    texts = vault.open_many([(row.seal_subject, {"text": row.text}) for row in rows])
    names = {
        row.pk: f"{row.ticket}|{row.at:%S}|{row.person}|{row.phone}|{text['text']}"
        for row, text in zip(rows, texts, strict=True)
    }
    by = {f"reply:{pk}": name for pk, name in names.items()}
    entries = Entry.objects.exclude(deed="links.issued")
    return {
        "replies": sorted(
            (names[row.pk], row.read, row.message, row.purpose, row.region, str(row.answers),
             str(row.settled_at), by.get(row.settled_by, row.settled_by))
            for row in rows
        ),
        "owed": sorted(Obligation.objects.values_list("pk", "state", "closed_at"), key=str),
        "messages": sorted(Message.objects.values_list("pk", "state", "ended_at"), key=str),
        "steps": sorted(
            (row.obligation_id, row.verb, by.get(row.by, row.by), row.on_behalf)
            for row in Step.objects.all()
        ),
        "journal": sorted(
            (row.deed, names.get(row.subject, row.subject), by.get(row.by, row.by), row.case,
             row.region, str(json.loads(row.detail.body).get("facts")))
            for row in entries
        ),
    }  # fmt: skip


def told_one_by_one(told: Sequence[Told]) -> int:
    return sum(services.take_replies(carrier="mas", told=[one]) for one in told)


def told_together(told: Sequence[Told]) -> int:
    return services.take_replies(carrier="mas", told=told)


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("seed", range(6))
def test_what_is_handed_over_together_is_taken_as_one_after_the_other(seed: int) -> None:
    ways: tuple[Callable[[Sequence[Told]], int], ...] = (told_one_by_one, told_together)
    found = []
    for take in ways:
        with undone():
            answered = take(drawn(seed))
            found.append({**outcome(), "answered": answered})
    assert found[0]["answered"] > 1
    assert found[0] == found[1]


def test_an_answer_somebody_else_has_just_given_is_read_once_more(sent: World) -> None:
    told = [
        Told("R1", "", "13900000001", START, "", "收到"),
        Told("R2", "", "8613900000003", START, "", "收到"),
    ]
    assert sent
    assert told_together(told) >= 1
    assert {row.read for row in Reply.objects.all()} <= {"answer", "nothing"}


def test_one_that_cannot_be_kept_holds_no_other_back(sent: World) -> None:
    vault.destroy([sent.persons["officer"]], by="test")
    told = [
        Told("R1", "", "13900000001", START, "", "收到"),
        Told("R2", "", "13900000004", START, "", "收到"),
        Told("R3", "", "13711112222", START, "", "水进屋了"),
    ]
    with pytest.raises(Conflict):
        told_together(told)
    assert set(Reply.objects.values_list("ticket", "read")) == {
        ("R1", "answer"),
        ("R3", "stranger"),
    }


@pytest.mark.usefixtures("sent")
def test_a_hundred_replies_are_few_statements(django_assert_max_num_queries: Any) -> None:
    told = [
        Told(f"S{k}", "", f"1371111{k:04d}", START, "", "水进屋了") for k in range(100)
    ]  # fmt: skip
    with django_assert_max_num_queries(100 + 30):
        told_together(told)
    assert Reply.objects.filter(read="stranger").count() == 100
