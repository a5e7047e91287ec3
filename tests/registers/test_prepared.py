"""A list's kept SQL answers exactly what Django's own would, for everybody who asks."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.conftest import workspace_of_tests
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.register import prepared, selectors
from anlan.base.register.registry import REGISTERS
from anlan.base.register.selectors import Query
from anlan.base.register.services import Change, retire_row, save_rows
from tests.declarations.demo_rows import COUNTY, OTHER_TOWN, TOWN, VILLAGE, make_regions

__all__ = ["workspace_of_tests"]

pytestmark = pytest.mark.django_db

TEAMS = REGISTERS["teams"]
BY = system("test")

ACTORS = {
    "platform": BY,
    "country": Actor("user:1", "1", "全国", (Holding("section", ""),)),
    "county": Actor("user:2", "2", "县", (Holding("section", "339901"),)),
    "township": Actor("user:3", "3", "乡", (Holding("township", "339901101"),)),
    "both": Actor("user:4", "4", "两", tuple(Holding("township", f"33990110{n}") for n in (1, 2))),
    "stranger": Actor("user:5", "5", "外人"),
    "elsewhere": Actor("user:6", "6", "邻县", (Holding("section", "339902"),)),
}  # fmt: skip

QUESTIONS = (
    Query(),
    Query(size=7),
    Query(page=3, size=7),
    Query(region=COUNTY),
    Query(region=TOWN, size=5),
    Query(region=VILLAGE),
    Query(region="330000000000"),
    Query(region="339902000000"),
    Query(filters={"kind": ["social"]}),
    Query(filters={"kind": ["social", "grassroots"], "status": ["standby"]}),
    Query(filters={"kind": ["social", "social"]}),
    Query(filters={"kind": ["no-such-kind"]}),
    Query(filters={"insured": ["true"]}),
    Query(bbox=(121.0, 28.0, 121.3, 29.0)),
    Query(bbox=(121.0, 121.0, 121.0, 121.0)),
    Query(sort="name", size=9),
    Query(sort="-members", size=9, page=2),
    Query(retired=True),
    Query(q="救援队 3"),
)


@pytest.fixture(autouse=True)
def teams(db: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - the database
    """Eighty teams in three places, one of them out of use; no statement is known yet."""
    make_regions()
    monkeypatch.setattr(prepared, "_statements", {})
    monkeypatch.setattr(prepared, "_counts", {})
    changes = [
        Change(
            {
                "code": f"T{number:03d}",
                "name": f"救援队 {number}",
                "region_id": (TOWN, OTHER_TOWN, VILLAGE)[number % 3],
                "kind": ("social", "grassroots")[number % 2],
                "status": ("standby", "resting")[number % 5 > 0],
                "skills": ["flood"],
                "members": number % 11 or None,
                "insured": (True, False, None)[number % 3],
                "lon": 121.0 + number / 100,
                "lat": 28.5,
            }
        )
        for number in range(80)
    ]
    saved = save_rows(entry=TEAMS, changes=changes, by=BY)
    retire_row(entry=TEAMS, row_id=saved[0].id, by=BY)


def plainly(actor: Actor, query: Query) -> tuple[list[dict[str, Any]], int]:
    """Answer a question with Django alone."""
    found = selectors.rows(TEAMS, actor, query)
    start = (query.page - 1) * query.size
    items = list(found.values(*selectors.list_names(TEAMS))[start : start + query.size])
    return selectors.present(TEAMS, items), found.count()


@pytest.mark.parametrize("who", ACTORS)
def test_the_kept_statement_answers_as_django_does(who: str) -> None:
    actor = ACTORS[who]
    for query in QUESTIONS:
        expected = plainly(actor, query)
        for _ in range(2):  # written the first time, kept the second
            page = selectors.page(TEAMS, actor, query)
            assert (page.items, page.total) == expected, query


def test_a_shape_asked_again_costs_two_queries_and_no_writing_of_sql() -> None:
    actor = ACTORS["county"]
    selectors.page(TEAMS, actor, Query(region=TOWN, size=5))
    known = dict(prepared._statements)
    with CaptureQueriesContext(connection) as asked:
        selectors.page(TEAMS, actor, Query(region=OTHER_TOWN, size=5))
    assert len(asked) == 2
    assert prepared._statements == known


def test_a_crowded_list_is_sorted_by_the_orders_own_index(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared, "SPARSE", 3)
    for query in QUESTIONS:
        for who in ("country", "county", "both"):
            page = selectors.page(TEAMS, ACTORS[who], query)
            assert (page.items, page.total) == plainly(ACTORS[who], query), query
    if connection.vendor == "sqlite":
        asked = prepared.take_apart(TEAMS, ACTORS["county"], Query(sort="name", size=9))
        assert asked is not None
        statement = prepared.find(asked, lambda: pytest.fail("kept already"), [])
        assert statement is not None
        assert '+"resources_team"."region_id" >= %s' in statement.rows.crowded
        assert "+" not in statement.rows.sparse
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement.rows.crowded}", asked.values)
            plan = " ".join(row[3] for row in cursor.fetchall())
        assert "USING INDEX team_name" in plan
        assert "TEMP B-TREE" not in plan


def test_only_a_crowded_lists_number_is_remembered_and_not_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    county, query = ACTORS["county"], Query(size=5)

    def total_after_one_more(code: str) -> int:
        values = {
            "code": code,
            "name": code,
            "region_id": TOWN,
            "kind": "social",
            "skills": ["flood"],
        }
        save_rows(entry=TEAMS, changes=[Change(values)], by=BY)
        return selectors.page(TEAMS, county, query).total

    before = selectors.page(TEAMS, county, query).total
    assert total_after_one_more("N1") == before + 1
    monkeypatch.setattr(prepared, "SPARSE", 3)
    assert selectors.page(TEAMS, county, query).total == before + 1
    assert total_after_one_more("N2") == before + 1
    monkeypatch.setattr(prepared, "COUNT_LASTS_S", 0.0)
    assert total_after_one_more("N3") == before + 3


def test_a_far_page_is_read_by_its_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "DEEP", 10)
    for query in (Query(page=3, size=7), Query(page=4, size=9, sort="-members"), Query(page=99)):
        for who in ("county", "township"):
            page = selectors.page(TEAMS, ACTORS[who], query)
            assert (page.items, page.total) == plainly(ACTORS[who], query)
