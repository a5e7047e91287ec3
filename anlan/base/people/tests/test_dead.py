import json

import pytest

from anlan.base.journal.models import Entry
from anlan.base.people.models import Account, Phone
from anlan.base.people.services import erase_person, note_dead
from anlan.base.people.tests import village as v

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def test_a_number_that_does_not_exist_is_marked_once_with_who_said_so_and_why() -> None:
    v.person("P1", "陈建国", v.NEAR, "10000000001", "10000000002")
    first, second = Phone.objects.order_by("rank").values_list("pk", flat=True)
    assert note_dead(ids=[first, "no-such-phone"], reason="运营商回执：空号", by=v.BY) == 1
    assert note_dead(ids=[first], reason="运营商回执：空号", by=v.BY) == 0
    assert dict(Phone.objects.values_list("pk", "dead")) == {first: True, second: False}
    (entry,) = Entry.objects.filter(subject=first, deed="phones.edited")
    assert json.loads(entry.detail.body) == {
        "changes": {"dead": [False, True]}, "facts": {"reason": "运营商回执：空号"},
    }  # fmt: skip


def test_an_account_is_sealed_and_goes_with_its_person() -> None:
    person = v.person("P1", "陈建国", v.NEAR)
    account = v.save("accounts", person="P1", kind="mail", address="chen@example.invalid")
    row = Account.objects.get(pk=account)
    assert "chen" not in row.address
    erase_person(person=person, by=v.BY)
    row.refresh_from_db()
    assert row.dead
    assert row.retired_at is not None
