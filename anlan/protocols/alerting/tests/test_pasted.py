"""Texts that officers paste, and what is recognised in them."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.protocols.alerting.message import PASTED, Unreadable
from anlan.protocols.alerting.pasted import Confidence, Recognised, recognise
from anlan.protocols.alerting.pasted.dates import moment, numeral
from anlan.protocols.alerting.times import BEIJING

NOW = datetime(2026, 8, 12, 15, 30, tzinfo=BEIJING)
TEXTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("pasted-texts.toml").read_text(encoding="utf-8")
)["text"]
USUAL = TEXTS[0]["pasted"]

each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text["title"])
each_warning = pytest.mark.parametrize(
    "text", [one for one in TEXTS if one["warnings"]], ids=lambda text: text["title"]
)


def told(found: Recognised, name: str) -> str:
    field = found.field(name)
    if field is None:
        return "-"
    value = field.value
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def lines_of(pasted: str) -> list[str]:
    names = ("station", "sent", "event", "level", "turn")
    return [" | ".join(told(one, name) for name in names) for one in recognise(pasted, NOW)]


def test_there_are_enough_texts() -> None:
    assert len(TEXTS) >= 60
    assert len([one for one in TEXTS if not one["warnings"]]) >= 10


@each_text
def test_every_warning_of_a_text_is_recognised_and_nothing_else(text: dict[str, Any]) -> None:
    assert lines_of(text["pasted"]) == text["warnings"]


@each_warning
def test_what_else_the_text_says_is_recognised(text: dict[str, Any]) -> None:
    found = recognise(text["pasted"], NOW)[0]
    assert found.message.status == text.get("status", "actual")
    assert told(found, "earlier_level") == str(text.get("earlier", "-"))
    assert told(found, "earlier_sent") == text.get("earlier_sent", "-")
    regions = [one.value for one in found.all("region") if one.confidence != Confidence.LIKELY]
    assert set(text.get("regions", ())) <= set(regions)
    expires = found.message.infos[0].expires
    assert (f"{expires:%Y-%m-%d %H:%M}" if expires else None) == text.get("expires")


@each_warning
def test_every_field_says_where_it_was_read(text: dict[str, Any]) -> None:
    pasted = text["pasted"]
    for found in recognise(pasted, NOW):
        assert 0 <= found.start < found.end <= len(pasted)
        for field in found.fields:
            assert 0 <= field.start <= field.end <= len(pasted)
            piece = "".join(c for c in pasted[field.start : field.end] if c not in "\u200b\ufeff")
            if field.field in ("station", "event", "region"):
                assert piece == field.value
            elif field.field in ("sent", "expires", "level"):
                assert piece


@each_warning
def test_the_text_of_the_message_stands_in_what_was_pasted(text: dict[str, Any]) -> None:
    for found in recognise(text["pasted"], NOW):
        (info,) = found.message.infos
        assert info.description in text["pasted"]
        assert info.headline
        assert text["pasted"][found.start : found.end].strip() == info.description


def test_the_usual_signal_is_sure_and_complete() -> None:
    (found,) = recognise(USUAL, NOW)
    message = found.message
    assert (found.confidence, found.missing) == (Confidence.SURE, ())
    assert (message.form, message.action, message.sender) == (PASTED, "alert", "云屿县气象台")
    (info,) = message.infos
    assert (info.event_code, info.level, info.severity) == ("11B03", 1, "Extreme")
    assert info.headline == "云屿县气象台2026年8月12日15时20分发布暴雨红色预警信号"
    assert info.description == USUAL
    assert info.areas[0].description == "白沙乡、东港街道"


def test_what_the_text_does_not_say_is_missing_and_doubtful() -> None:
    (found,) = recognise("发布暴雨橙色预警信号", NOW)
    assert found.missing == ("station", "sent")
    assert found.confidence == Confidence.DOUBTFUL
    assert found.message.sent == NOW


def test_an_inferred_year_is_only_likely() -> None:
    (found,) = recognise(USUAL.replace("2026年", ""), NOW)
    sent = found.field("sent")
    assert sent
    assert (sent.value, sent.confidence) == (NOW - timedelta(minutes=10), Confidence.LIKELY)


def test_names_that_are_known_are_sure_even_without_an_ending() -> None:
    known = ["白沙", "东港街道", "石门"]
    (found,) = recognise(USUAL.replace("白沙乡", "白沙"), NOW, known_places=known)
    assert [(one.value, one.confidence) for one in found.all("region")] == [
        ("白沙", Confidence.SURE),
        ("东港街道", Confidence.SURE),
    ]


def test_the_same_words_always_have_the_same_identifier() -> None:
    first, again = (recognise(USUAL, NOW + timedelta(hours=n))[0].message for n in (0, 5))
    other = recognise(USUAL.replace("红色", "橙色"), NOW)[0].message
    assert first.identifier == again.identifier != other.identifier


def test_a_period_of_the_forecast_is_offered_and_not_taken_for_the_expiry() -> None:
    (found,) = recognise(USUAL.replace("未来3小时", "12日18时至13日8时"), NOW)
    expires = found.field("expires")
    assert expires
    assert expires.confidence == Confidence.DOUBTFUL
    assert f"{expires.value:%d %H:%M}" == "13 08:00"
    assert found.message.infos[0].expires is None


@pytest.mark.parametrize(
    "text", ["红色预警升级为橙色", "发布暴雨红色预警，橙色预警", "将预警由黄色升级为红色预警信号"]
)
def test_a_level_of_nothing_is_no_warning_of_its_own(text: str) -> None:
    assert all(found.message.infos[0].event for found in recognise(text, NOW))


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(Unreadable, match="20000"):
        recognise("暴" * 20_001, NOW)


def test_what_is_told_of_a_warning_is_doubtful() -> None:
    (found,) = recognise("自8月12日12时20分发布暴雨红色预警以来，全县已转移3200人。", NOW)
    action = found.field("action")
    assert action
    assert action.confidence == Confidence.DOUBTFUL


@pytest.mark.parametrize(
    "text", ["发布暴雨红色预警", "发布暴雨红色预警，", "暴雨红色预警，", "暴雨红色预警：\n"]
)
def test_a_text_full_of_warnings_gives_a_bounded_number(text: str) -> None:
    crowded = "".join(text.replace("红", "红橙黄蓝"[place % 4]) for place in range(1500))
    assert len(recognise(crowded, NOW)) <= 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2月29日8时", None),  # in none of the years around
        ("8月12日24时", "2026-08-13 00:00"),
        ("12月31日23时", "2025-12-31 23:00"),
        ("1月1日0时", "2026-01-01 00:00"),
        ("31日8时", "2026-07-31 08:00"),
        ("13日8时", "2026-08-13 08:00"),
        ("15日8时", "2026-07-15 08:00"),
        ("12日17时", "2026-08-12 17:00"),
        ("8月12日25时", None),
        ("13月1日8时", None),
        ("中午1点", "2026-08-12 13:00"),
        ("今晚9点", "2026-08-12 21:00"),
    ],
)
def test_dates_without_a_year_are_the_latest_that_can_be_meant(
    text: str, expected: str | None
) -> None:
    found = moment(text, NOW)
    assert (f"{found.at:%Y-%m-%d %H:%M}" if found else None) == expected


def test_numbers_are_read_in_figures_and_in_chinese() -> None:
    words = {"十": 10, "十五": 15, "二十": 20, "二十三": 23, "〇": 0, "07": 7, "二〇二六": 2026}
    assert {word: numeral(word) for word in words} == words


PIECES = st.sampled_from(
    (
        *("云屿县气象台", "2026年8月12日15时20分", "8月12日", "发布", "解除", "将", "升级为", "的"),
        *("暴雨", "雷电", "红色", "橙色", "预警信号", "预警", "：", "，", "。", "\n", "、", "Ⅲ级"),
        *("（", "）", "白沙乡", "有效期至", "12日8时", "未来3小时", "【", "】", "99时99分", "十日"),
    )
)


@settings(deadline=None, max_examples=500)
@given(st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_no_text_breaks_the_recognition(text: str) -> None:
    for found in recognise(text, NOW):
        assert found.message.sent.tzinfo is not None
        assert text[found.start : found.end].strip()
        assert found.message.infos[0].level in (None, 1, 2, 3, 4)
