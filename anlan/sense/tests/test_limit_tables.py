"""Limits that come from code tables: what is offered, and what it is in the quantity's unit."""

from typing import Any

import pytest

from anlan.codes import quantities
from anlan.kernel.errors import Invalid, Missing
from anlan.sense.rules.limits import of_table
from anlan.sense.rules.sentence import sentence
from anlan.sense.rules.spec import read_spec
from anlan.sense.rules.validation import check
from anlan.sense.selectors.limit_tables import limit_tables


def offered(quantity: str, hazard: str = "") -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in limit_tables(quantity, hazard)}


def test_the_warning_signal_of_the_hazard_comes_first() -> None:
    found = limit_tables("rain", "rainstorm")
    first = found[0]
    assert (first["key"], first["near"]) == ("weather-signal-thresholds", "hazard")
    assert [column["label"] for column in first["columns"]] == [
        "12小时雨量", "6小时雨量", "3小时雨量",
    ]  # fmt: skip
    red = next(row for row in first["rows"] if row["code"] == "0204")
    assert red["cells"] == [{"column": "rain_3h", "value": 100.0}]
    assert red["text"].startswith("3小时内雨量")
    assert red["text_en"]


def test_signals_of_other_hazards_are_not_offered() -> None:
    assert "weather-signal-thresholds" not in offered("rain", "flood")
    assert "weather-signal-thresholds" in offered("rain")


def test_a_table_of_another_quantity_is_not_offered_though_its_unit_fits() -> None:
    assert {"wave-near-grades", "fog-grades"}.isdisjoint(offered("water-level"))
    assert offered("wave-height")["wave-near-grades"]["near"] == "quantity"


def test_a_table_of_mere_numbers_is_offered_for_nothing() -> None:
    assert quantities.quantity("bridge-strain").unit == "1"
    assert offered("bridge-strain") == {}


def test_every_cell_that_is_offered_can_be_a_limit() -> None:
    for quantity in ("rain", "wind-gust", "wave-height", "visibility", "ponding-depth"):
        for table in limit_tables(quantity):
            for row in table["rows"]:
                for cell in row["cells"]:
                    path = f"{table['key']}/{row['code']}/{cell['column']}"
                    assert of_table(path, quantity=quantity) == cell["value"], path
                    names = [column["name"] for column in table["columns"]]
                    assert cell["column"] in names, path


def test_a_limit_is_read_in_the_unit_of_the_quantity() -> None:
    path = "alarm-limits/ponding-depth/H"
    assert of_table(path) == 15
    assert of_table(path, quantity="ponding-depth") == pytest.approx(0.15)
    cells = offered("ponding-depth")["alarm-limits"]["rows"][0]["cells"]
    assert cells[0] == {"column": "H", "value": pytest.approx(0.15)}


def test_a_limit_in_the_unit_of_another_thing_is_refused() -> None:
    with pytest.raises(Invalid):
        of_table("rain-24h-grades/storm/lower", quantity="wind-speed")
    spec = {
        "title": "试", "kind": "level", "quantity": "wind-speed",
        "conditions": [{"level": 3, "limit": {"table": "rain-24h-grades/storm/lower"}}],
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        check(read_spec(spec))
    assert "conditions" in refused.value.errors


def test_a_limit_of_a_signal_is_said_with_what_it_is() -> None:
    spec = read_spec(
        {
            "title": "试", "kind": "sum", "quantity": "rain", "window_s": 3 * 3600,
            "conditions": [
                {"level": 2, "limit": {"table": "weather-signal-thresholds/0203/rain_3h"}},
                {"level": 1, "limit": {
                    "table": "weather-signal-thresholds/0204/rain_3h", "factor": 0.9, "plus": 2.0,
                }},
            ],
        }
    )  # fmt: skip
    check(spec)
    said = sentence(spec, "云屿县")
    assert "达到暴雨橙色预警信号（50.0 mm）报橙色" in said
    assert "达到暴雨红色预警信号 × 0.9 + 2.0 mm（92.0 mm）报红色" in said
    assert "reaches Rainstorm signal, orange (50.0 mm) raises orange" in sentence(spec, "Y", "en")


def test_an_unknown_quantity_has_no_tables() -> None:
    with pytest.raises(Missing):
        limit_tables("no-such")
