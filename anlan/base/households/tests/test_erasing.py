"""An erased person is readable nowhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.base.files import store
from anlan.base.files.services import add_file
from anlan.base.households.models import Household, Resident
from anlan.base.households.services import erase
from anlan.base.households.tests.people import household, resident
from anlan.base.journal.models import Detail
from anlan.base.people import selectors as people
from anlan.base.people.models import Person, Phone
from anlan.base.people.tests import village as v
from anlan.base.permissions.models import User
from anlan.base.permissions.services.accounts import create_user
from anlan.base.register import history, selectors
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from anlan.base.vault.models import Key, Token
from anlan.base.vault.services import ERASED
from anlan.kernel.errors import Conflict, Missing

NAME, NUMBER = "欧阳绝密", "10098765432"


def _officer() -> str:
    who = v.person("P1", NAME, v.NEAR, NUMBER)
    v.person("P2", "王新", v.NEAR)
    v.post("G1", "village-head", v.NEAR, holder="P2")
    v.hold("G1", "P1", since="2025-01-01")
    create_user(username="ouyang", name=NAME, region=v.NEAR, by=v.BY, person=who)
    return who


def _told(key: str, row: str) -> str:
    """Everything the registers, the history and the journal say of a row."""
    entry = REGISTERS[key]
    said: list[Any] = [
        selectors.one(entry, v.BY, row), history.history(entry, v.BY, row),
        selectors.page(entry, v.BY, selectors.Query(retired=True)).items,
        list(Detail.objects.values_list("body", flat=True)),
    ]  # fmt: skip
    return json.dumps(said, ensure_ascii=False, default=str)


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_a_person_who_served_is_gone_from_rows_history_search_and_accounts() -> None:
    who = _officer()
    phone = Phone.objects.get(person=who).pk
    before = {bytes(key.wrapped) for key in Key.objects.filter(subject__in=[who, phone])}
    assert erase(subject=who, by=v.BY) == 2
    row = Person.objects.get(pk=who)
    assert (row.sex, row.birth_year, row.title) == ("", None, "")
    assert row.erased_at
    assert row.retired_at
    told = _told("persons", who) + _told("phones", phone)
    assert NAME not in told
    assert NUMBER not in told
    assert ERASED in told
    assert people.directory(NAME, v.township()).items == []
    assert people.directory("5432", v.township()).items == []
    assert not Token.objects.filter(subject__in=[who, phone]).exists()
    assert not before & {bytes(key.wrapped) for key in Key.objects.all()}
    assert not User.objects.filter(name=NAME).exists()
    assert not User.objects.filter(username="ouyang").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_the_post_of_an_erased_person_is_a_gap_and_not_the_predecessors() -> None:
    who = _officer()
    erase(subject=who, by=v.BY)
    assert people.holders_of([v.post_of("G1")]) == {}
    assert people.gaps().filter(code="G1").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_erasing_tells_the_journal_ids_only() -> None:
    who = _officer()
    erase(subject=who, by=v.BY)
    last = Detail.objects.filter(entry__deed="persons.erased").get()
    assert NAME not in last.body
    assert json.loads(last.body)["facts"]["keys"] == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_the_head_of_a_household_goes_and_its_address_stays_for_the_others() -> None:
    home = household("H1", 121.49, 28.40, 2, head=NAME, phone=NUMBER, address="前坑村 8 号")
    head = resident("R1", "H1", NAME, relation="self", groups=["elderly"], birth_year=1940)
    other = resident("R2", "H1", "李四")
    assert erase(subject=head, by=v.BY) == 2
    row = selectors.one(REGISTERS["households"], v.BY, home)
    assert row["address"] == "前坑村 8 号"
    assert not row["head"]
    assert NAME not in _told("households", home)
    assert NUMBER not in _told("households", home)
    gone = Resident.objects.get(pk=head)
    assert (gone.groups, gone.birth_year, gone.relation) == ([], None, "")
    assert selectors.one(REGISTERS["residents"], v.BY, other)["name"] == "李*"
    asked = selectors.Query(q=NAME)
    assert selectors.page(REGISTERS["households"], v.BY, asked).total == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_somebody_else_becomes_the_head_afterwards() -> None:
    home = household("H1", 121.49, 28.40, 2, head=NAME)
    head = resident("R1", "H1", NAME, relation="self")
    erase(subject=head, by=v.BY)
    entry = REGISTERS["households"]
    save_row(entry=entry, values={"head": "李四"}, by=v.BY, row_id=home)
    found = selectors.page(entry, v.BY, selectors.Query(q="李四"))
    assert [row["id"] for row in found.items] == [home]


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_a_household_is_erased_with_everybody_in_it() -> None:
    home = household("H1", 121.49, 28.40, 2, head=NAME)
    child = resident("R1", "H1", "欧阳小二")
    assert erase(subject=home, by=v.BY) == 2
    row = Household.objects.get(pk=home)
    assert (row.lon, row.lat, row.cell) == (None, None, None)
    assert NAME not in _told("households", home)
    assert "小二" not in _told("residents", child)


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_nothing_is_ever_sealed_again_for_somebody_erased() -> None:
    who = _officer()
    erase(subject=who, by=v.BY)
    with pytest.raises(Conflict):
        save_row(entry=REGISTERS["persons"], values={"name": NAME}, by=v.BY, row_id=who)


@pytest.mark.django_db
@pytest.mark.usefixtures("world")
def test_the_skipper_of_a_vessel_goes_and_the_vessel_stays() -> None:
    boat = v.save("vessels", code="V1", name="渔 1", kind="fishing", region=v.NEAR, skipper=NAME)
    assert erase(subject=boat, by=v.BY) == 1
    told = _told("vessels", boat)
    assert NAME not in told
    assert "渔 1" in told


@pytest.mark.django_db
def test_somebody_who_does_not_exist_cannot_be_erased() -> None:
    with pytest.raises(Missing):
        erase(subject="0" * 26, by=v.BY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("world")
def test_attachments_of_an_erased_person_are_wiped() -> None:
    who = _officer()
    made = add_file(
        name="身份证.txt", content=NAME.encode(), subject=("persons", who), region=v.NEAR, by=v.BY
    )
    path = store.path_of(made.sm3)
    erase(subject=who, by=v.BY)
    assert not path.exists()


#: Makes an officer, prints id and key; run by another process in a workspace of its own.
MAKE = """
from anlan.base.people.tests import village as v
from anlan.base.vault.models import Key
v.make_regions(); v.unit()
who = v.person("P1", "欧阳绝密", v.NEAR, "10098765432")
print(who, bytes(Key.objects.get(pk=who).wrapped).hex())
"""
VERIFY = """
from anlan.base.journal.services.sealing import seal_due
from anlan.base.journal.verification import verify
seal_due()
print(verify().ok)
"""


def _everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.slow
def test_no_byte_of_the_person_is_left_on_the_disk_and_the_chain_still_verifies(
    real: RealWorkspace,
) -> None:
    who, wrapped = real.do(MAKE).split()
    before = _everything(real.dir)
    assert real.database_url or bytes.fromhex(wrapped) in before
    assert "欧阳".encode() not in before
    told = real.anlan("erase", "--person", who, "--yes")
    assert told.returncode == 0, told.stderr
    assert "2" in told.stdout
    after = _everything(real.dir)
    assert bytes.fromhex(wrapped) not in after
    assert "欧阳".encode() not in after
    assert b"10098765432" not in after
    assert real.do(VERIFY).strip() == "True"


@pytest.mark.slow
def test_the_command_asks_for_one_of_two_and_says_when_there_is_nobody(
    real: RealWorkspace,
) -> None:
    assert real.anlan("erase").returncode == 2
    nobody = real.anlan("erase", "--person", "0" * 26, "--yes")
    assert nobody.returncode == 1
    assert "没有" in nobody.stderr
