"""An import in three steps, through the services the web and the worker use."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.base.conftest import workspace_of_tests
from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.places.models import Shelter
from anlan.base.register import selectors
from anlan.base.register.excel import writing
from anlan.base.register.models import Import
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import imports, save_row
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from tests.declarations.demo_rows import VILLAGE, make_regions, values_of

__all__ = ["workspace_of_tests"]

pytestmark = pytest.mark.django_db

SHELTERS = REGISTERS["shelters"]
BY = system("test")


@pytest.fixture(autouse=True)
def _regions(db: None) -> None:  # noqa: ARG001 - the database must be there
    make_regions()


def _nothing(_: float) -> None:
    """Take a progress nobody looks at."""


def _sheet(tmp_path: Path) -> io.BytesIO:
    for number in range(3):
        values = {
            **values_of(SHELTERS),
            "keeper": None,
            "code": f"S{number}",
            "name": f"点{number}",
        }
        save_row(entry=SHELTERS, values=values, by=BY)
    path = tmp_path / "out.xlsx"
    writing.export(SHELTERS, BY, selectors.Query(), str(path))
    Shelter.objects.filter(code="S1").update(name="别名", version=2)
    return io.BytesIO(path.read_bytes())


def _start(tmp_path: Path) -> Import:
    return imports.start_import(entry=SHELTERS, name="表.xlsx", file=_sheet(tmp_path), by=BY)


def _path(made: Import) -> Path:
    return workspace.directory() / made.path


def test_nothing_is_written_before_it_is_accepted(tmp_path: Path) -> None:
    made = _start(tmp_path)
    imports.check_import(identity=made.id, by=BY, progress=_nothing)
    checked = imports.import_of(identity=made.id, by=BY)
    assert (checked.state, checked.good, checked.bad) == ("checked", 3, 0)
    assert (checked.added, checked.changed, checked.unchanged) == (0, 1, 2)
    assert Shelter.objects.get(code="S1").name == "别名"
    imports.accept_import(identity=made.id, by=BY)
    imports.write_import(identity=made.id, by=BY, progress=_nothing)
    done = imports.import_of(identity=made.id, by=BY)
    assert (done.state, done.changed, done.unchanged) == ("done", 1, 2)
    assert Shelter.objects.get(code="S1").name == "点1"
    assert Entry.objects.filter(deed="shelters.imported").count() == 1
    assert not _path(made).exists()


def test_a_cut_off_write_runs_again_and_changes_nothing_twice(tmp_path: Path) -> None:
    made = _start(tmp_path)
    imports.check_import(identity=made.id, by=BY, progress=_nothing)
    imports.accept_import(identity=made.id, by=BY)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.write_import(identity=made.id, by=BY, progress=stop)
    imports.write_import(identity=made.id, by=BY, progress=_nothing)
    assert imports.import_of(identity=made.id, by=BY).state == "done"
    assert Shelter.objects.get(code="S1").version == 3


def test_an_import_is_accepted_once_and_only_by_who_brought_it(tmp_path: Path) -> None:
    made = _start(tmp_path)
    with pytest.raises(Conflict, match="正在检查"):
        imports.accept_import(identity=made.id, by=BY)
    imports.check_import(identity=made.id, by=BY, progress=_nothing)
    other = system("other")
    with pytest.raises(Missing):
        imports.accept_import(identity=made.id, by=other)
    imports.accept_import(identity=made.id, by=BY)
    with pytest.raises(Conflict, match="正在写入"):
        imports.accept_import(identity=made.id, by=BY)


def test_what_is_no_workbook_fails_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="xlsx"):
        imports.start_import(entry=SHELTERS, name="表.csv", file=io.BytesIO(b""), by=BY)
    made = imports.start_import(entry=SHELTERS, name="表.xlsx", file=io.BytesIO(b"x"), by=BY)
    imports.check_import(identity=made.id, by=BY, progress=_nothing)
    failed = imports.import_of(identity=made.id, by=BY)
    assert failed.state == "failed"
    assert "Excel" in failed.error
    assert not _path(made).exists()
    assert tmp_path.exists()


def test_only_who_may_import_starts_one() -> None:
    reader = Actor(
        ref="user:r", user_id="r", name="值班员", region=VILLAGE, via="session",
        roles=(Holding("duty-officer", VILLAGE),),
    )  # fmt: skip
    with pytest.raises(Forbidden):
        imports.start_import(entry=SHELTERS, name="表.xlsx", file=io.BytesIO(b"x"), by=reader)


def test_sheets_nobody_accepts_do_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _start(tmp_path)
    imports.check_import(identity=made.id, by=BY, progress=_nothing)
    Import.objects.filter(pk=made.id).update(troubles=[{"value": "王小明"}])
    later = clock.now() + imports.KEPT + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    imports.sweep_imports()
    swept = imports.import_of(identity=made.id, by=BY)
    assert (swept.state, swept.troubles) == ("discarded", [])
    assert not _path(made).exists()
