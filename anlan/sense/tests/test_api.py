"""Monitoring over HTTP, with values in a real store."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions import scope
from anlan.engines.series import RATE, SPIKE, STUCK, Columns
from anlan.kernel import clock, workspace
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm
from anlan.sense.services import alarms, rules
from anlan.sense.store import open_store
from anlan.sense.store.latest import LatestWriter
from anlan.sense.tests.conftest import BY, COUNTY, NEIGHBOUR, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

MINUTE = 60_000
SPEC = {
    "title": "水位", "kind": "level", "quantity": "water-level", "hazard": "flood",
    "conditions": [{"level": 3, "limit": {"level": "warning"}}],
}  # fmt: skip


def client(role: str, region: str = COUNTY) -> Client:
    user = User.objects.create(username=f"{role}-{region}", name=role, region=region)
    Grant.objects.create(
        user=user, role=role, prefix=scope.prefix(region), by=BY.ref, at=clock.now()
    )
    text, _ = create_token(user=user, name="t", by=BY)
    return Client(headers={"authorization": f"Bearer {text}"})


def get(asker: Client, path: str, **query: Any) -> Any:
    told = asker.get(f"/api/v1{path}", query)
    assert told.status_code == 200, (path, told.content)
    return told.json()


def post(asker: Client, path: str, body: Any = None, expect: int = 200) -> Any:
    told = asker.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")
    assert told.status_code == expect, (path, told.status_code, told.content)
    return told.json() if told.content else None


@pytest.fixture
def values(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Two hours of the river, a value a minute, over its warning stage in the end; one spike.

    Gives the time of the last, in milliseconds.
    """
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    last = int(clock.now().timestamp() * 1000) // MINUTE * MINUTE
    time = last - np.arange(120)[::-1] * MINUTE
    value = np.linspace(11.0, 12.5, 120)
    flags = np.zeros(120, np.uint16)
    value[60], flags[60] = 99.0, SPIKE
    columns = Columns(np.full(120, world.level.number, np.int32), time, value, flags)
    store = open_store(tmp_path)
    store.append(columns, last)
    writer = LatestWriter(tmp_path, store.heads())
    store.close()
    yield last
    writer.close()


@pytest.mark.usefixtures("values")
def test_the_latest_list_puts_first_what_is_nearest_to_its_level() -> None:
    told = get(client("duty-officer"), "/sense/latest")
    first, *rest = told["items"]
    assert (first["code"], first["value"], first["standing"]) == ("RIVER-1.level", 12.5, "normal")
    assert first["nearest"] == {
        "kind": "warning", "label": "警戒水位", "label_en": "Warning stage", "value": 12.3,
        "distance": -0.2, "share": None,
    }  # fmt: skip
    assert [(one["value"], one["time"], one["standing"]) for one in rest] == [
        (None, None, "none")
    ] * 2
    assert told["as_of"]


@pytest.mark.usefixtures("values")
def test_nobody_sees_values_of_the_next_county(world: World) -> None:
    charlie = client("section", NEIGHBOUR)
    assert get(charlie, "/sense/latest")["items"] == []
    assert get(charlie, "/sense/stations")["items"] == []
    assert get(charlie, "/sense/quality")["total"]["streams"] == 0
    for path in ("streams/RIVER-1.level", "streams/RIVER-1.level/observations",
                 f"stations/{world.river.pk}"):  # fmt: skip
        assert charlie.get(f"/api/v1/sense/{path}").status_code == 404


def test_values_come_one_by_one_and_in_buckets(values: int) -> None:
    asker = client("duty-officer")
    path = "/sense/streams/RIVER-1.level/observations"
    told = get(asker, path)
    assert (len(told["items"]), told["unit"], told["every"]) == (120, "m", None)
    assert set(told["items"][0]) == {"time", "value", "flags"}
    assert told["items"][0]["time"].endswith("Z")
    assert told["items"][60]["flags"] == SPIKE
    columns = get(asker, path, columns="true")["columns"]
    assert columns["time"][-1] == values
    hourly = get(asker, path, every="1h")
    assert sum(one["n"] for one in hourly["items"]) == 119
    assert max(one["max"] for one in hourly["items"]) == 12.5
    first = (clock.now() - timedelta(minutes=10)).isoformat()
    assert len(get(asker, path, **{"from": first})["items"]) in (10, 11)


