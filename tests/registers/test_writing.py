"""Two people at one row: nobody's change is lost, and nobody is told a lie."""

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.base.permissions.actor import system
from anlan.base.places.models import Shelter
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import rows, save_row
from anlan.base.register.validation import check_rows
from anlan.kernel.errors import Conflict
from tests.declarations.demo_rows import make_regions, values_of

__all__ = ["workspace_of_tests"]

pytestmark = pytest.mark.django_db

SHELTERS = REGISTERS["shelters"]
BY = system("test")


@pytest.fixture
def shelter(db: None) -> str:  # noqa: ARG001 - the database must be there
    make_regions()
    return save_row(entry=SHELTERS, values={**values_of(SHELTERS), "keeper": None}, by=BY).id


def _meanwhile(monkeypatch: pytest.MonkeyPatch, shelter: str, **values: object) -> None:
    """Let somebody else change the row once, between our check and our writing."""
    real, turns = check_rows, [values]

    def check(*args: object, **kwargs: object) -> object:
        checked = real(*args, **kwargs)  # type: ignore[arg-type]
        if turns:
            version = Shelter.objects.get(pk=shelter).version + 1
            Shelter.objects.filter(pk=shelter).update(**turns.pop(), version=version)
        return checked

    monkeypatch.setattr(rows, "check_rows", check)


def test_a_change_is_checked_again_when_the_row_moved_meanwhile(
    shelter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _meanwhile(monkeypatch, shelter, address="新址 1 号")
    saved = save_row(entry=SHELTERS, values={"name": "新名"}, by=BY, row_id=shelter)
    row = Shelter.objects.get(pk=shelter)
    assert (row.name, row.address, row.version) == ("新名", "新址 1 号", 3)
    assert saved.version == 3


def test_who_named_the_version_they_saw_is_told_that_it_is_old(
    shelter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _meanwhile(monkeypatch, shelter, address="新址 1 号")
    with pytest.raises(Conflict, match="刚被别人改过"):
        save_row(entry=SHELTERS, values={"name": "新名"}, by=BY, row_id=shelter, version=1)
    assert Shelter.objects.get(pk=shelter).name != "新名"


def test_a_taken_code_is_a_conflict_and_writes_nothing(shelter: str) -> None:
    with pytest.raises(Conflict, match="已有相同编号"):
        save_row(entry=SHELTERS, values={**values_of(SHELTERS), "keeper": None}, by=BY)
    assert list(Shelter.objects.values_list("pk", flat=True)) == [shelter]
