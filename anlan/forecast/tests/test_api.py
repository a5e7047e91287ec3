"""Forecasts over HTTP: asked for, computed apart, looked at, signed, downloaded."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions import scope
from anlan.forecast import heavy
from anlan.forecast.models import Grid, Run
from anlan.forecast.services.feeding import folder_of
from anlan.forecast.tests.conftest import (
    BY,
    COUNTY,
    NEIGHBOUR,
    NOW,
    UPPER,
    Tell,
    World,
    every,
    sea,
)
from anlan.kernel import clock

pytestmark = pytest.mark.django_db


def client(role: str, region: str = COUNTY) -> Client:
    user = User.objects.create(username=f"{role}-{region}", name=role, region=region)
    Grant.objects.create(
        user=user, role=role, prefix=scope.prefix(region), by=BY.ref, at=clock.now()
    )
    text, _ = create_token(user=user, name="t", by=BY)
    return Client(headers={"authorization": f"Bearer {text}"})


def get(asker: Client, path: str, expect: int = 200, **query: Any) -> Any:
    told = asker.get(f"/api/v1{path}", query)
    assert told.status_code == expect, (path, told.content)
    return told.json()


def post(asker: Client, path: str, body: Any = None, expect: int = 200) -> Any:
    told = asker.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")
    assert told.status_code == expect, (path, told.status_code, told.content)
    return told.json()


@pytest.fixture
def officer(world: World) -> Client:  # noqa: ARG001 - the county
    return client("duty-officer")


def test_a_run_from_the_asking_to_the_signature(officer: Client, world: World, tell: Tell) -> None:
    times = every(5, NOW - timedelta(hours=6), NOW)
    tell(world.level, times, sea(world.point, times, more=0.85))
    asked = post(officer, "/forecasts", {"model": "tide", "seed": 7, "hours": 24}, expect=201)
    assert (asked["state"], asked["seed"], asked["verbs"]) == ("queued", 7, ["stop"])
    heavy.drain()
    run = f"/forecasts/{asked['id']}"
    done = get(officer, run)
    assert (done["state"], done["signing"], done["level"]) == ("done", "unsigned", 3)
    assert done["stamp"]["text"].startswith("内部研判参考")
    assert done["stamp"]["official"].startswith("/alerts")
    assert done["counts"] == {"stations": 1, "villages": 0, "series": 2, "grids": 0}
    (station,) = get(officer, f"{run}/stations")["items"]
    assert [one["kind"] for one in station["levels"]] == [
        "tide-blue", "tide-yellow", "tide-orange", "tide-red",
    ]  # fmt: skip
    assert station["levels"][1]["reached_at"]
    assert station["levels"][3]["reached_at"] is None
    series = get(officer, f"{run}/series", code="CW-1")["series"]
    assert [one["quantity"] for one in series] == ["astronomical-tide", "tide-level"]
    post(officer, f"{run}/approve", expect=403)
    lead = client("duty-lead")
    signed = post(lead, f"{run}/approve", {"note": "同意", "version": done["version"]})
    assert (signed["signing"], signed["signing_note"]) == ("approved", "同意")
    assert signed["stamp"]["signed"]
    assert signed["verbs"] == ["withdraw"]
    now = {one["model"]: one for one in get(officer, "/forecasts/now")["items"]}
    assert now["tide"]["signed"]["id"] == asked["id"]


def test_what_is_wrong_is_said_in_both_languages(officer: Client) -> None:
    told = post(officer, "/forecasts", {"model": "nothing"}, expect=404)
    assert told["detail"] == "没有这个模型"
    officer.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert post(officer, "/forecasts", {"model": "nothing"}, expect=404)["detail"] == (
        "There is no such model"
    )
    post(officer, "/forecasts", {"model": "tide", "hours": 999}, expect=422)
    post(officer, "/forecasts/none/approve", expect=404)
    get(officer, "/forecasts", expect=422, state="strange")
    get(officer, "/forecasts/none/series", expect=422, code="x", of="planet")


def test_models_say_what_they_rest_on(officer: Client) -> None:
    told = {one["key"]: one for one in get(officer, "/forecasts/models")["items"]}
    assert {"tide", "basin"} <= set(told)
    assert told["tide"]["every_s"] == 6 * 3600
    assert {one["name"] for one in told["basin"]["inputs"]} >= {"rain", "rain-forecast", "zones"}
    assert all(one["said"] for one in told["basin"]["inputs"] if one["fallback"] != "stop")


def test_a_village_reads_what_is_signed_and_of_its_own_place(officer: Client, world: World) -> None:
    given = {"start": NOW.isoformat(), "step_s": 3600, "mm": [20, 60] + [0] * 22}
    asked = post(
        officer, "/forecasts", {"model": "basin", "inputs": {"rain-forecast": given}}, expect=201
    )
    heavy.drain()
    run = f"/forecasts/{asked['id']}"
    village, neighbour = client("village", UPPER), client("duty-lead", NEIGHBOUR)
    get(village, f"{run}/villages", expect=404)
    post(client("duty-lead"), f"{run}/approve")
    (row,) = get(village, f"{run}/villages")["items"]
    assert (row["region"], row["stage"], row["zone"]) == (UPPER, "move", world.zone.code)
    get(neighbour, f"{run}/villages", expect=404)
    assert get(neighbour, "/forecasts")["items"] == []


def test_a_download_says_in_its_name_that_nobody_signed_it(officer: Client) -> None:
    asked = post(officer, "/forecasts", {"model": "tide"}, expect=201)
    heavy.drain()
    run = Run.objects.get(pk=asked["id"])
    folder = folder_of(run)
    digest, size = folder.put("outputs/area.geojson", b"{}")
    Grid.objects.create(
        run=run, name="area", title="范围", form="geojson", file="area.geojson", sha256=digest,
        bytes=size,
    )  # fmt: skip
    told = officer.get(f"/api/v1/forecasts/{run.pk}/grids/area")
    assert told.status_code == 200
    assert b"".join(told.streaming_content) == b"{}"  # type: ignore[attr-defined]
    assert "%E5%86%85%E9%83%A8%E7%A0%94%E5%88%A4%E5%8F%82%E8%80%83" in told["Content-Disposition"]
    post(client("duty-lead"), f"/forecasts/{run.pk}/approve")
    told = officer.get(f"/api/v1/forecasts/{run.pk}/grids/area")
    assert "%E5%86%85" not in told["Content-Disposition"]
    assert b"".join(told.streaming_content)  # type: ignore[attr-defined]
    folder.put("outputs/area.geojson", b"changed")
    get(officer, f"/forecasts/{run.pk}/grids/area", expect=404)


def test_a_list_asks_the_same_few_questions_however_long(officer: Client) -> None:
    post(officer, "/forecasts", {"model": "tide"}, expect=201)
    with CaptureQueriesContext(connection) as one:
        get(officer, "/forecasts")
    for _ in range(3):
        post(officer, "/forecasts", {"model": "tide"}, expect=201)
    with CaptureQueriesContext(connection) as several:
        assert get(officer, "/forecasts")["total"] == 4
    assert len(several) <= len(one)
