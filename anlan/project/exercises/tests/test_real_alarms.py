"""What is really the matter is told to the exercises, and there only to whoever may see it."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Delegation, Grant, User
from anlan.base.permissions.selectors import actor_of, actors
from anlan.base.regions import scope
from anlan.kernel import clock, workspace
from anlan.project.exercises import handlers, real_alarms, real_on_phones
from anlan.project.exercises.places import Copied
from anlan.sense.models import Alarm
from anlan.sense.services import alarms
from anlan.sense.tests.conftest import COUNTY, NEIGHBOUR, TOWN, World, world
from anlan.sense.tests.test_alarms import OFFICER, binding, gas, into

__all__ = ["world"]

pytestmark = pytest.mark.django_db

See = Callable[[User], list[tuple[str, str, int | None]]]


def user(name: str, role: str, region: str) -> User:
    made: User = User.objects.create(username=name, name=name, region=region)
    Grant.objects.create(
        user=made, role=role, prefix=scope.prefix(region), by="test", at=clock.now()
    )
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A live workspace with one exercise."""
    made = tmp_path / "live"
    workspace.create(made, kind="live", name="live")
    monkeypatch.setenv("ANLAN_DATA", str(made))
    copy(made, "drill", "live")
    return made


def copy(home: Path, name: str, source: str) -> Path:
    place = home / "exercises" / name
    workspace.create(place, kind="exercise", name=name, parent=str(home))
    Copied(source, source, "2026-08-01T00:00:00+00:00", "test", 1.0, 0, 0).write(place)
    return place


