"""From the declaration to the series: a run is asked for, computed apart, kept with its proof."""

import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from anlan.base.journal.models import Entry
from anlan.forecast import heavy
from anlan.forecast.adapters import Folder
from anlan.forecast.models import Run, Series, StationOutlook, VillageOutlook
from anlan.forecast.selectors import describing, products, tables, villages
from anlan.forecast.services.asking import Wanted, ask_again, ask_run, stop_run
from anlan.forecast.tests.conftest import (
    CHARLIE,
    COUNTY,
    LEVELS,
    NOW,
    OFFICER,
    TOWNSHIP,
    UPPER,
    VILLAGE,
    Tell,
    Turn,
    World,
    every,
    ms,
    sea,
)
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db


def computed(model: str, **more: object) -> Run:
    """Ask for a run and let it be computed by its own process."""
    run = ask_run(wanted=Wanted(model=model, seed=7, **more), by=OFFICER)  # type: ignore[arg-type]
    assert heavy.drain() >= 1
    return Run.objects.get(pk=run)


def test_a_tide_run_gives_curves_and_levels_with_its_proof(
    world: World, tell: Tell, home: Path
) -> None:
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.level, times, sea(world.point, times, more=0.85))
    run = computed("tide")
    assert (run.state, run.reason) == ("done", "")
    outlook = StationOutlook.objects.get(run=run)
    assert outlook.station == world.tide
    assert outlook.bias == pytest.approx(0.85, abs=0.01)
    assert outlook.levels == LEVELS
    assert outlook.level == 3  # the bias still lifts the next high water over yellow
    first = datetime.fromisoformat(outlook.reached["tide-yellow"])
    assert NOW <= first <= NOW + timedelta(hours=14)
    level = Series.objects.get(run=run, quantity="tide-level")
    tide = Series.objects.get(run=run, quantity="astronomical-tide")
    assert len(level.values) == len(tide.values) == (72 + 6) * 6 + 1
    ahead = 6 * 6  # at the base
    assert level.values[ahead] - tide.values[ahead] == pytest.approx(0.85, abs=0.01)
    assert level.values[-1] - tide.values[-1] == pytest.approx(0.85 * 0.0025, abs=0.002)
    asked = {one["name"]: one for one in run.inputs}
    assert asked["measured"]["state"] == "used"
    assert asked["surge"]["state"] == "missing"
    laid = (home / run.folder / "inputs" / asked["measured"]["file"]).read_bytes()
    assert hashlib.sha256(laid).hexdigest() == asked["measured"]["sha256"]
    assert {one["name"] for one in run.outputs} == {"result.json"}
    assert run.lower_bound  # what the wind will still do is not in it


def test_a_run_says_what_was_missing_and_what_was_done_instead(world: World) -> None:
    run = computed("tide")
    assert "近两小时没有实测潮位，未作偏差订正" in run.notes
    outlook = StationOutlook.objects.get(run=run)
    assert outlook.bias is None
    assert outlook.station == world.tide
    told = describing.one(OFFICER, run.pk, "en")
    assert "No tide level was measured in the last two hours; no bias is taken out" in told["notes"]


def test_a_gauge_that_does_not_follow_its_constants_lifts_nothing(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.level, times, [1.0 + (n % 20) * 0.15 for n in range(len(times))])
    outlook = StationOutlook.objects.get(run=computed("tide"))
    assert outlook.bias is None
    assert outlook.measured > 20
    assert "调和常数或测站零点可能有误" in outlook.why


def test_the_same_inputs_give_the_same_bytes(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.level, times, sea(world.point, times))
    first, second = computed("tide"), computed("tide")
    assert first.outputs == second.outputs


def test_rain_brings_villages_near_to_leaving(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=3), NOW)
    tell(world.fallen, times, [2.0] * len(times))  # 24 mm an hour
    run = computed("basin")
    assert run.state == "done", run.reason
    one = VillageOutlook.objects.get(run=run)
    assert (one.region_id, one.zone) == (UPPER, world.zone.code)
    assert one.nearness == pytest.approx(72 / 90, abs=0.02)
    assert one.stage == "prepare"
    assert one.lower_bound
    flows = Series.objects.filter(run=run, quantity="flow")
    assert {row.code for row in flows} == {"XLY-1", "XLY-2"}
    peak = {row.code: max(value or 0.0 for value in row.values) for row in flows}
    assert peak["XLY-2"] > peak["XLY-1"] > 5


