import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anlan.base.journal import anchors
from anlan.base.journal.models import Detail, Entry
from anlan.base.journal.services import anchoring
from anlan.base.journal.services.sealing import seal_due
from anlan.base.journal.tests.deeds import CASE, chained, note
from anlan.base.journal.verification import verify
from anlan.kernel.errors import Conflict

pytestmark = pytest.mark.django_db

TEXTS = ("deed", "by", "subject_kind", "subject", "region", "case", "topic")


def test_a_journal_nobody_touched_is_whole() -> None:
    chained(5)
    verdict = verify()
    assert verdict.ok, verdict.fault
    assert (verdict.entries, verdict.head, verdict.unchained) == (5, 5, 0)


def test_an_empty_journal_is_whole() -> None:
    assert verify().ok


def _columns() -> list[str]:
    entry = [f"journal_entry.{name}" for name in ("id", "seq", "at", *TEXTS, "digest", "chain")]
    return [*entry, "journal_detail.entry_id", "journal_detail.salt", "journal_detail.body"]


def _flipped(old: Any, place: int, bit: int) -> Any:
    """Flip one bit of a value."""
    if isinstance(old, datetime):
        return old + timedelta(microseconds=1 << bit)
    if isinstance(old, int):
        return old ^ 1 << place % 40
    if isinstance(old, str):
        return _flipped(old.encode() or b" ", place, bit).decode("latin-1").replace("\0", "0")
    changed = bytearray(old)
    changed[place % len(changed)] ^= 1 << bit
    return bytes(changed)