@pytest.mark.parametrize(
    "query",
    [
        {"every": "1y"}, {"every": "-5"}, {"from": "2026-01-02T00:00:00"}, {"from": "yesterday"},
        {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "1990-01-01T00:00:00Z", "every": "1s"},
    ],
)  # fmt: skip
def test_a_period_that_makes_no_sense_is_refused(query: dict[str, str]) -> None:
    told = client("duty-officer").get("/api/v1/sense/streams/RIVER-1.level/observations", query)
    assert told.status_code == 422


@pytest.mark.usefixtures("values")
def test_the_map_shows_what_each_station_is_doing() -> None:
    items = {one["code"]: one for one in get(client("duty-officer"), "/sense/stations")["items"]}
    river, plant = items["RIVER-1"], items["PLANT-1"]
    assert (river["standing"], river["last"]["value"], river["last"]["unit"]) == (
        "normal", 12.5, "m",
    )  # fmt: skip
    assert (plant["standing"], plant["last"]) == ("none", None)


@pytest.mark.usefixtures("values")
def test_the_station_page_shows_streams_levels_and_whom_to_call(world: World) -> None:
    told = get(client("duty-officer"), f"/sense/stations/{world.river.pk}")
    assert (told["keeper"], told["gateway"]["name"]) == ("测站看护", "水利网关")
    (stream,) = told["streams"]
    assert [one["kind"] for one in stream["levels"]] == ["warning", "guarantee"]
    assert stream["last"]["value"] == 12.5
    assert told["may"] == {"maintain": True, "edit": True}


@pytest.mark.usefixtures("values")
def test_the_quality_board_counts_who_delivers() -> None:
    told = get(client("duty-officer"), "/sense/quality")
    assert told["total"] == {"key": "", "name": "", "streams": 3, "online": 1, "rate": 0.3333}
    assert {one["name"]: one["rate"] for one in told["regions"]} == {"云岭乡": 1.0, "海门镇": 0.0}
    assert [len(one["streams"]) for one in told["silent"]] == [2]
    assert told["doubted"] == []


