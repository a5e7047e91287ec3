import json
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.base.obligations import ladders, selectors, services
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.obligations.tests.conftest import START, County, Turn
from anlan.base.outbox.models import Event
from anlan.kernel import workspace
from anlan.kernel.errors import Invalid, Missing


def _taken(obligation: str) -> list[tuple[str, str | None]]:
    rungs = Rung.objects.filter(obligation=obligation).order_by("id")
    return [(rung.whom, rung.post_id) for rung in rungs]


def test_an_unanswered_obligation_climbs_the_whole_ladder(county: County, turn: Turn) -> None:
    owed = county.owe(ladder="urgent-notice")
    posts = county.posts
    expected: list[tuple[str, str | None]] = []
    for minutes, whom, post in (
        (0, "debtor", "head"),
        (5, "debtor", "head"),
        (10, "deputy", "head"),
        (15, "stationed", "stationed"),
        (20, "duty-above", "officer"),
        (30, "door", None),
        (40, "neighbour", "neighbour-head"),
    ):
        turn.at = START + timedelta(minutes=minutes)
        assert services.climb_due() == 1
        expected.append((whom, posts[post] if post else None))
        assert _taken(owed) == expected
        assert services.climb_due() == 0
    turn.forward(days=1)
    assert services.climb_due() == 0
    assert Obligation.objects.get(pk=owed).climb_at is None


def test_answering_stops_the_climb(county: County, turn: Turn) -> None:
    owed = county.owe()
    services.climb_due()
    services.answer(obligation=owed, by=county.actors["head"])
    turn.forward(hours=3)
    assert services.climb_due() == 0
    assert len(_taken(owed)) == 1


def test_who_was_turned_to_sees_it_among_theirs_and_may_answer(county: County, turn: Turn) -> None:
    owed = county.owe(ladder="urgent-notice")
    stationed = county.actors["stationed"]
    assert selectors.open_count(stationed)["open"] == 0
    for minutes in (0, 5, 10, 15):
        turn.at = START + timedelta(minutes=minutes)
        services.climb_due()
    assert selectors.open_count(stationed)["open"] == 1
    # That they look at it brings it to nobody who owes it.
    assert services.reach(obligations=[owed], by=stationed) == 0
    services.answer(obligation=owed, by=stationed)
    assert Obligation.objects.get(pk=owed).state == "closed"


def test_a_worker_that_slept_takes_one_rung_at_a_time(county: County, turn: Turn) -> None:
    owed = county.owe(ladder="urgent-notice")
    turn.forward(hours=1)
    for taken in range(1, 8):
        assert services.climb_due(batches=1) == 1
        assert len(_taken(owed)) == taken


def test_a_rung_that_finds_nobody_is_a_visible_gap(county: County, turn: Turn) -> None:
    owed = services.owe(
        debt=services.Debt(
            kind="notice", title="开会", debtor=county.posts["leader"], region="339901000000",
            ladder="urgent-notice",
        ),
        by=county.actors["system"],
    )  # fmt: skip
    for minutes in (0, 5, 10):
        turn.at = START + timedelta(minutes=minutes)
        services.climb_due()
    assert _taken(owed)[-1] == ("deputy", None)
    seen = selectors.one(county.actors["leader"], owed)
    assert [rung["gap"] for rung in seen["rungs"]] == [False, False, True]


def test_a_passed_deadline_is_marked_once_and_stays_known(county: County, turn: Turn) -> None:
    owed = county.owe()
    turn.forward(hours=2)
    assert services.lapse_due() == 1
    assert services.lapse_due() == 0
    services.answer(obligation=owed, by=county.actors["head"])
    assert Obligation.objects.get(pk=owed).lapsed_at == turn.at
    assert Event.objects.filter(kind="obligations.ObligationsLapsed").count() == 1


def test_a_batch_of_many_climbs_in_one_event(county: County) -> None:
    for _ in range(20):
        county.owe(case="C")
    assert services.climb_due() == 20
    assert Event.objects.filter(kind="obligations.RungsReached").count() == 1
    assert Rung.objects.count() == 20