def test_basins_are_listed_by_how_fierce_they_are(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=3), NOW)
    tell(world.fallen, times, [2.0] * len(times))
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20.0, 60.0, 30.0] + [0.0] * 21}
    run = computed("basin", given={"rain-forecast": given})
    told = tables.basins(OFFICER, run.pk, "zh")["items"]
    assert {one["code"] for one in told} == {"XLY-1", "XLY-2"}
    assert told[0]["peak_specific"] >= told[1]["peak_specific"] > 1
    assert NOW < told[0]["peak_at"] < NOW + timedelta(hours=8)
    assert told[0]["rain"] == pytest.approx(110.0, abs=0.5)
    assert {one["downstream"] for one in told} == {"XLY-2", None}
    assert world.basins


def test_rain_forecast_by_others_drives_villages_out(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=3), NOW)
    tell(world.fallen, times, [0.5] * len(times))
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20.0, 60.0, 30.0] + [0.0] * 21}
    run = computed("basin", given={"rain-forecast": given})
    one = VillageOutlook.objects.get(run=run)
    assert one.stage == "move"
    assert one.nearness is not None
    assert one.nearness >= 60 / 50
    assert one.first_at is not None
    assert NOW < one.first_at <= NOW + timedelta(hours=2)
    assert run.level == 1


def test_villages_tell_the_rain_of_one_three_and_six_hours_with_both_thresholds(
    world: World, tell: Tell
) -> None:
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.fallen, times, [0.5] * len(times))  # 6 mm an hour
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20.0, 60.0, 30.0] + [0.0] * 21}
    run = computed("basin", given={"rain-forecast": given})
    (told,) = villages.villages(OFFICER, run.pk, "zh")["items"]
    windows = told["windows"]
    assert [(one["hours"], one["prepare"], one["move"]) for one in windows] == [
        (1, 40, 50), (3, 70, 90), (6, 95, 120),
    ]  # fmt: skip
    assert [one["rain"] for one in windows] == pytest.approx([60.0, 110.0, 128.0], abs=0.2)
    assert [one["nearness"] for one in windows] == pytest.approx(
        [60 / 50, 110 / 90, 128 / 120], abs=0.002
    )
    assert windows[0]["at"] == (NOW + timedelta(hours=2)).isoformat()
    assert told["nearness"] == max(one["nearness"] for one in windows)
    _, body = villages.sheet(OFFICER, run.pk, "zh")
    rows = list(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))
    held = dict(zip(rows[0], rows[2], strict=True))
    assert held["3 小时雨量 mm"] == pytest.approx(110.0, abs=0.2)
    assert (held["1 小时立即转移 mm"], held["6 小时准备转移 mm"]) == (50, 95)


def test_a_village_that_comes_near_has_a_curve_and_one_that_does_not_has_none(
    world: World,
) -> None:
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20.0, 60.0] + [0.0] * 22}
    run = computed("basin", given={"rain-forecast": given})
    (told,) = villages.villages(OFFICER, run.pk, "zh")["items"]
    assert told["curves"] == ["nearness"]
    (curve,) = products.series(OFFICER, run.pk, of="village", code=UPPER)["series"]
    assert max(one for one in curve["values"] if one is not None) == pytest.approx(
        told["nearness"], abs=0.001
    )
    highest = curve["values"].index(max(one or 0.0 for one in curve["values"]))
    assert curve["start"] + timedelta(seconds=curve["step_s"] * highest) == NOW + timedelta(hours=2)
    dry = computed("basin")
    (told,) = villages.villages(OFFICER, dry.pk, "zh", all_=True)["items"]
    assert told["curves"] == []
    with pytest.raises(Missing):
        products.series(OFFICER, dry.pk, of="village", code=UPPER)
    assert world.zone.pk


def test_a_wrong_rain_forecast_fails_the_run_with_a_sentence(world: World) -> None:
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [-9999.0]}
    run = computed("basin", given={"rain-forecast": given})
    assert run.state == "failed"
    assert "雨量预报里有小于 0" in run.reason
    assert not VillageOutlook.objects.filter(run=run).exists()
    assert world.zone.pk


