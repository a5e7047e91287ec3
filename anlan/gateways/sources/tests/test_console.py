"""A declaration is tried before it is switched on, and what is odd is pointed at."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from anlan.gateways.sources.console import Checked, check
from anlan.gateways.sources.sharing import FOLDER
from anlan.gateways.sources.tests.far_side import (
    MAPPED,
    NOW,
    Answer,
    FarSide,
    declared,
    far_side,
    records,
)


def tried(home: Path, side: FarSide, **changes: Any) -> Checked:
    made = declared(f"{side.address}/", **changes)
    return check(made, home, known=lambda *_: {"A-Z": True, "C-Z": False}, now=NOW)


def test_mapped_and_rejected_rows_are_shown_and_nothing_is_kept(tmp_path: Path) -> None:
    others = [{"id": it, "t": "2026-07-01 11:59:00", "z": 2} for it in "BC"]
    rows = [*records(1.5, minute=58), *others, {"z": 3}]
    with far_side(lambda _: Answer({"list": rows})) as side:
        found = tried(tmp_path, side)
    assert (found.reason, found.records, found.mapped, found.rejected_count) == ("", 4, 3, 1)
    first, second, third = found.rows
    assert (first.stream, first.value, first.unit, first.registered) == ("A-Z", 1.5, "m", True)
    assert first.time == NOW - timedelta(minutes=2)
    assert (second.stream, second.registered, second.record) == ("B-Z", False, 1)
    assert (third.stream, third.registered) == ("C-Z", True)
    assert [row.standing for row in found.rows] == ["", "unknown", "outside"]
    assert (found.rejected[0].record, found.rejected[0].reason) == (3, "没有站码「id」")
    assert found.warnings == (
        "1 个监测项没有登记，它们的值会被拒收：B-Z",
        "1 个监测项不在本来源的范围内（[scope]），它们的值会被拒收：C-Z",
    )
    assert found.text.startswith('{"list"')
    assert not (tmp_path / FOLDER).exists()


def test_a_wrong_zone_is_recognised(tmp_path: Path) -> None:
    utc = MAPPED.replace('path = "t"', 'path = "t"\nzone = "UTC"')
    with far_side(lambda _: Answer({"list": records(1, minute=58)})) as side:
        found = tried(tmp_path, side, mapped=utc)
    assert "晚大约 8 小时" in found.warnings[0]


def test_a_misspelt_field_and_an_empty_answer_are_pointed_at(tmp_path: Path) -> None:
    misspelt = MAPPED.replace('path = "z"', 'path = "Z"')
    with far_side(lambda _: Answer({"list": records(1, minute=58)})) as side:
        assert "没有一条记录有字段 Z" in tried(tmp_path, side, mapped=misspelt).warnings[0]
        side.decide = lambda _: Answer({"list": []})
        assert tried(tmp_path, side).warnings == ("这个时间段里对方没有任何记录",)


def test_what_stands_in_the_way_is_said_with_the_answer(tmp_path: Path) -> None:
    with far_side(lambda _: Answer({"data": "会话过期"})) as side:
        found = tried(tmp_path, side)
    assert "找不到 list" in found.reason
    assert "会话过期" in found.text
    assert found.asked.startswith("GET http://127.0.0.1")
