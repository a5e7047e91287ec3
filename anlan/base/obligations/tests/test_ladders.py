"""What ladders promise beside their rungs: the ladder of the night, asking again, the defaults."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest

from anlan import codes
from anlan.base.obligations import ladders
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Invalid

#: Warning level of ``answering-rules`` -> the ladder that follows it.
CALLS = {
    "1": "call-red", "2": "call-orange", "3": "call-yellow", "4": "call-blue", "live": "call-live",
}  # fmt: skip

DAY = """
[day]
title = "白天"
until = "answered"
rungs = [{ after = "0min", whom = "debtor", channels = ["sms"] }]
night = { from = "22:00", until = "06:30", ladder = "dark" }

[dark]
title = "夜里"
until = "answered"
rungs = [{ after = "0min", whom = "debtor", channels = ["voice"] }]
"""


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    monkeypatch.setattr(ladders, "_shelf", ladders._Shelf())
    (tmp_path / "conf").mkdir()
    return tmp_path / "conf" / "ladders.toml"


def _at(wall: str) -> datetime:
    return datetime.fromisoformat(f"2026-08-03T{wall}").replace(tzinfo=clock.LOCAL_ZONE)


@pytest.mark.parametrize(
    ("wall", "key"),
    [("21:59", "day"), ("22:00", "dark"), ("00:00", "dark"), ("06:29", "dark"), ("06:30", "day")],
)
def test_the_night_ladder_is_taken_in_its_hours_over_midnight(
    conf: Path, wall: str, key: str
) -> None:
    conf.write_text(DAY, encoding="utf-8")
    assert ladders.ladder_at("day", _at(wall)).key == key


def test_hours_that_do_not_pass_midnight_hold_between_their_ends() -> None:
    noon = ladders.Night(_at("12:00").time(), _at("14:00").time(), "x")
    assert [noon.holds(_at(wall)) for wall in ("11:59", "12:00", "13:59", "14:00")] == [
        False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "wrong", "told"),
    [
        ('ladder = "dark"', 'ladder = "moon"', "moon"),
        ('from = "22:00"', 'from = "late"', "20:00"),
        ('from = "22:00", ', "", "from"),
    ],
)
def test_a_wrong_night_is_refused_and_the_last_good_file_stays(
    conf: Path, was: str, wrong: str, told: str
) -> None:
    conf.write_text(DAY, encoding="utf-8")
    assert ladders.ladder("day").night
    conf.write_text(DAY.replace(was, wrong) + "\n", encoding="utf-8")
    assert ladders.ladder("day").night
    assert told in ladders.problem()


QUIET = """
[call-blue]
title = "蓝色预警叫应"
until = "answered"
rungs = [
  { after = "0min", whom = "debtor", channels = ["app", "sms"] },
  { after = "5min", whom = "debtor", channels = ["sheet"] },
]
"""
MUTE_AT_NIGHT = """
[call-blue]
title = "蓝色预警叫应"
until = "answered"
rungs = [{ after = "0min", whom = "debtor", channels = ["app", "sheet"] }]
night = { from = "22:00", until = "06:30", ladder = "dark" }
[dark]
title = "夜里"
until = "answered"
rungs = [{ after = "0min", whom = "debtor", channels = ["sms"] }]
"""


@pytest.mark.parametrize(("text", "named"), [(QUIET, "call-blue"), (MUTE_AT_NIGHT, "dark")])
def test_a_ladder_that_would_leave_the_call_sheet_empty_at_first_is_refused(
    conf: Path, text: str, named: str
) -> None:
    conf.write_text(text, encoding="utf-8")
    assert "sheet" in ladders.ladder("call-blue").rungs[0].channels
    assert f"[{named}]" in ladders.problem()
    assert "voice 或 sheet" in ladders.problem()
    conf.write_text(text.replace('"sms"]', '"sms", "voice"]') + "\n", encoding="utf-8")
    assert ladders.problem() == ""


def test_red_and_moving_now_sound_the_loudspeakers_at_once() -> None:
    for key in ("call-red", "call-live"):
        for one in (ladders.ladder(key), ladders.ladder_at(key, _at("02:00"))):
            assert "loudspeaker" in one.rungs[0].channels, one.key


def test_the_default_ladders_keep_the_limits_of_the_code_table() -> None:
    for level, key in CALLS.items():
        rule, found = codes.table("answering-rules")[level], ladders.ladder(key)
        assert found.answer_within == ladders.Span(rule.whole("answer_min") or 0, "minute"), key
        recall = rule.whole("recall_every_h")
        assert found.recall == (ladders.Span(recall, "hour") if recall else None), key
        again = [rung for rung in found.rungs[1:] if rung.whom == "debtor"]
        assert len(again) >= (rule.whole("redial_times") or 0), key
        back = rule.whole("feedback_min")
        assert back is None or any(
            rung.whom == "duty-above" and rung.after.amount <= back for rung in found.rungs
        ), key
        assert found.confidence == "M?"


def test_at_night_whoever_must_be_woken_is_telephoned_first() -> None:
    for level, key in CALLS.items():
        night = ladders.ladder_at(key, _at("02:00"))
        if codes.table("answering-rules")[level].flag("voice_at_night"):
            assert night.key == f"{key}-night"
            assert night.rungs[0].channels[0] == "voice"
            assert night.answer_within == ladders.ladder(key).answer_within
        else:
            assert night.key == key


def test_a_leaders_ladder_never_turns_to_the_level_above() -> None:
    for key in ("call-lead", "call-lead-night"):
        assert "duty-above" not in {rung.whom for rung in ladders.ladder(key).rungs}


def test_the_spoken_hours_must_be_hours(tmp_path: Path) -> None:
    path = tmp_path / "ladders.toml"
    path.write_text(DAY.replace('"06:30"', '"30:00"'), encoding="utf-8")
    with pytest.raises(Invalid, match="20:00"):
        ladders.read(path)


def test_those_who_come_while_the_files_are_read_wait_for_the_ladders() -> None:
    for _ in range(5):
        shelf = ladders._Shelf()
        together = Barrier(8)

        def look(shelf: ladders._Shelf = shelf, together: Barrier = together) -> bool:
            together.wait()
            return "call-red" in shelf.ladders()

        with ThreadPoolExecutor(max_workers=8) as pool:
            assert all(pool.map(lambda look: look(), [look] * 8))
