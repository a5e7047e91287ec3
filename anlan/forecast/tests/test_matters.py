"""Each storm is a matter of its own, also where nobody named it: two at once do not mix."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.base.cases.models import Case
from anlan.base.outbox.models import Event as EventRow
from anlan.base.outbox.services import read_event
from anlan.forecast import heavy
from anlan.forecast.events import ForecastApproved
from anlan.forecast.models import Run, StationOutlook
from anlan.forecast.services import scheduling
from anlan.forecast.services.asking import Wanted, ask_run
from anlan.forecast.services.feeding import folder_of
from anlan.forecast.services.signing import approve_run
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.conftest import LEAD, NOW, OFFICER, Turn, World
from anlan.forecast.tests.test_speaking import earlier
from anlan.forecast.tests.test_storms import bulletin
from anlan.kernel.errors import Conflict

pytestmark = pytest.mark.django_db

FIRST, SECOND = "202609", "202610"


@pytest.fixture
def two(world: World) -> None:  # noqa: ARG001 - the county
    """Two storms that were told of, the second last."""
    receive_track(body=bulletin(FIRST, NOW - timedelta(hours=2)), by=OFFICER)
    receive_track(body=bulletin(SECOND), by=OFFICER)


def computed(**more: Any) -> Run:
    run = ask_run(wanted=Wanted(**{"model": "typhoon", **more}), by=OFFICER)
    heavy.drain()
    done = Run.objects.get(pk=run)
    assert done.state == "done", done.reason
    return done


def approved() -> list[ForecastApproved]:
    rows = EventRow.objects.filter(kind="forecast.ForecastApproved").order_by("id")
    return [one for one in map(read_event, rows) if isinstance(one, ForecastApproved)]


@pytest.mark.usefixtures("two")
def test_a_cycle_computes_every_storm_that_is_about_once() -> None:
    scheduling.start_due_runs()
    scheduling.start_due_runs()
    storms = Run.objects.filter(model="typhoon").values_list("storm", flat=True)
    assert sorted(storms) == [FIRST, SECOND]
    heavy.drain()
    for run in Run.objects.filter(model="typhoon"):
        assert run.state == "done", run.reason
        track = (folder_of(run).inputs / "track.json").read_text()
        assert f'"number":"{run.storm}"' in track


@pytest.mark.usefixtures("two")
def test_a_storm_that_waits_holds_no_other_up(turn: Turn) -> None:
    scheduling.start_due_runs()
    Run.objects.filter(model="typhoon", storm=FIRST).update(state="done", ended_at=NOW)
    turn.forward(hours=3)
    receive_track(body=bulletin(FIRST, turn.at), by=OFFICER)
    scheduling.start_due_runs()
    runs = Run.objects.filter(model="typhoon")
    assert runs.filter(storm=FIRST).count() == 2
    assert runs.filter(storm=SECOND).count() == 1


@pytest.mark.usefixtures("two")
def test_a_run_that_nobody_named_a_storm_for_belongs_to_the_one_it_was_fed() -> None:
    assert computed().storm == SECOND
    assert computed(storm=FIRST).storm == FIRST


@pytest.mark.usefixtures("two")
def test_each_storm_has_its_case_and_its_signature_stands_beside_the_others(world: World) -> None:
    first, second = computed(storm=FIRST), computed()
    for run in (first, second):
        StationOutlook.objects.filter(run=run, station=world.tide).update(
            level=2, level_at=NOW + timedelta(hours=9)
        )
        approve_run(run=run.pk, by=LEAD)
    assert [one.storm for one in approved()] == [FIRST, SECOND]
    assert len({one.case for one in approved()}) == Case.objects.count() == 2
    assert {run.signing for run in Run.objects.filter(model="typhoon")} == {"approved"}


@pytest.mark.usefixtures("two")
def test_one_that_named_its_storm_and_one_that_did_not_are_one_matter() -> None:
    named, unnamed = computed(storm=SECOND), computed()
    approve_run(run=named.pk, by=LEAD)
    approve_run(run=unnamed.pk, by=LEAD)
    assert Run.objects.get(pk=named.pk).signing == "superseded"


def test_a_run_of_no_storm_and_one_of_a_storm_do_not_both_stand(world: World, turn: Turn) -> None:
    storm = Wanted(model="tide", storm=FIRST)
    older = ask_run(wanted=storm, by=OFFICER)
    turn.forward(hours=1)
    newer = ask_run(wanted=Wanted(model="tide"), by=OFFICER)
    heavy.drain()
    assert world.point.pk
    approve_run(run=newer, by=LEAD)
    with pytest.raises(Conflict, match="更新的一次"):
        approve_run(run=older, by=LEAD)


def test_of_two_storms_the_one_that_lifts_a_station_highest_is_in_its_tide(world: World) -> None:
    high = earlier(world, "surge", storm=FIRST, height=1.5)
    earlier(world, "surge", storm=SECOND, height=0.4)
    run = computed(model="tide")
    assert run.storm == FIRST
    assert any(high.pk in note for note in run.notes)
    tide, level = (
        run.series.get(quantity=name).values[100] for name in ("astronomical-tide", "tide-level")
    )
    assert level - tide == pytest.approx(1.5, abs=0.001)


def test_the_newest_run_of_a_storm_speaks_for_it(world: World) -> None:
    earlier(world, "surge", storm=FIRST, height=1.5, based_at=NOW - timedelta(hours=4))
    earlier(world, "surge", storm=FIRST, height=0.4)
    run = computed(model="tide")
    tide, level = (
        run.series.get(quantity=name).values[100] for name in ("astronomical-tide", "tide-level")
    )
    assert level - tide == pytest.approx(0.4, abs=0.001)
