"""Playing a case back: now is what the pages show now, and then is what was recorded then."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.base.cases.selectors import members, root_of
from anlan.base.cases.services import merge_case
from anlan.base.jobs.worker import drain
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import system
from anlan.kernel.errors import Invalid, Missing
from anlan.respond.casebook.selectors import cases, desk
from anlan.respond.evacuation import services as evacuations
from anlan.respond.evacuation.models import Entry, Evacuation
from anlan.respond.evacuation.selectors.counting import coursed, sums, tally
from anlan.respond.evacuation.services.ticking import Ticker, Word
from anlan.respond.incidents import services as incidents
from anlan.respond.incidents.models import Incident
from anlan.respond.papers.tests.conftest import (
    A1,
    CHARLIE,
    COUNTY,
    LEAD,
    OFFICER,
    TOWNSHIP,
    Scene,
    Turn,
    row,
)
from anlan.respond.responses.models import Response, StepDebt
from anlan.respond.responses.tests.conftest import relay
from anlan.sense.bindings import Binding, Change
from anlan.sense.models import Alarm, Rule, Station
from anlan.sense.services.alarms import raise_alarms
from anlan.warn.models import Alert
from anlan.warn.services.expiring import expire_due

pytestmark = pytest.mark.django_db


def live(case: str) -> dict[str, Any]:
    """Read what the pages of each module show now, by their own tables."""
    found = members(root_of(case))
    owed = Obligation.objects.filter(case__in=found)
    batches = Evacuation.objects.filter(case__in=found, ordered_at__isnull=False, closed_at=None)
    states = [one for batch in batches for one in tally(batch.pk).values()]
    told = Incident.objects.filter(case__in=found, closed_at=None).exclude(state="draft")
    alerts = Alert.objects.filter(case__in=found, state="issued", ended_at=None)
    running = Response.objects.filter(case__in=found, ended_at=None)
    alarms = Alarm.objects.filter(case__in=found, cleared_at=None)
    return {
        "warnings": set(alerts.values_list("pk", flat=True)),
        "responses": dict(running.values_list("pk", "stage_title")),
        "open": owed.filter(closed_at=None).count(),
        "answered": owed.filter(closed_at=None, answered_at__isnull=False).count(),
        "late": owed.filter(closed_at=None, lapsed_at__isnull=False).count(),
        "total": owed.count(),
        "incidents": dict(told.values_list("pk", "grade")),
        "alarms": dict(alarms.values_list("pk", "level")),
        "moving": sums(states).told() if batches else None,
    }


def played(case: str, at: datetime) -> dict[str, Any]:
    """Read the same from the playback."""
    told = desk.desk_at(OFFICER, case, at)
    owed = told["owed"]["sums"]
    return {
        "warnings": {one["id"] for one in told["warnings"]},
        "responses": {one["id"]: one["stage_title"] for one in told["responses"]},
        **{key: owed.get(key, 0) for key in ("open", "answered", "late", "total")},
        "incidents": {one["id"]: one["grade"] for one in told["incidents"]["items"]},
        "alarms": {one["id"]: one["level"] for one in told["alarms"]["items"]},
        "moving": told["moving"]["sums"] if told["moving"] else None,
    }


@dataclass
class Day:
    """A county's day: every deed of it draws from one seed, and each moment is written down."""

    scene: Scene
    turn: Turn
    lot: random.Random
    case: str
    response: str
    station: str
    seen: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    alarms: list[Binding] = field(default_factory=list)
    batch: str = ""
    warned: int = 1

    def go(self, deed: Callable[[], None]) -> None:
        """Let some time pass, do one deed and what follows from it, and write down what is so."""
        self.turn.forward(minutes=self.lot.randint(1, 40))
        deed()
        drain()
        self.seen.append((self.turn.at, live(self.case)))

    def warn(self) -> None:
        if self.warned < 9:
            self.warned += 1
            ends = self.turn.at.replace(microsecond=0) + timedelta(minutes=90)
            alert = Alert.objects.get(pk=relay(self.warned, sent=self.turn.at, expires=ends))
            self.join(alert.case)

    def expire(self) -> None:
        expire_due(by=system("test"))

    def alarm(self) -> None:
        rule = Rule.objects.get(code="river")
        key = f"river:{len(self.alarms)}"
        watch = Binding(
            watch="3:1", matter=key, rule=rule.pk, version=1, hazard="flood", level=3, limit=1.0,
            unit="m", decimals=2, says="超警戒", again_s=0, station=self.station, stream=None,
        )  # fmt: skip
        self.alarms.append(watch)
        self.move(watch, entered=True)
        self.join(Alarm.objects.get(key=key).case)

    def worsen(self) -> None:
        if self.alarms:
            self.move(replace(self.lot.choice(self.alarms), level=2, watch="2:1"), entered=True)

    def clear(self) -> None:
        if self.alarms:
            watch = self.lot.choice(self.alarms)
            self.move(replace(watch, level=2, watch="2:1"), entered=False)
            self.move(watch, entered=False)

    def move(self, watch: Binding, *, entered: bool) -> None:
        moment = int(self.turn.at.timestamp() * 1000)
        raise_alarms(changes=[Change(watch, entered, moment, 2.0)], by=system("test"))

    def tell(self) -> None:
        told = incidents.Told(kind="landslide", what="屋后滑坡", region=A1, source="public")
        made = incidents.begin_incident(told=told, by=OFFICER)
        incidents.take_in(incident=made.pk, apart=True, by=OFFICER)
        made.refresh_from_db()
        self.join(made.case)

    def grade(self) -> None:
        if row := self.incident():
            incidents.confirm_grade(incident=row, grade=self.lot.randint(1, 4), by=OFFICER)

    def drop(self) -> None:
        if row := self.incident():
            incidents.drop_incident(incident=row, why="误报", by=OFFICER)

    def incident(self) -> str:
        found = Incident.objects.filter(closed_at=None).exclude(state="draft").order_by("pk")
        return self.lot.choice([*found.values_list("pk", flat=True), ""])

    def sign(self) -> None:
        if row := self.debt(answered_at=None):
            obligations.answer(obligation=row, by=LEAD)

    def finish(self) -> None:
        waiting = StepDebt.objects.filter(
            step__key="watch", obligation__closed_at=None, obligation__isnull=False
        ).first()
        if waiting is not None and waiting.obligation is not None:
            if waiting.obligation.answered_at is None:
                obligations.answer(obligation=waiting.obligation.pk, by=LEAD)
            reply = obligations.Reply(answers={"on_post": 2})
            obligations.report(obligation=waiting.obligation.pk, by=LEAD, reply=reply)

    def grant(self) -> None:
        """Grant more time to something that is late already: it was late all the same."""
        if row := self.debt(lapsed_at__isnull=False, wish=""):
            until = self.turn.at + timedelta(hours=5)
            obligations.request_extension(obligation=row, until=until, reason="路断", by=OFFICER)
            obligations.approve(obligation=row, by=LEAD)

    def debt(self, **wanted: Any) -> str:
        rows = Obligation.objects.filter(
            kind="plan-step", state__in=("issued", "reached", "answered"), closed_at=None, **wanted
        ).order_by("pk")
        return self.lot.choice([*rows.values_list("pk", flat=True), ""])

    def lapse(self) -> None:
        obligations.lapse_due()

    def stage(self) -> None:
        now = Response.objects.get(pk=self.response).stage
        self.scene.move(self.response, "3" if now == "4" else "4")

    def leave(self) -> None:
        if not self.batch:
            ask = evacuations.Ask(
                title="山洪转移", region=COUNTY, hazards=["flood"], case=self.case, latest_at=None
            )
            self.batch = evacuations.draft_evacuation(ask=ask, by=OFFICER)
            evacuations.order_evacuation(evacuation=self.batch, by=self.scene.chief)

    def tick(self) -> None:
        rows = Entry.objects.filter(evacuation=self.batch or None, people__gt=0).order_by("pk")
        if rows:
            word = Word(
                state=self.lot.choice(["told", "moving", "relatives", "refused"]),
                entry=self.lot.choice(list(rows)).pk, reason="",
            )  # fmt: skip
            evacuations.tick_roll(
                evacuation=self.batch, words=[word], ticker=Ticker(OFFICER, "test")
            )

    def join(self, case: str) -> None:
        if root_of(case) != root_of(self.case):
            merge_case(case=root_of(case), into=self.case, by=system("test"))