def inside(home: Path, of: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Ask in the exercise."""
    with monkeypatch.context() as patched:
        patched.setenv("ANLAN_DATA", str(home / "exercises" / "drill"))
        return real_alarms.real_alarms(actor_of(of))


def raised(world: World) -> list[str]:
    """Let the river rise in a village, and gas leak in another township."""
    changes = [into(binding(world, 2), value=13.6), *(into(one) for one in gas(world))]
    told = alarms.raise_alarms(changes=changes, by=OFFICER)
    return list(told.raised)


def test_each_sees_in_a_drill_what_they_may_see_in_the_live_workspace(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = user("duty", "duty-officer", COUNTY)
    town = user("town", "township", TOWN)
    charlie = user("charlie", "duty-officer", NEIGHBOUR)
    nobody = User.objects.create(username="nobody", name="nobody", region=COUNTY)
    raised(world)
    assert real_alarms.tell_exercises(home) == 1

    seen = inside(home, duty, monkeypatch)
    assert (seen["source"], seen["told"]) == ("live", True)
    assert [(one["hazard"], one["level"], one["place"]) for one in seen["items"]] == [
        ("flood", 2, "云溪水位站"), ("hazchem", 3, "海门化工"),
    ]  # fmt: skip
    assert seen["items"][0]["hazard_label"] == "洪水"
    assert all("seen_by" not in one for one in seen["items"])
    assert [one["hazard"] for one in inside(home, town, monkeypatch)["items"]] == ["flood"]
    for one in (charlie, nobody):
        assert inside(home, one, monkeypatch)["items"] == []


def test_a_phone_in_a_drill_hears_what_is_real_around_it_and_not_where(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(world)
    assert real_on_phones.draw(TOWN, "zh") == ""  # the live workspace says it itself
    monkeypatch.setenv("ANLAN_DATA", str(home / "exercises" / "drill"))
    assert "没有消息" in real_on_phones.draw(TOWN, "zh")
    monkeypatch.setenv("ANLAN_DATA", str(home))
    real_alarms.tell_exercises(home)
    monkeypatch.setenv("ANLAN_DATA", str(home / "exercises" / "drill"))
    village = f"{TOWN[:9]}201"
    for region, heard in ((village, ["洪水"]), (TOWN, ["洪水"]), (COUNTY, ["洪水", "危险化学品"])):
        told = real_on_phones.draw(region, "zh")
        assert f"{len(heard)} 件真实报警" in told
        assert heard[0] in told
        assert "云溪" not in told
        assert "海门" not in told
    assert "orange" in real_on_phones.draw(village, "en")
    for region in (NEIGHBOUR, ""):
        assert real_on_phones.draw(region, "zh") == ""
    path = home / "exercises" / "drill" / real_alarms.NAME
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**told, "matters": []}), "utf-8")
    assert real_on_phones.draw(village, "zh") == ""


def test_a_wall_in_a_drill_hears_that_something_is_real_and_not_where(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised(world)
    real_alarms.tell_exercises(home)
    monkeypatch.setenv("ANLAN_DATA", str(home / "exercises" / "drill"))
    for region, heard in ((COUNTY, ["flood", "hazchem"]), (TOWN, ["flood"]), (NEIGHBOUR, [])):
        wall = Actor(ref="wall:1", user_id=None, name="大厅", region=region, via="wall")
        items = real_alarms.real_alarms(wall)["items"]
        assert [one["hazard"] for one in items] == heard
        assert {one[key] for one in items for key in ("id", "title", "place")} <= {""}


def test_a_right_taken_away_since_the_drill_was_made_counts_no_more(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty, deputy = user("duty", "duty-officer", COUNTY), user("deputy", "expert", NEIGHBOUR)
    raised(world)
    Delegation.objects.create(
        giver=duty, taker=deputy, role="duty-officer", prefix=scope.prefix(COUNTY),
        starts=clock.now(), until=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    real_alarms.tell_exercises(home)
    assert len(inside(home, deputy, monkeypatch)["items"]) == 2
    duty.is_active = False
    duty.save()
    real_alarms.tell_exercises(home)
    assert inside(home, duty, monkeypatch)["items"] == []
    assert inside(home, deputy, monkeypatch)["items"] == []


def test_what_somebody_took_in_hand_goes_away_and_silence_is_not_peace(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = user("duty", "duty-officer", COUNTY)
    assert inside(home, duty, monkeypatch)["told"] is False  # nobody has spoken yet
    alarms.acknowledge_alarms(alarms=raised(world), by=actor_of(duty))
    assert Alarm.objects.filter(state="acknowledged").count() == 2
    real_alarms.tell_exercises(home)
    seen = inside(home, duty, monkeypatch)
    assert (seen["told"], seen["items"]) == (True, [])
    later = clock.real_now() + real_alarms.SILENT
    monkeypatch.setattr(real_alarms, "real_now", lambda: later)
    assert inside(home, duty, monkeypatch)["told"] is False


def test_an_alarm_is_told_at_once(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = user("duty", "duty-officer", COUNTY)
    raised(world)
    handlers.tell_of_alarms([])
    assert len(inside(home, duty, monkeypatch)["items"]) == 2


def test_nothing_is_real_in_a_demo_or_above_an_exercise(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty = user("duty", "duty-officer", COUNTY)
    raised(world)
    assert real_alarms.real_alarms(actor_of(duty))["source"] == ""  # the live workspace itself
    place = home / "exercises" / "drill"
    facts = Copied.read(place)
    assert facts is not None
    Copied(**{**asdict(facts), "source_kind": "demo"}).write(place)
    real_alarms.tell_exercises(home)
    assert inside(home, duty, monkeypatch)["items"] == []
    path = home / "workspace.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "kind": "demo"}), "utf-8")
    assert real_alarms.tell_exercises(home) == 0


def test_the_queries_do_not_grow_with_the_accounts(world: World, home: Path) -> None:
    raised(world)
    counts = []
    for n in range(2):
        for k in range(3):
            user(f"u{n}{k}", "duty-officer", COUNTY)
        with CaptureQueriesContext(
            connection,
        ) as told:
            real_alarms.tell_exercises(home)
        counts.append(len(told))
    assert counts[0] == counts[1] <= 6
    assert len(actors()) == User.objects.count()