LADDER = """
[notice]
title = "通知"
until = "answered"
rungs = [{ after = "1min", whom = "debtor", channels = ["voice"] }]
"""


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    monkeypatch.setattr(ladders, "_shelf", ladders._Shelf())
    (tmp_path / "conf").mkdir()
    return tmp_path / "conf" / "ladders.toml"


def test_the_operators_ladder_takes_effect_without_a_restart(conf: Path) -> None:
    assert len(ladders.ladder("notice").rungs) == 4
    conf.write_text(LADDER, encoding="utf-8")
    assert len(ladders.ladder("notice").rungs) == 1
    assert ladders.problem() == ""
    assert ladders.ladder("urgent-notice").rungs  # what the file leaves out keeps its default


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (LADDER.replace("debtor", "mayor"), "mayor"),
        (LADDER.replace("voice", "pigeon"), "pigeon"),
        (LADDER.replace("1min", "soon"), "soon"),
        (LADDER.replace("answered", "never"), "until"),
        (LADDER.replace("title", "titel"), "title"),
        ("[notice", "ladders.toml"),
    ],
)
def test_a_wrong_ladder_is_refused_with_its_reason_and_the_last_good_one_stays(
    conf: Path, wrong: str, told: str
) -> None:
    conf.write_text(LADDER, encoding="utf-8")
    assert len(ladders.ladder("notice").rungs) == 1
    conf.write_text(wrong + "\n", encoding="utf-8")
    assert len(ladders.ladder("notice").rungs) == 1
    assert told in ladders.problem()


def test_rungs_out_of_order_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ladders.toml"
    rung = '{{after="{}", whom="debtor", channels=["app"]}}'
    rungs = f"[{rung.format('1h')}, {rung.format('5min')}]"
    path.write_text(f'[x]\ntitle="x"\nuntil="answered"\nrungs={rungs}\n', encoding="utf-8")
    with pytest.raises(Invalid, match="从早到晚"):
        ladders.read(path)


def test_an_unknown_ladder_is_missing() -> None:
    with pytest.raises(Missing):
        ladders.ladder("none")


def test_working_days_skip_the_weekend() -> None:
    five = ladders.Span.read("5wd").after(START)  # from a Monday
    assert (five - START).days >= 6


def test_debts_that_start_at_once_have_turned_to_somebody_before_any_climb(
    county: County, turn: Turn
) -> None:
    debts = [
        services.Debt(
            kind="notice", title="转移", debtor=county.posts[short], region="339901000000",
            case="C", ladder="urgent-notice", once=f"C:{short}",
        )
        for short in ("head", "officer")
    ]  # fmt: skip
    owed = services.owe_many(debts=debts, by=county.actors["system"], start=True)
    for one, short in zip(owed, ("head", "officer"), strict=True):
        assert _taken(one) == [("debtor", county.posts[short])]
    event = Event.objects.get(kind="obligations.RungsReached")
    assert json.loads(event.body) | {"case": ""} == {
        "case": "", "obligations": owed, "rungs": [1, 1], "rounds": [],
    }  # fmt: skip
    assert services.climb_due() == 0
    assert services.owe_many(debts=debts, by=county.actors["system"], start=True) == owed
    assert Event.objects.filter(kind="obligations.RungsReached").count() == 1
    turn.at = START + timedelta(minutes=5)
    assert services.climb_due() == 2
    assert Rung.objects.filter(number=2).count() == 2


def test_a_ladder_that_begins_later_is_not_started_early(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    monkeypatch.setattr(ladders, "_shelf", ladders._Shelf())
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "ladders.toml").write_text(LADDER, encoding="utf-8")
    debt = services.Debt(
        kind="notice", title="开会", debtor=county.posts["head"], region="339901000000"
    )
    (owed,) = services.owe_many(debts=[debt], by=county.actors["system"], start=True)
    assert _taken(owed) == []
