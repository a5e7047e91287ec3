"""A village that falls silent: found, told, owed, over; and never by a break of our own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.obligations.services import Reply, answer
from anlan.base.outbox.models import Event
from anlan.base.people.models import Post
from anlan.base.permissions.models import User
from anlan.comms.models import Message
from anlan.comms.services import queue_rungs
from anlan.engines.series import Columns
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Forbidden, Missing
from anlan.sense.models import Maintenance, Station, Stream
from anlan.sense.store.latest import LatestWriter
from anlan.warn.models import Alert, SilentVillage
from anlan.warn.selectors.signs import shown, silent_villages
from anlan.warn.services import calls
from anlan.warn.tests import calling as v
from anlan.warn.tests.conftest import (
    A1,
    A2,
    B1,
    B2,
    BY,
    CHARLIE,
    COUNTY,
    OFFICER,
    TOWNSHIP,
    World,
    actor,
    row,
)  # fmt: skip

pytestmark = pytest.mark.django_db
Turn = Callable[..., datetime]
VILLAGES = (A1, A2, B1, B2)


@pytest.fixture(autouse=True)
def posts(world: World) -> dict[str, Post]:  # noqa: ARG001 - comes after it
    User.objects.create(pk="duty-officer", username="duty-officer", name="值班员", region=COUNTY)
    return v.make_posts()


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    at = [datetime(2026, 8, 3, 2, 0, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def forward(**spans: float) -> datetime:
        at[0] += timedelta(**spans)
        return at[0]

    return forward


@pytest.fixture
def intake(
    turn: Turn,  # noqa: ARG001 - the clock first
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., None]]:
    """Two stations a village, a value a minute; call it to let those not named report."""
    real = workspace.current()
    monkeypatch.setattr(workspace, "directory", lambda: tmp_path)
    monkeypatch.setattr(workspace, "current", lambda: real)
    numbers: dict[str, list[int]] = {}
    for place, village in enumerate(VILLAGES):
        for turn_ in range(2):
            number = place * 2 + turn_ + 1
            station = Station.objects.create(
                **row(code=f"S{number}", name=f"测站{number}", kind="rain", region_id=village)
            )
            Stream.objects.create(
                **row(code=f"S{number}.r", station=station, quantity="rain", interval_s=60,
                      number=number, region_id=village)
            )  # fmt: skip
            numbers.setdefault(village, []).append(number)
    writer = LatestWriter(tmp_path)

    def report(*, but: tuple[str, ...] = ()) -> None:
        heard = [n for village in VILLAGES if village not in but for n in numbers[village]]
        at = int(clock.now().timestamp() * 1000)
        columns = Columns(
            np.array(heard, np.int32), np.full(len(heard), at), np.zeros(len(heard)),
            np.zeros(len(heard), np.uint16),
        )  # fmt: skip
        writer.put(columns, at)

    yield report
    writer.close()


def _call_the_county() -> Alert:
    alert = v.issued(regions=(COUNTY,))
    v.call(alert)
    rows = list(Obligation.objects.filter(kind="call").values_list("pk", "rung"))
    queue_rungs(obligations=[pk for pk, _ in rows], rungs=[rung for _, rung in rows], by=BY)
    return alert


def _run(minutes: int, turn: Turn, intake: Callable[..., None], but: tuple[str, ...]) -> list[str]:
    """Let time go by: sensors report each minute, somebody looks twice a minute."""
    found = []
    for half in range(minutes * 2):
        turn(seconds=30)
        if half % 2:
            intake(but=but)
        found += calls.watch_villages(by=BY)
    return found


@pytest.fixture
def silent(turn: Turn, intake: Callable[..., None]) -> SilentVillage:
    """A village that fell silent at the moment it was called."""
    intake()
    calls.watch_villages(by=BY)
    _call_the_county()
    for code in ("B1-HEAD", "B2-HEAD"):
        answer(obligation=v.owed(code).pk, by=BY, reply=Reply(answers={"reply": "received"}))
    (found,) = _run(5, turn, intake, (A1,))
    return SilentVillage.objects.get(pk=found)


def test_it_is_found_in_five_minutes_and_told_and_owed(silent: SilentVillage) -> None:
    assert silent.region_id == A1
    called = Obligation.objects.filter(kind="call", region=A1).first()
    assert called is not None
    assert silent.found_at - called.issued_at < timedelta(minutes=5)
    assert silent.evidence["sensors"] == {"says": "silent", "n": 2}
    debt = Obligation.objects.get(pk=silent.obligation)
    assert (debt.kind, debt.debtor.code) == ("village-silent", "P-WEST")
    assert "前坑村" in debt.title
    event = Event.objects.get(kind="warn.VillageSilent")
    assert silent.pk in event.body
    assert Entry.objects.filter(deed="villages.fell-silent", region=A1).count() == 1


def test_it_is_found_once_and_over_when_a_sensor_is_heard_again(
    silent: SilentVillage, turn: Turn, intake: Callable[..., None]
) -> None:
    assert _run(2, turn, intake, (A1,)) == []
    assert _run(1, turn, intake, ()) == []
    silent.refresh_from_db()
    assert (silent.over_why, silent.over_at is not None) == ("heard", True)
    assert Obligation.objects.get(pk=silent.obligation).state == "withdrawn"
    assert Entry.objects.filter(deed="villages.heard-again").count() == 1


def test_it_is_over_when_somebody_answers(
    silent: SilentVillage, turn: Turn, intake: Callable[..., None]
) -> None:
    answer(obligation=v.owed("A1-HEAD").pk, by=BY, reply=Reply(answers={"reply": "on-post"}))
    _run(1, turn, intake, (A1,))
    silent.refresh_from_db()
    assert silent.over_why == "heard"


def test_it_is_over_when_nobody_is_called_any_more(silent: SilentVillage) -> None:
    calls.end_calls(alert=silent.alert_id or "", why="cancelled", by=BY)
    calls.watch_villages(by=BY)
    silent.refresh_from_db()
    assert silent.over_why == "ended"


def test_a_duty_officer_who_saw_to_it_is_not_asked_again(
    silent: SilentVillage, turn: Turn, intake: Callable[..., None]
) -> None:
    answer(obligation=silent.obligation, by=BY)
    _run(1, turn, intake, ())
    assert Obligation.objects.get(pk=silent.obligation).answered_at is not None


def test_a_stop_of_our_own_intake_accuses_nobody(turn: Turn, intake: Callable[..., None]) -> None:
    intake()
    calls.watch_villages(by=BY)
    _call_the_county()
    assert _run(10, turn, intake, VILLAGES) == []
    # It comes back: everybody has a whole interval to report before silence counts.
    assert _run(1, turn, intake, ()) == []
    assert not SilentVillage.objects.exists()


def test_after_nobody_looked_for_a_while_silence_counts_from_the_next_look(
    turn: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    _call_the_county()
    turn(minutes=20)  # the worker was away, and so were the sensors' values
    intake(but=VILLAGES[:1])
    assert calls.watch_villages(by=BY) == []
    found = _run(2, turn, intake, (A1,))
    assert [SilentVillage.objects.get(pk=pk).region_id for pk in found] == [A1]


def test_sensors_under_repair_prove_nothing(turn: Turn, intake: Callable[..., None]) -> None:
    intake()
    calls.watch_villages(by=BY)
    for station in Station.objects.filter(region=A1):
        Maintenance.objects.create(
            region_id=A1, station=station, reason="检修", starts=clock.now(),
            ends=clock.now() + timedelta(hours=2), at=clock.now(), by="x",
        )  # fmt: skip
    _call_the_county()
    assert _run(5, turn, intake, (A1,)) == []


def test_telephones_that_take_no_message_show_it_too(
    turn: Turn, intake: Callable[..., None]
) -> None:
    intake()
    calls.watch_villages(by=BY)
    Stream.objects.filter(region=A1).update(status="out-of-use")
    _call_the_county()
    sms = Message.objects.filter(channel="sms").exclude(person="")
    sms.filter(region=A1).update(state="sent", sent_at=clock.now(), carrier="p")
    sms.exclude(region=A1).update(
        state="delivered", sent_at=clock.now(), delivered_at=clock.now(), carrier="p"
    )
    found = _run(5, turn, intake, ())
    row_ = SilentVillage.objects.get(pk=found[0])
    assert (row_.region_id, row_.evidence["phones"]["says"]) == (A1, "silent")


def test_nobody_is_called_and_nothing_is_looked_for(
    django_assert_max_num_queries: object,
) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert calls.watch_villages(by=BY) == []


def test_while_everybody_may_still_answer_many_alerts_ask_no_more_than_one(
    turn: Turn, intake: Callable[..., None]
) -> None:
    intake()
    _call_the_county()
    calls.watch_villages(by=BY)
    asked = []
    for _ in range(3):
        _call_the_county()
        with CaptureQueriesContext(connection) as queries:
            assert calls.watch_villages(by=BY) == []
        asked.append(len(queries))
    assert len(set(asked)) == 1
    assert len(_run(5, turn, intake, (A1,))) == 1  # one village, whichever alert showed it


def _idle(minutes: int, turn: Turn, intake: Callable[..., None], but: tuple[str, ...]) -> list[str]:
    """Let time go by while nobody is called: values and looks each minute."""
    found = []
    for _ in range(minutes):
        turn(minutes=1)
        intake(but=but)
        found += calls.watch_quiet_villages(by=BY)
    return found


def test_a_village_goes_silent_while_nobody_is_called_and_is_found_in_five_minutes(
    turn: Turn, intake: Callable[..., None]
) -> None:
    intake()
    assert _idle(3, turn, intake, ()) == []
    last = clock.now()
    (found,) = _idle(5, turn, intake, (A1,))
    quiet = SilentVillage.objects.get(pk=found)
    assert (quiet.region_id, quiet.alert_id, quiet.root, quiet.since) == (A1, None, "", last)
    assert quiet.found_at - last < timedelta(seconds=300)
    debt = Obligation.objects.get(pk=quiet.obligation)
    assert (debt.kind, debt.debtor.code) == ("village-silent", "P-WEST")
    assert debt.title == "前坑村监测全断：几个测站都没有数据，请打电话问一问"
    (told,) = shown(TOWNSHIP)
    assert (told["alert"], told["evidence"]["posts"]) == (None, 0)
    assert Event.objects.filter(kind="warn.VillageSilent").count() == 1

    assert calls.watch_villages(by=BY) == []  # no call, and so no end of one
    assert _idle(1, turn, intake, ()) == []
    quiet.refresh_from_db()
    assert quiet.over_why == "heard"
    assert Obligation.objects.get(pk=quiet.obligation).state == "withdrawn"


def test_once_a_quiet_village_is_called_its_call_says_more(
    turn: Turn, intake: Callable[..., None]
) -> None:
    intake()
    _idle(3, turn, intake, ())
    (before,) = _idle(3, turn, intake, (A1,))
    _call_the_county()
    (found,) = _run(4, turn, intake, (A1,))
    quiet = SilentVillage.objects.get(pk=before)
    assert quiet.over_why == "called"
    silent = SilentVillage.objects.get(over_at=None)
    assert (silent.pk, silent.region_id, silent.alert_id is not None) == (found, A1, True)
    assert _idle(2, turn, intake, (A1,)) == []


def test_each_sees_the_silent_villages_of_their_own_regions(silent: SilentVillage) -> None:
    for who in (OFFICER, TOWNSHIP):
        assert [one.pk for one in silent_villages(who)] == [silent.pk]
    assert silent_villages(CHARLIE) == []
    (told,) = shown(TOWNSHIP, alert=silent.alert_id or "")
    assert (told["region_name"], told["asked"]) == ("前坑村", "duty-officerP-WEST")
    with pytest.raises(Missing):
        shown(CHARLIE, alert=silent.alert_id or "")
    assert silent_villages(actor("township", "339901102000")) == []
    with pytest.raises(Forbidden):
        silent_villages(actor("expert"))


def test_looking_takes_the_same_number_of_queries_however_many_villages(
    turn: Turn, intake: Callable[..., None], django_assert_max_num_queries: object
) -> None:
    intake()
    calls.watch_villages(by=BY)
    _call_the_county()
    turn(seconds=30)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        calls.watch_villages(by=BY)