def test_a_gauge_nobody_believes_is_named_on_the_board(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    now = int(clock.now().timestamp() * 1000)
    writer = LatestWriter(tmp_path)
    numbers = [world.level.number, world.gas[0].number]
    writer.put(Columns.of(numbers, [now] * 2, [12.4, 1.2], [STUCK | RATE, RATE]), now)
    (one,) = get(client("duty-officer"), "/sense/quality")["doubted"]
    writer.close()
    assert (one["code"], one["value"], one["unit"]) == ("RIVER-1.level", 12.4, "m")
    assert [flag["label"] for flag in one["flags"]] == ["不变化"]
    assert get(client("section", NEIGHBOUR), "/sense/quality")["doubted"] == []


def raise_one(world: World) -> Alarm:
    binding = Binding(
        watch="3:1", matter=f"river-stage:{world.river.pk}", rule=world.rule.pk, version=1,
        hazard="flood", level=3, limit=12.3, unit="m", decimals=2, says="水位达到警戒水位",
        again_s=600, station=world.river.pk, stream=world.level.pk,
    )  # fmt: skip
    at = int(clock.now().timestamp() * 1000)
    alarms.raise_alarms(changes=[Change(binding, True, at, 12.5)], by=BY)
    return Alarm.objects.latest("id")


def test_an_alarm_goes_from_the_list_to_its_close(world: World) -> None:
    asker, alarm = client("duty-officer"), raise_one(world)
    told = get(asker, "/alarms")
    (item,) = told["items"]
    assert (item["id"], item["state_label"], item["hazard_label"]) == (alarm.pk, "待确认", "洪水")
    assert item["debtor"]["post"] == "测站看护"
    assert item["verbs"] == ["acknowledge", "classify", "shelve"]
    assert told["counts"] == {
        "raised": 1, "acknowledged": 0, "cleared": 0, "shelved": 0, "by_level": {"3": 1},
    }  # fmt: skip
    assert get(asker, "/alarms/count")["raised"] == 1
    became = {"done": 1, "unchanged": 0, "refused": 0, "outcomes": [
        {"id": alarm.pk, "outcome": "done", "code": "", "reason": ""}
    ]}  # fmt: skip
    assert post(asker, "/alarms/acknowledge", {"ids": [alarm.pk]}) == became
    shelf = {"until": (clock.now() + timedelta(hours=1)).isoformat(), "reason": "换探头"}
    assert post(asker, f"/alarms/{alarm.pk}/shelve", shelf)["shelved_until"]
    assert get(asker, "/alarms", shelved="false")["items"] == []
    post(asker, f"/alarms/{alarm.pk}/unshelve")
    post(asker, f"/alarms/{alarm.pk}/close", expect=409)
    alarms.reconcile_alarms(standing=[], by=BY)
    told = post(asker, f"/alarms/{alarm.pk}/classify", {"cause": "false", "note": "水草"})
    assert (told["cause_label"], told["cause_by_name"]) == ("误报", "duty-officer")
    assert post(asker, "/alarms/close", {"ids": [alarm.pk]}) == became
    assert get(asker, "/alarms")["items"] == []
    done = get(asker, f"/alarms/{alarm.pk}")
    assert done["state"] == "closed"
    assert [step["deed"].partition(".")[2] for step in done["steps"]] == [
        "closed", "classified", "cleared", "unshelved", "shelved", "acknowledged", "raised",
    ]  # fmt: skip
    assert done["shelvings"][0]["reason"] == "换探头"


def test_one_deed_on_many_alarms_tells_what_became_of_each(world: World) -> None:
    asker, alarm = client("duty-officer"), raise_one(world)
    said = {"ids": [alarm.pk, "0" * 26], "cause": "repair", "note": "标定"}
    told = post(asker, "/alarms/classify", said)
    assert (told["done"], told["unchanged"], told["refused"]) == (1, 0, 1)
    assert told["outcomes"] == [
        {"id": alarm.pk, "outcome": "done", "code": "", "reason": ""},
        {"id": "0" * 26, "outcome": "refused", "code": "missing", "reason": "没有这个报警"},
    ]
    shelf = {"until": (clock.now() + timedelta(hours=1)).isoformat(), "reason": "换探头"}
    assert post(asker, "/alarms/shelve", {"ids": [alarm.pk], **shelf})["done"] == 1
    assert post(asker, "/alarms/unshelve", {"ids": [alarm.pk]})["done"] == 1
    post(asker, "/alarms/unshelve", {"ids": [alarm.pk]}, expect=409)
    post(asker, "/alarms/shelve", {"ids": [alarm.pk], **shelf, "reason": " "}, expect=422)
    post(asker, "/alarms/classify", {"ids": [alarm.pk], "cause": "none-such"}, expect=422)
    post(asker, "/alarms/acknowledge", {"ids": []}, expect=422)
    post(asker, "/alarms/acknowledge", {"ids": ["0" * 26]}, expect=404)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 1), ({"state": "standing"}, 1), ({"state": "waiting"}, 0), ({"state": "all"}, 1),
        ({"state": "closed"}, 0), ({"level": "3,2"}, 1), ({"level": "0"}, 0),
        ({"hazard": "flood"}, 1), ({"hazard": "gale"}, 0), ({"q": "警戒"}, 1), ({"q": "氯气"}, 0),
        ({"stream": "RIVER-1.level"}, 1), ({"region": "339901101000"}, 1),
        ({"region": "339901102000"}, 0), ({"since": "2126-01-01T00:00:00Z"}, 0),
    ],
)  # fmt: skip
def test_the_list_of_alarms_can_be_narrowed(
    world: World, query: dict[str, str], found: int
) -> None:
    raise_one(world)
    told = get(client("duty-officer"), "/alarms", **query)
    assert (len(told["items"]), told["total"]) == (found, found)