def test_a_run_without_what_it_needs_fails_and_can_be_asked_again(world: World) -> None:
    type(world.point).objects.update(mean=None)
    run = computed("tide")
    assert (run.state, run.reason) == ("failed", "没有输入「潮位预报站和调和常数」，不能计算")
    type(world.point).objects.update(mean=0.2)
    ask_again(run=run.pk, by=OFFICER)
    heavy.drain()
    assert Run.objects.get(pk=run.pk).state == "done"


def test_a_hindcast_sees_nothing_newer_than_its_base(world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=12), NOW)
    tell(world.level, times, sea(world.point, times))
    based = NOW - timedelta(hours=4)
    run = computed("tide", based_at=based)
    newest = {one["name"]: one for one in run.inputs}["measured"]["newest"]
    assert newest == ms(based)


def test_a_stopped_run_is_not_computed(world: World) -> None:
    run = ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    stop_run(run=run, by=OFFICER)
    assert heavy.drain() == 0
    assert Run.objects.get(pk=run).state == "stopped"
    with pytest.raises(Conflict, match="已经结束"):
        stop_run(run=run, by=OFFICER)
    assert world.point.pk


def test_every_deed_is_in_the_journal(world: World) -> None:
    run = computed("tide")
    deeds = Entry.objects.filter(subject_kind="forecast", subject=run.pk).order_by("id")
    assert list(deeds.values_list("deed", "by")) == [
        ("forecasts.started", OFFICER.ref), ("forecasts.computed", "system:forecast"),
    ]  # fmt: skip
    assert world.point.pk


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"model": "nothing"}, Missing),
        ({"model": "tide", "given": {"strange": 1}}, Invalid),
        ({"model": "tide", "settings": {"strange": 1}}, Invalid),
        ({"model": "tide", "settings": {"memory_h": "long"}}, Invalid),
        ({"model": "tide", "based_at": NOW + timedelta(minutes=1)}, Invalid),
        ({"model": "tide", "based_at": NOW.replace(tzinfo=None)}, Invalid),
        ({"model": "tide", "ahead": timedelta(days=60)}, Invalid),
        ({"model": "tide", "region": "990000000000"}, Missing),
    ],
)
def test_what_cannot_be_computed_is_refused_at_once(
    world: World, more: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask_run(wanted=Wanted(**more), by=OFFICER)  # type: ignore[arg-type]
    assert not Run.objects.exists()
    assert world.point.pk


def test_only_who_may_run_models_asks_for_a_run(world: World) -> None:
    for somebody in (VILLAGE, TOWNSHIP, CHARLIE):
        with pytest.raises(Forbidden):
            ask_run(wanted=Wanted(model="tide", region=COUNTY), by=somebody)
    assert world.point.pk


def test_an_unsigned_run_is_seen_by_who_works_with_it_and_nobody_else(world: World) -> None:
    run = computed("tide")
    told = products.stations(OFFICER, run.pk, "zh")
    assert told["stamp"]["text"].startswith("内部研判参考")
    assert [one["code"] for one in told["items"]] == [world.tide.code]
    for somebody in (VILLAGE, TOWNSHIP, CHARLIE):
        with pytest.raises(Missing):
            products.stations(somebody, run.pk, "zh")
        assert describing.page(somebody, describing.Query(), "zh")["items"] == []


def test_a_result_that_speaks_of_strange_places_keeps_ours(
    world: World, home: Path, turn: Turn
) -> None:
    from anlan.forecast.services import computing, feeding, finishing

    run = ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    taken = computing.take_run(holder="h")
    assert taken is not None
    feeding.feed_run(taken)
    folder = Folder(home / taken.folder)
    village = {"region": "339902999999", "stage": "move"}
    mine = {"region": UPPER, "stage": None, "why": "不知道"}
    folder.put("outputs/result.json", json.dumps({"villages": [village, mine]}).encode())
    finishing.finish_run(run=taken, folder=folder)
    done = Run.objects.get(pk=run)
    assert done.state == "done"
    assert done.level is None
    assert "结果里有 1 个不在本地台账的地点，未采用：339902999999" in done.notes
    kept = VillageOutlook.objects.get(run=done)
    assert (kept.region_id, kept.stage, kept.nearness) == (UPPER, "", None)
    assert turn.at == NOW
    assert world.point.pk
