from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from anlan.base.journal import selectors
from anlan.base.journal.canonical import micros, sm3, spell
from anlan.base.journal.models import Entry
from anlan.base.journal.services import record
from anlan.base.journal.services.sealing import seal_due
from anlan.base.journal.tests.deeds import CASE, chained, note
from anlan.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_deed_is_noted_in_its_own_transaction_or_not_at_all() -> None:
    with pytest.raises(RuntimeError):
        record(deed="shelters.edited", by="user:1", subject=("shelters", "1"))


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_is_rolled_back_leaves_no_entry() -> None:
    with transaction.atomic():
        record(deed="shelters.edited", by="user:1", subject=("shelters", "1"))
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_entries_are_numbered_without_a_gap_in_the_order_they_came() -> None:
    ids = note(7)
    assert seal_due(3) == 3
    assert seal_due() == 4
    assert seal_due() == 0
    assert list(Entry.objects.order_by("seq").values_list("seq", "id")) == list(
        enumerate(ids, start=1)
    )


def test_an_entry_keeps_a_digest_and_no_value() -> None:
    (entry_id,) = note(1)
    entry = Entry.objects.get(pk=entry_id)
    plain = [str(getattr(entry, field.attname)) for field in Entry._meta.concrete_fields]
    assert not any("礼堂" in text for text in plain)
    detail = entry.detail
    assert bytes(entry.digest) == sm3(bytes(detail.salt), detail.body.encode())


def test_two_equal_deeds_have_different_digests() -> None:
    with transaction.atomic():
        for _ in range(2):
            record(deed="a.edited", by="user:1", subject=("a", "1"), changes={"x": [1, 2]})
    first, second = Entry.objects.values_list("digest", flat=True)
    assert bytes(first) != bytes(second)


def test_a_rows_history_and_a_cases_timeline_tell_what_was_done() -> None:
    note(2, case=CASE)
    note(1)
    timeline = selectors.timeline(CASE)
    assert [noted.changes["name"][1] for noted in timeline] == ["文化礼堂0", "文化礼堂1"]
    assert timeline[0].facts == {"reason": "年度核查"}
    history = selectors.history(timeline[0].subject)
    assert [noted.case for noted in history] == ["", CASE]
    assert selectors.timeline("") == []


def test_the_stream_reads_what_was_chained_after_a_number() -> None:
    ids = chained(3)
    note(1)
    assert [entry.pk for entry in selectors.since(1)] == ids[1:]
    assert selectors.head().seq == 3
    assert selectors.head().unchained == 1
    assert not selectors.is_idle()


def test_a_text_too_long_for_its_column_is_refused_on_every_database() -> None:
    with pytest.raises(Invalid), transaction.atomic():
        record(deed="a.edited", by="user:" + "x" * 40, subject=("a", "1"))


def test_one_fact_has_one_spelling() -> None:
    moment = datetime(2026, 8, 9, 1, 2, 3, 40, tzinfo=UTC)
    value = {"b": (1, None, True), "a": Decimal("1.50"), "时": moment}
    assert spell(value).decode() == (
        '{"a":"1.50","b":[1,null,true],"时":"2026-08-09T01:02:03.000040Z"}'
    )
    assert micros(moment) % 1_000_000 == 40


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(Invalid):
        spell({"x": object()})


def test_sm3_matches_the_standards_example() -> None:
    """GB/T 32905-2016, appendix A.1."""
    assert sm3(b"abc").hex() == ("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
