from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.forms import selectors, services
from anlan.base.forms.selectors.merging import debts, told
from anlan.base.forms.tests.conftest import DUTY, OTHER, TOWN, Turn, World, actor, drawn
from anlan.base.forms.values import Figure
from anlan.base.obligations import services as obligations
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import system
from anlan.base.regions.models import Region

pytestmark = pytest.mark.django_db
ROW = {"moved": 12, "stuck": 3}


def merged(round_: str) -> dict[str, Any]:
    found = selectors.merged(DUTY, round_)
    return told(found, owing=debts(found))


def test_a_sum_without_all_regions_is_a_lower_bound_and_names_who_is_missing(world: World) -> None:
    round_ = world.open()
    assert merged(round_.pk)["totals"]["moved"]["value"] is None
    world.fill(world.sheet(round_), TOWN, ROW)
    found = merged(round_.pk)
    assert found["totals"]["moved"] == {
        "value": 12, "complete": False, "difference": None, "compared": 0,
    }  # fmt: skip
    assert (found["asked"], found["came"]) == (3, 1)
    assert [row["region_name"] for row in found["rows"] if row["cells"] is None] == [
        "前坑村", "海门镇",
    ]  # fmt: skip


def test_with_all_regions_in_a_sum_is_a_sum_unless_a_cell_is_empty(world: World) -> None:
    round_ = world.open()
    village = actor("village", v.NEAR)
    world.fill(world.sheet(round_), TOWN, ROW)
    world.fill(world.sheet(round_, v.OTHER), OTHER, {"moved": 5, "stuck": None, "power": True})
    world.fill(world.sheet(round_, v.NEAR), village, {"moved": 1, "stuck": 0})
    found = selectors.merged(DUTY, round_.pk)
    figures = {column.key: found.total(column) for column in found.figures}
    assert figures == {
        "moved": Figure(18, complete=True), "stuck": Figure(3, complete=False),
        "all": Figure(21, complete=False), "power": Figure(1, complete=False),
    }  # fmt: skip


def test_differences_are_told_over_the_regions_known_in_both_rounds(
    world: World, turn: Turn
) -> None:
    first = world.open()
    world.fill(world.sheet(first), TOWN, ROW)
    turn.forward(hours=2)
    second = world.open(after=1)
    world.fill(world.sheet(second), TOWN, {"moved": 20, "stuck": None})
    world.fill(world.sheet(second, v.OTHER), OTHER, {"moved": 7})
    found = merged(second.pk)
    town = next(row for row in found["rows"] if row["region"] == v.TOWN)
    assert (town["differences"]["moved"], town["differences"]["stuck"]) == (8, None)
    total = found["totals"]["moved"]
    assert (total["value"], total["difference"], total["compared"]) == (27, 8, 1)


def test_who_is_late_and_how_far_it_climbed_stands_beside_the_region(
    world: World, turn: Turn
) -> None:
    round_ = world.open()
    turn.forward(minutes=61)
    obligations.lapse_due()
    obligations.climb_due()
    town = next(row for row in merged(round_.pk)["rows"] if row["region"] == v.TOWN)
    assert (town["late"], town["rung"]) == (True, 2)
    assert [one["rank"] for one in town["holders"]] == ["A", "B"]


def _ask_many(first: int, count: int) -> str:
    """Send a form to many villages twice, a quarter of them corrected; returns the last round."""
    codes = [f"339901{103 + n // 90}{201 + n % 90}" for n in range(first, first + count)]
    Region.objects.bulk_create(
        Region(code=code, name=f"村{code[6:]}", level=5, parent_id=v.COUNTY) for code in codes
    )
    world = World(services.draw_form(drawn=drawn(regions=codes), by=DUTY))
    for after in (0, 1):
        round_ = world.open(after=after)
        for sheet in round_.sheets.order_by("region_id")[: count // 4]:
            for moved in (1, 2):
                world.fill(sheet, system("test"), {"moved": moved})
    return str(round_.pk)


@pytest.mark.usefixtures("people")
def test_210_regions_merged_are_as_many_queries_as_eight() -> None:
    counts = []
    for first, count in ((0, 8), (8, 210)):
        round_ = _ask_many(first, count)
        with CaptureQueriesContext(connection) as asked:
            assert len(merged(round_)["rows"]) == count
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16