def _flip(column: str, seq: int, place: int, bit: int) -> bool:
    """Flip one bit of one stored value; False where a constraint of the database forbids it."""
    table, _, name = column.partition(".")
    key = "id" if table == "journal_entry" else "entry_id"
    raw_text = connection.vendor == "sqlite" and name in ("at", "body", *TEXTS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM journal_entry WHERE seq = {seq}")
        pk = cursor.fetchone()[0]
        shown = f'CAST("{name}" AS BLOB)' if raw_text else f'"{name}"'
        cursor.execute(f"SELECT {shown} FROM {table} WHERE {key} = {pk}")
        old = cursor.fetchone()[0]
        new = _flipped(old or b" ", place, bit) if raw_text else _flipped(old, place, bit)
        if new == old:
            return False
        cursor.execute(
            "PRAGMA defer_foreign_keys=ON"
            if connection.vendor == "sqlite"
            else "SET CONSTRAINTS ALL DEFERRED"
        )
        value = "CAST(%s AS TEXT)" if raw_text else "%s"
        try:
            with transaction.atomic():
                cursor.execute(f'UPDATE {table} SET "{name}" = {value} WHERE {key} = {pk}', [new])
        except IntegrityError:  # another row has this number
            return False
    return True


@pytest.fixture
def five() -> None:
    chained(5)


@settings(max_examples=200, deadline=None)
@given(
    column=st.sampled_from(_columns()),
    seq=st.integers(1, 5),
    place=st.integers(0, 200),
    bit=st.integers(0, 7),
)
@pytest.mark.usefixtures("five")
def test_any_flipped_bit_of_any_column_is_found_and_named(
    column: str, seq: int, place: int, bit: int
) -> None:
    point = transaction.savepoint()
    try:
        assume(_flip(column, seq, place, bit))
        verdict = verify()
        assert not verdict.ok
        # A number that moved below another is met before the place it left.
        expected = range(1, seq + 1) if column.endswith(".seq") else (seq,)
        assert verdict.first_broken in expected
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("seq", [1, 3, 5])
@pytest.mark.usefixtures("five")
def test_a_removed_entry_is_named(seq: int) -> None:
    anchoring.anchor(by="system:journal")
    entry = Entry.objects.get(seq=seq)
    Detail.objects.filter(entry=entry).delete()
    Entry.objects.filter(pk=entry.pk).delete()
    assert verify().first_broken == seq


@pytest.mark.usefixtures("five")
def test_an_end_cut_off_behind_a_signed_head_is_found() -> None:
    anchoring.anchor(by="system:journal")
    for seq in (5, 4):
        Detail.objects.filter(entry__seq=seq).delete()
        Entry.objects.filter(seq=seq).delete()
    verdict = verify()
    assert verdict.first_broken == 4
    assert "截断" in verdict.fault


@pytest.mark.usefixtures("five")
def test_two_entries_that_changed_places_are_found() -> None:
    first, second = Entry.objects.get(seq=2), Entry.objects.get(seq=3)
    Entry.objects.filter(pk=first.pk).update(seq=None)
    Entry.objects.filter(pk=second.pk).update(seq=2, chain=first.chain)
    Entry.objects.filter(pk=first.pk).update(seq=3, chain=second.chain)
    assert verify().first_broken == 2


@pytest.mark.usefixtures("five")
def test_a_missing_detail_is_found() -> None:
    Detail.objects.filter(entry__seq=3).delete()
    assert verify().first_broken == 3


@pytest.mark.usefixtures("five")
def test_a_chain_written_anew_from_some_entry_on_contradicts_the_signed_head() -> None:
    anchoring.anchor(by="system:journal")
    Entry.objects.filter(seq=2).update(deed="shelters.retired")
    Entry.objects.filter(seq__gte=2).update(seq=None, chain=None)
    while seal_due():
        pass
    verdict = verify()
    assert not verdict.ok
    assert verdict.first_broken == 5
    assert "重写" in verdict.fault


@pytest.mark.usefixtures("five")
def test_a_cases_details_are_read_and_the_whole_chain_is_walked() -> None:
    note(2, case=CASE)
    seal_due()
    assert verify(CASE).entries == 2
    Entry.objects.filter(seq=1).update(deed="x")
    assert verify(CASE).first_broken == 1


def test_a_changed_detail_waiting_to_be_chained_is_found() -> None:
    (entry,) = note(1)
    Detail.objects.filter(entry_id=entry).update(body="{}")
    assert not verify().ok


@pytest.mark.usefixtures("five")
def test_a_changed_anchor_is_found(own_anchors: Path) -> None:
    anchoring.anchor(by="system:journal")
    path = own_anchors / "anchors" / anchors.HEAD
    for key, value in json.loads(path.read_text()).items():
        changed = json.loads(path.read_text())
        changed[key] = value + 1 if isinstance(value, int) else "0" + str(value)[1:] + "0"
        before = path.read_text()
        path.write_text(json.dumps(changed))
        assert not verify().ok, key
        path.write_text(before)
    path.write_text("{")
    assert not verify().ok


@pytest.mark.usefixtures("five")
def test_an_anchor_signed_with_a_foreign_key_is_found(own_anchors: Path) -> None:
    anchoring.anchor(by="system:journal")
    (own_anchors / "journal.key").unlink()
    anchors.signing_key()
    assert not verify().ok


def test_the_signing_key_is_private(own_anchors: Path) -> None:
    first = anchors.signing_key().public_key().public_bytes_raw()
    assert (own_anchors / "journal.key").stat().st_mode & 0o077 == 0
    assert anchors.signing_key().public_key().public_bytes_raw() == first


@pytest.mark.usefixtures("five")
def test_a_person_signs_the_head_by_a_deed_and_gets_a_paper(own_anchors: Path) -> None:
    made = anchoring.seal_head(by="user:1")
    assert made.seq == 6
    assert Entry.objects.get(seq=6).deed == "journal.sealed"
    assert made.is_genuine()
    paper = next((own_anchors / "anchors").glob("*.txt")).read_text()
    assert made.public_key[:4] in paper
    assert "user:1" in paper
    assert verify().ok


def test_nothing_is_signed_while_nothing_is_chained() -> None:
    assert anchoring.anchor(by="system:journal") is None


def test_more_entries_than_a_batch_are_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    from anlan.base.journal import raw

    monkeypatch.setattr(raw, "BATCH", 4)
    told: list[int] = []
    chained(11)
    assert verify(progress=told.append).entries == 11
    assert told == [4, 8]


def test_a_conflict_is_raised_for_a_key_file_that_is_none(own_anchors: Path) -> None:
    (own_anchors / "journal.key").write_text("not a key")
    with pytest.raises(Conflict):
        anchors.signing_key()