def test_precision_is_measured_from_what_people_said(world: World) -> None:
    asker = client("section")
    for number in range(6):
        Alarm.objects.filter(cleared_at=None).update(cleared_at=clock.now() - timedelta(days=1))
        alarm = raise_one(world)
        Alarm.objects.filter(pk=alarm.pk).update(value=12.4 + number / 10)
        cause = "real" if number >= 3 else "false" if number else "repair"
        alarms.classify_alarms(alarms=[alarm.pk], cause=cause, by=BY)
    (told,) = get(asker, "/sense/precision")["items"]
    assert (told["raised"], told["real"], told["false"], told["maintenance"]) == (6, 3, 2, 1)
    assert told["precision"] == 0.6
    best = told["alternatives"][-1]
    assert (best["dropped_false"], best["kept_real"]) == (2, 3)
    assert best["says_en"].startswith("Limit stricter by ")
    assert get(asker, "/sense/precision", by="stream")["items"][0]["sensor"]["code"]
    days = get(asker, "/alarms/days", days=7)["items"]
    assert (len(days), days[-1]["raised"]) == (7, 6)


@pytest.mark.usefixtures("values")
def test_how_far_an_alarm_went_is_looked_up_when_it_is_over(world: World) -> None:
    alarm = raise_one(world)
    Alarm.objects.filter(pk=alarm.pk).update(
        raised_at=clock.now() - timedelta(minutes=15), value=12.31
    )
    assert alarms.note_peaks() == 0
    alarms.reconcile_alarms(standing=[], by=BY)
    assert alarms.note_peaks() == 1
    assert Alarm.objects.get().peak == 12.5
    assert alarms.note_peaks() == 0


@pytest.mark.usefixtures("values")
def test_a_rule_is_written_said_tried_and_switched_on() -> None:
    asker = client("section")
    draft = {"spec": SPEC, "region": COUNTY}
    said = post(asker, "/sense/rules/sentence", draft)
    assert said["sentence"] == "云屿县内的测站，河道水位达到警戒水位报黄色。"
    assert (said["streams"], said["stations"], said["errors"]) == (1, 1, {})
    wrong = post(asker, "/sense/rules/sentence", {**draft, "spec": {**SPEC, "quantity": ""}})
    assert "quantity" in wrong["errors"]
    period = {
        "from": (clock.now() - timedelta(days=1)).isoformat(), "to": clock.now().isoformat()
    }  # fmt: skip
    tried = post(asker, "/sense/rules/backtest", {**draft, **period})
    assert (tried["values"], tried["fires_total"], tried["streams"]) == (120, 1, 1)
    (fire,) = tried["fires"]
    assert (fire["level"], fire["limit"], fire["stream"], fire["end"]) == (
        3, 12.3, "RIVER-1.level", None,
    )  # fmt: skip
    assert sum(day["raised"] for day in tried["days"]) == 1
    made = post(asker, "/sense/rules", {**draft, "code": "stage"}, expect=201)
    assert (made["version"], made["active"]) == (1, None)
    on = post(asker, f"/sense/rules/{made['id']}/enable", {"number": 1})
    assert (on["active"], on["enabled_by_name"]) == (1, "section")
    body = json.dumps({"spec": {**SPEC, "title": "新"}, "version": 1})
    edited = asker.patch(
        f"/api/v1/sense/rules/{made['id']}", body, content_type="application/json"
    ).json()
    assert (edited["version"], edited["active"], len(edited["versions"])) == (2, 1, 2)
    assert [one["code"] for one in get(asker, "/sense/rules")["items"]] == ["river-stage", "stage"]
    off = post(asker, f"/sense/rules/{made['id']}/disable", {"reason": "试完"})
    assert off["active"] is None


