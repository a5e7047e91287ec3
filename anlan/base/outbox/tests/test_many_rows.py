"""Many rows at once: written, chosen and changed by hundreds, the same on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from anlan.base.db.among import among
from anlan.base.db.inserting import insert_rows
from anlan.base.db.moments import moment, spelled
from anlan.base.db.updating import update_values
from anlan.base.outbox.models import Delivery, Event

pytestmark = pytest.mark.django_db

MANY = 1200
START = datetime(2026, 8, 3, tzinfo=UTC)


def _events(count: int = MANY) -> list[int]:
    rows = [
        Event(kind=f"kind-{number}", case="C", body=f'{{"n":{number}}}', at=_at(number))
        for number in range(count)
    ]
    with transaction.atomic():
        return insert_rows(rows)


def _at(number: int) -> datetime:
    return START + timedelta(minutes=number)


@pytest.mark.parametrize("count", [1, 7, 8, MANY])
def test_keys_the_database_gives_come_back_in_the_order_of_the_rows(count: int) -> None:
    keys = _events(count)
    stored = {row.pk: row for row in Event.objects.all()}
    assert [stored[key].kind for key in keys] == [f"kind-{number}" for number in range(count)]
    assert [stored[key].at for key in keys] == [_at(number) for number in range(count)]
    assert stored[keys[-1]].body == f'{{"n":{count - 1}}}'


def test_a_row_written_alone_after_many_has_a_key_of_its_own() -> None:
    keys = _events()
    alone = Event.objects.create(kind="alone", body="{}", at=START)
    assert alone.pk not in keys


def test_what_is_absent_stays_absent_when_many_rows_are_written() -> None:
    keys = _events(20)
    with transaction.atomic():
        insert_rows([Delivery(event_id=key, handler="h", not_before=START) for key in keys])
    assert Delivery.objects.filter(done_at=None, error="", handler="h").count() == 20


@pytest.mark.parametrize("wanted", [[], ["kind-7"], [f"kind-{n}" for n in range(0, MANY, 3)]])
def test_exactly_the_rows_among_the_values_are_chosen(wanted: list[str]) -> None:
    _events()
    found = Event.objects.filter(among("kind", wanted), case="C")
    assert sorted(found.values_list("kind", flat=True)) == sorted(wanted)


def test_a_value_that_quotes_and_brackets_is_a_value() -> None:
    text = 'it\'s "{a,b}" \\ 100% 村'
    Event.objects.create(kind=text, body="{}", at=START)
    assert Event.objects.filter(among("kind", [text, "other"])).get().kind == text


def test_every_row_that_matches_takes_values_of_its_own() -> None:
    keys = _events()
    changes = [(f"changed-{at}", _at(-at), key, f"kind-{at}") for at, key in enumerate(keys)]
    changes[5] = ("wrong", START, keys[5], "kind-6")  # somebody was first
    with transaction.atomic():
        update_values(
            Event, ("kind", "at"), changes, match=("id", "kind"), same={"case": "", "body": "[]"}
        )
    rows = {row.pk: row for row in Event.objects.all()}
    assert rows[keys[5]].kind == "kind-5"
    assert rows[keys[5]].case == "C"
    for at, key in enumerate(keys):
        if at != 5:
            row = rows[key]
            assert (row.kind, row.at, row.case) == (f"changed-{at}", _at(-at), "")


def test_values_that_quote_and_bracket_are_written_as_they_are() -> None:
    texts = ['it\'s "{a,b}"', "back\\slash", "NULL", "", "村,{}"]
    keys = _events(len(texts))
    with transaction.atomic():
        update_values(Event, ("body",), list(zip(texts, keys, strict=True)))
    stored = dict(Event.objects.values_list("pk", "body"))
    assert [stored[key] for key in keys] == texts


def test_moments_read_as_text_are_the_moments_themselves() -> None:
    keys = _events(3)
    odd = START + timedelta(microseconds=1200)
    Event.objects.filter(pk=keys[1]).update(at=odd)
    told = Event.objects.order_by("pk").annotate(told=spelled("at")).values_list("at", "told")
    assert [moment(text) for _, text in told] == [at for at, _ in told] == [START, odd, _at(2)]
    assert moment(None) is None


def test_a_moment_is_taken_away_from_every_other_row() -> None:
    keys = _events(10)
    with transaction.atomic():
        insert_rows(
            [Delivery(event_id=key, handler="h", not_before=START, done_at=START) for key in keys]
        )
    ids = list(Delivery.objects.order_by("id").values_list("pk", flat=True))
    with transaction.atomic():
        update_values(
            Delivery, ("done_at",), [(START if at % 2 else None, pk) for at, pk in enumerate(ids)]
        )
    left = Delivery.objects.filter(done_at=None).order_by("id").values_list("pk", flat=True)
    assert list(left) == ids[::2]
