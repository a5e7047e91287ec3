"""How long values are kept is the operator's to say; a slip throws nothing away."""

from dataclasses import replace
from pathlib import Path

import pytest

from anlan.protocols.declared.taking import Wrong
from anlan.sense.intake.retaining import COLD_DAYS, RAW_DAYS, Retaining, read
from anlan.sense.intake.tests.conftest import streams
from anlan.sense.store.interface import Retention

ROWS = streams().rows


def written(home: Path, text: str) -> Path:
    """Write the operator's settings."""
    path = home / "conf" / "settings.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return home


def test_without_a_word_single_values_stay_three_years_and_hours_for_ever(tmp_path: Path) -> None:
    assert Retaining(tmp_path).of(ROWS) == Retention(RAW_DAYS, None, {}, COLD_DAYS)


def test_what_is_written_is_in_force_at_once(tmp_path: Path) -> None:
    retaining = Retaining(tmp_path)
    retaining.of(ROWS)
    more = "[observations.by_quantity]\nwater-level = 60\nrain = 0\n"
    written(tmp_path, f"[observations]\nraw_days = 400\nhourly_days = 3660\n{more}")
    found = retaining.of(ROWS)
    assert (found.raw_days, found.hourly_days) == (400, 3660)
    assert found.by_number[1] == found.by_number[2] == 60
    assert found.by_number[3] > 30_000
    other = replace(ROWS[0], number=9, quantity="tilt")
    assert retaining.of([other]).by_number == {}
    written(tmp_path, "[observations]\nraw_days = 0\ncold_days = 0\n")
    assert retaining.of(ROWS) == Retention(None, None, {}, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[observations]\nraw_days = 29\n", "第 2 行 observations.raw_days：至少 30 天"),
        ("[observations]\ncold_days = 2\n", "第 2 行 observations.cold_days：.*3 天，0 为不移出"),
        ("[web]\n[observations]\nraw_days = '400'\n", "第 3 行 .*数字"),
        ("[observations]\nraw_day = 400\n", "第 2 行 .*是不是 raw_days"),
        ("[observations.by_quantity]\nwaterlevel = 60\n", "第 2 行 .*没有监测要素「waterlevel」"),
        ("[observations.by_quantity]\nrain = 1\n", "第 2 行 .*至少 30 天"),
        ("observations = 3\n", "第 1 行 .*应是一个表"),
        ("[observations\n", "第 1 行 不是有效的 TOML"),
    ],
)
def test_a_slip_is_named_and_what_was_in_force_goes_on(
    tmp_path: Path, text: str, told: str
) -> None:
    retaining = Retaining(written(tmp_path, "[observations]\nraw_days = 400\n"))
    assert retaining.of(ROWS).raw_days == 400
    written(tmp_path, text)
    with pytest.raises(Wrong, match=told):
        read(tmp_path)
    assert retaining.of(ROWS).raw_days == 400