@pytest.fixture
def begun(county: Scene, turn: Turn) -> Callable[[int], Day]:
    """Warn, start a response and put up a gauge that may raise alarms."""

    def begin(seed: int) -> Day:
        relay(1)
        drain()
        response = county.start()
        drain()
        station = Station.objects.create(
            **row(code="W1", name="前坑溪", kind="river", region_id=A1)
        ).pk
        Rule.objects.create(
            code="river", title="超警戒", region_id=COUNTY, kind="level", quantity="water-level",
            hazard="flood", active=1, changed_at=turn.at, changed_by="user:a",
        )  # fmt: skip
        case = Response.objects.get(pk=response).case
        return Day(county, turn, random.Random(seed), case, response, station)

    return begin


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_moment_is_played_back_as_it_was_written_down(
    begun: Callable[[int], Day], seed: int
) -> None:
    day = begun(seed)
    deeds = [
        day.warn, day.expire, day.alarm, day.worsen, day.clear, day.tell, day.grade, day.drop,
        day.sign, day.finish, day.grant, day.lapse, day.stage, day.leave, day.tick,
    ]  # fmt: skip
    for deed in [*deeds, *day.lot.choices(deeds, k=25)]:
        day.go(deed)
        assert played(day.case, day.turn.at) == day.seen[-1][1], deed
    for at, was in day.seen:
        assert played(day.case, at) == was, at
    hours = coursed([day.batch], [at for at, _ in day.seen])
    for one, (at, was) in zip(hours, day.seen, strict=True):
        assert was["moving"] is None or one.told() == was["moving"], at
    assert any(one["late"] for _, one in day.seen)
    assert any(one["moving"] for _, one in day.seen)
    assert any(one["alarms"] for _, one in day.seen)


def test_before_it_began_there_was_nothing_and_the_head_tells_its_span(
    begun: Callable[[int], Day],
) -> None:
    day = begun(4)
    head = cases.head(OFFICER, day.case)
    before = played(day.case, head["from"] - timedelta(minutes=1))
    assert before == {
        "warnings": set(), "responses": {}, "open": 0, "answered": 0, "late": 0, "total": 0,
        "incidents": {}, "alarms": {}, "moving": None,
    }  # fmt: skip
    assert head["from"] <= day.turn.at <= head["to"]
    assert {one["kind"] for one in head["marks"]} == {"alert", "response"}
    assert [one["title"] for one in head["responses"]] == ["防汛Ⅳ级"]


def test_who_may_not_see_a_case_is_not_told_that_it_exists(begun: Callable[[int], Day]) -> None:
    day = begun(5)
    for stranger in (CHARLIE, TOWNSHIP):
        with pytest.raises(Missing):
            cases.head(stranger, day.case)
        with pytest.raises(Missing):
            desk.desk_at(stranger, day.case, day.turn.at)
    with pytest.raises(Missing):
        cases.head(OFFICER, "nothing")
    with pytest.raises(Invalid):
        desk.desk_at(OFFICER, day.case, day.turn.at.replace(tzinfo=None))