@pytest.mark.usefixtures("values")
@pytest.mark.usefixtures("values")
def test_a_back_test_that_finds_nothing_tells_who_came_nearest() -> None:
    asker = client("section")
    spec = {**SPEC, "conditions": [
        {"level": 3, "limit": {"number": 13.0}}, {"level": 2, "limit": {"number": 14.0}},
    ]}  # fmt: skip
    period = {
        "from": (clock.now() - timedelta(days=1)).isoformat(), "to": clock.now().isoformat()
    }  # fmt: skip
    told = post(asker, "/sense/rules/backtest", {"spec": spec, "region": COUNTY, **period})
    assert told["fires"] == []
    (near,) = told["nearest"]
    # The spike that nobody believes came nearer still.
    assert (near["stream"], near["value"], near["limit"], near["level"]) == (
        "RIVER-1.level", 12.5, 13.0, 3,
    )  # fmt: skip
    assert near["left"] == pytest.approx(0.5)
    assert [one["code"] for one in told["watched"]] == ["RIVER-1.level"]
    falling = {**spec, "op": "<=", "conditions": [{"level": 3, "limit": {"number": 1.0}}]}
    told = post(asker, "/sense/rules/backtest", {"spec": falling, "region": COUNTY, **period})
    assert told["nearest"][0]["left"] > 0


def test_a_back_test_of_too_much_is_refused() -> None:
    body = {
        "spec": SPEC, "region": COUNTY, "from": "2020-01-01T00:00:00Z",
        "to": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    post(client("section"), "/sense/rules/backtest", body, expect=422)


def test_what_is_wrong_with_a_rule_is_said_in_the_language_of_the_asker() -> None:
    asker = client("section")
    draft = {"spec": {**SPEC, "conditions": []}, "region": COUNTY}
    assert post(asker, "/sense/rules/sentence", draft)["errors"] == {
        "conditions": ["请至少写一个带限值的级别"]
    }
    told = asker.post(
        "/api/v1/sense/rules/sentence", json.dumps(draft), content_type="application/json",
        headers={"accept-language": "en"},
    ).json()  # fmt: skip
    assert told["errors"] == {"conditions": ["Give at least one level with its limit"]}


def test_a_village_reads_the_rules_of_its_county() -> None:
    rules.create_rule(code="stage", region=COUNTY, spec=SPEC, by=BY)
    told = get(client("village", "339901101201"), "/sense/rules")["items"]
    assert "stage" in [one["code"] for one in told]


def test_a_key_and_maintenance_come_and_go(world: World) -> None:
    asker = client("section")
    made = post(asker, "/sense/device-keys", {"name": "终端", "gateway": world.gateway.pk}, 201)
    assert made["secret"].startswith("anlandev_")
    (item,) = get(asker, "/sense/device-keys")["items"]
    assert (item["gateway"]["code"], "secret" in item) == ("GW-1", False)
    post(asker, f"/sense/device-keys/{made['id']}/revoke", expect=204)
    work = {
        "station": world.river.pk, "starts": clock.now().isoformat(),
        "ends": (clock.now() + timedelta(hours=1)).isoformat(), "reason": "年检",
    }  # fmt: skip
    window = post(asker, "/sense/maintenance", work, 201)["id"]
    (item,) = get(asker, "/sense/maintenance")["items"]
    assert (item["station"]["name"], item["by_name"]) == ("云溪水位站", "section")
    page = get(asker, f"/sense/stations/{world.river.pk}")
    assert (page["standing"], len(page["maintenance"])) == ("maintenance", 1)
    post(asker, f"/sense/maintenance/{window}/end", expect=204)
    assert get(asker, "/sense/maintenance")["items"] == []
    assert len(get(asker, "/sense/maintenance", past="true")["items"]) == 1
