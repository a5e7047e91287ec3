"""What every register promises, whoever declared it: adding one adds these tests and no code."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan import codes
from anlan.base.language import catalogue
from anlan.base.permissions.actor import PUBLIC, Actor, Holding, system
from anlan.base.regions import scope
from anlan.base.register import history, meta, selectors, services
from anlan.base.register.columns import by_name, columns
from anlan.base.register.excel import writing
from anlan.base.register.excel.checking import Report, batches
from anlan.base.register.registry import DOMAINS, REGISTERS, Register
from anlan.base.vault.services import is_sealed
from anlan.kernel.errors import Forbidden, Missing
from tests.declarations.demo_rows import OTHER_TOWN, TOWN, VILLAGE, save_demo, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]

every = pytest.mark.parametrize("entry", REGISTERS.values(), ids=list(REGISTERS))


def _township(code: str) -> Actor:
    return Actor(
        ref="user:test", user_id="test", name="乡镇用户", region=code, via="session",
        roles=(Holding("township", scope.prefix(code)),),
    )  # fmt: skip


@every
def test_its_demo_row_saves_and_reads_back(entry: Register) -> None:
    saved = save_demo(entry)
    row = selectors.one(entry, system("test"), saved.id)
    assert row["region"] == VILLAGE
    for name, value in entry.demo.items():
        column = by_name(entry)[name]
        if column.type in ("ref", "date") or column.masked:
            assert row[name], name
        else:
            assert row[name] == value, name


@every
def test_saving_the_same_row_again_writes_nothing(entry: Register) -> None:
    first = save_demo(entry)
    again = services.save_row(
        entry=entry, values=values_of(entry), by=system("test"), row_id=first.id
    )
    assert (again.state, again.version) == ("unchanged", 1)


@every
def test_it_speaks_both_languages(entry: Register) -> None:
    english = catalogue()
    said = {entry.title, *(c.label for c in columns(entry)), *DOMAINS[entry.domain][:1]}
    said |= {c.help for c in columns(entry) if c.help} | {c.unit for c in columns(entry)}
    words = {text for text in said if any("\u4e00" <= char <= "\u9fff" for char in text)}
    assert entry.title_en
    missing = words - english.keys() - {entry.title, DOMAINS[entry.domain][0]}
    assert not missing, f"no English in anlan/locale/en for {sorted(missing)}"


@every
def test_what_it_declares_exists(entry: Register) -> None:
    names = by_name(entry).keys() | {"lon", "lat"}
    declared = {*entry.listed, *entry.searched, *entry.natural, *entry.mask, *entry.public}
    assert declared <= names
    assert entry.label in names
    assert entry.source
    assert entry.icon
    assert set(entry.mask).isdisjoint(entry.public)
    for column in columns(entry):
        if column.codes:
            assert len(codes.table(column.codes)) > 0


@every
def test_personal_columns_are_stored_sealed(entry: Register) -> None:
    saved = save_demo(entry)
    row = entry.model._default_manager.get(pk=saved.id)
    for column in columns(entry):
        if column.sealed and entry.demo.get(column.name):
            assert is_sealed(getattr(row, column.attname)), column.name


@every
def test_what_excel_took_out_comes_back_as_it_was(entry: Register, tmp_path: Path) -> None:
    save_demo(entry)
    path, report, asker = tmp_path / "out.xlsx", Report(), system("test")
    assert writing.export(entry, asker, selectors.Query(), str(path)) == 1
    found = batches(entry, path, asker, report=report, progress=lambda _: None)
    changes = [change for batch in found for change in batch]
    assert report.troubles == []
    saved = services.save_rows(entry=entry, changes=changes, by=asker)
    assert [one.state for one in saved] == ["unchanged"]


@every
def test_a_list_takes_few_queries_however_many_rows(entry: Register) -> None:
    save_demo(entry)
    asker = system("test")
    query = selectors.Query(size=100)
    selectors.page(entry, asker, query)
    with CaptureQueriesContext(
        connection,
    ) as one:
        selectors.page(entry, asker, query)
    extra = sum(_queries(entry, name) for name in entry.computed if name in entry.listed)
    assert len(one) <= 4 + extra, [q["sql"][:120] for q in one]


def _queries(entry: Register, name: str) -> int:
    """A computed column may ask a fixed few times a page."""
    with CaptureQueriesContext(connection) as asked:
        ids = list(entry.model._default_manager.values_list("pk", flat=True))
        entry.computed[name].read(ids)
    assert len(asked) <= 6
    return len(asked) - 1


@every
def test_a_stranger_sees_and_writes_nothing(entry: Register) -> None:
    saved = save_demo(entry)
    for charlie in (PUBLIC, _township(OTHER_TOWN)):
        assert selectors.page(entry, charlie, selectors.Query()).total == 0
        with pytest.raises(Missing):
            selectors.one(entry, charlie, saved.id)
        with pytest.raises(Missing):
            history.history(entry, charlie, saved.id)
        with pytest.raises((Missing, Forbidden)):
            services.save_row(entry=entry, values=values_of(entry), by=charlie, row_id=saved.id)
        with pytest.raises((Missing, Forbidden)):
            services.retire_row(entry=entry, row_id=saved.id, by=charlie)


@every
def test_its_own_township_sees_it(entry: Register) -> None:
    save_demo(entry)
    assert selectors.page(entry, _township(TOWN), selectors.Query()).total == 1


@every
def test_history_shows_what_became_of_a_row(entry: Register) -> None:
    saved = save_demo(entry)
    services.retire_row(entry=entry, row_id=saved.id, by=system("test"), reason="测试")
    services.restore_row(entry=entry, row_id=saved.id, by=system("test"))
    told = history.history(entry, system("test"), saved.id)
    assert len(told) == 3
    first = told[-1]
    changed = {change["column"]: change["new"] for change in first["changes"]}
    for name in entry.demo:
        column = by_name(entry)[name]
        assert name in changed, name
        if column.masked:
            assert entry.demo[name] != changed[name], f"{name} is told in clear"


@every
def test_unknown_stays_unknown(entry: Register) -> None:
    required = {name for name, column in by_name(entry).items() if column.required}
    required |= {*entry.natural, *_refs(entry)}
    save_demo(entry)
    values = {name: value for name, value in values_of(entry).items() if name in required}
    if "code" in entry.natural:
        values["code"] = "DEMO-UNKNOWN"
    elif "rank" in entry.natural and isinstance(values["rank"], int):
        values["rank"] = 2
    else:
        return  # its natural key is made of references: a second row would be the same row
    saved = services.save_row(entry=entry, values=values, by=system("test"))
    row = selectors.one(entry, system("test"), saved.id)
    for name, column in by_name(entry).items():
        if column.type in ("int", "float", "date") and not column.required and not column.computed:
            assert row[name] is None, name


def _refs(entry: Register) -> set[str]:
    return {name for name, c in by_name(entry).items() if c.type == "ref" and c.required}


@every
def test_the_front_end_is_told_enough_to_draw_it(entry: Register) -> None:
    told: dict[str, Any] = meta.describe(entry)
    assert told["key"] == entry.key
    for column in told["columns"]:
        assert column["label"]
        assert column["type"]
        assert (column["type"] in ("choice", "choices")) == bool(column["codes"])


@every
def test_no_sealed_column_is_sorted_or_filtered_by(entry: Register) -> None:
    for column in columns(entry):
        if column.sealed:
            assert not column.sortable
            assert not column.filtered
