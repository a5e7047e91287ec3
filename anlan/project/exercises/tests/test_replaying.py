"""A replay at the press of a button: who may, what the supervisor is told, what is shown."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from anlan.base.journal.models import Entry
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions.models import Region
from anlan.demo.replay import tempo
from anlan.demo.replay.cursor import Cursor
from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Unavailable
from anlan.project.exercises import errand, progress, replaying
from anlan.project.exercises.places import place_of
from anlan.project.supervisor import control

pytestmark = pytest.mark.django_db

STORM = "lekima"
OFFICER = Actor(
    ref="user:lin", user_id="lin", name="林一", region="339901000000",
    roles=(Holding("duty-officer", "339901"),),
)  # fmt: skip
TOWN = Actor(
    ref="user:zhou", user_id="zhou", name="周二", region="339901101000",
    roles=(Holding("duty-officer", "339901101"),),
)  # fmt: skip
HOUR = 3_600_000


@dataclass
class Supervisor:
    """Answers a workspace's control socket, and remembers what it was asked."""

    data: Path
    asked: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, Any] | None = None
    served: list[Path] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(asked)
        if asked["do"] == "run":
            if self.last and self.last["running"]:
                raise Conflict("已经在进行，一次只能有一个")
            self.last = {
                "options": asked["options"], "running": True, "since": "2026-11-30T00:00:00Z",
                "code": None, "halted": False, "said": "",
            }  # fmt: skip
        if asked["do"] == "halt" and self.last:
            self.last |= {"running": False, "halted": True, "code": -15}
        if asked["do"] == "list":
            return {"workspaces": [{"data": str(one)} for one in self.served]}
        if asked["do"] == "state":
            return {"ready": True, "url": self.url}
        return {"errands": {"replay": self.last} if self.last else {}}

    def deeds(self) -> list[str]:
        return [one["do"] for one in self.asked if one["do"] not in ("errands", "state")]


@contextmanager
def listening(supervisor: Supervisor) -> Iterator[Supervisor]:
    door = control.listen(supervisor.data)
    door.settimeout(0.05)  # looks up now and then, to see whether it is over
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            control.answer_one(door, supervisor.answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield supervisor
    over.set()
    thread.join()
    door.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = workspace.create(tmp_path / "demo", kind="demo", name="demo")
    monkeypatch.setenv("ANLAN_DATA", str(made.dir))
    monkeypatch.delenv("ANLAN_MQTT_PORT", raising=False)
    Region.objects.create(code="339901000000", level=3, name="云屿县")
    Region.objects.create(code="339901101000", level=4, name="云岭乡", parent_id="339901000000")
    Region.objects.create(code="339901102000", level=4, name="东浦镇", parent_id="339901000000")
    return made.dir


@pytest.fixture
def supervisor(home: Path) -> Iterator[Supervisor]:
    with listening(Supervisor(home)) as answering:
        yield answering


def start(by: Actor = OFFICER, **given: Any) -> None:
    replaying.start_replay(
        **{"storm": STORM, "span": "landfall", "speed": 300, "again": False, "by": by, **given}
    )


def told() -> dict[str, Any]:
    return progress.replay(OFFICER, STORM)


def play(home: Path, at: int, end: int = 4 * HOUR) -> Path:
    """Leave what a replay leaves in its exercise."""
    place = place_of(home, replaying.name_of(STORM))
    if not place.exists():
        workspace.create(place, kind="exercise", name=place.name, parent=str(home))
    Cursor(STORM, 0, end, at).write(place)
    return place


def test_whoever_answers_for_the_county_starts_it_and_the_journal_knows(
    supervisor: Supervisor,
) -> None:
    assert told()["phase"] == "none"
    start()
    asked = supervisor.asked[-1] if supervisor.asked[-1]["do"] == "run" else supervisor.asked[-2]
    assert asked["options"][:5] == [STORM, "--name", "replay-lekima", "--speed", "300"]
    assert asked["options"][5:] == [
        "--from", "2019-08-09T11:00:00+08:00", "--to", "2019-08-10T11:00:00+08:00",
    ]  # fmt: skip
    assert asked["first"] == []
    noted = Entry.objects.get(deed="exercises.replay-started")
    assert (noted.by, noted.subject, noted.region) == ("user:lin", "replay-lekima", "339901000000")
    assert told()["phase"] == "making"


def test_a_township_may_not_and_nothing_is_asked(supervisor: Supervisor) -> None:
    deeds: tuple[Callable[[], None], ...] = (
        lambda: start(TOWN),
        lambda: replaying.halt_replay(by=TOWN),
        lambda: replaying.close_replay(storm=STORM, by=TOWN),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed()
    assert supervisor.deeds() == []
    assert not progress.replay(TOWN, STORM)["may_start"]
    assert told()["may_start"]


def test_one_at_a_time_and_a_refused_start_is_not_in_the_journal(supervisor: Supervisor) -> None:
    start()
    with pytest.raises(Conflict, match="一次只能有一个"):
        start()
    assert Entry.objects.filter(deed="exercises.replay-started").count() == 1
    with pytest.raises(Conflict, match="请先停下"):
        replaying.close_replay(storm=STORM, by=OFFICER)
    assert supervisor.deeds() == ["run", "run"]


def test_from_the_beginning_is_said_to_this_start_alone(supervisor: Supervisor) -> None:
    start(again=True, speed=0, span="whole")
    asked = next(one for one in supervisor.asked if one["do"] == "run")
    assert (asked["first"], asked["options"][3]) == (["--again"], "--lockstep")
    assert "--again" not in asked["options"]


@pytest.mark.parametrize("given", [{"speed": 7}, {"span": "tomorrow"}])
def test_only_what_is_offered_is_started(supervisor: Supervisor, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        start(**given)
    assert supervisor.deeds() == []


def test_it_is_shown_from_making_to_its_end(supervisor: Supervisor, home: Path) -> None:
    start()
    place = place_of(home, replaying.name_of(STORM))
    workspace.create(place, kind="exercise", name=place.name, parent=str(home))
    assert told()["phase"] == "preparing"
    play(home, 0)
    assert told()["phase"] == "opening"
    play(home, HOUR)
    tempo.note(place, tempo.Step(0, HOUR, 0.0, 12.0))
    shown = told()
    assert (shown["phase"], shown["speed"], shown["asked"]) == ("playing", 300.0, 300)
    assert shown["at"].timestamp() == 3600
    assert shown["still_s"] is not None
    replaying.halt_replay(by=OFFICER)
    shown = told()
    assert (shown["phase"], shown["speed"], shown["still_s"]) == ("halted", None, None)
    start()
    assert told()["phase"] == "playing"
    play(home, 4 * HOUR)
    assert supervisor.last is not None
    supervisor.last |= {"running": False, "code": 0}
    assert told()["phase"] == "done"


def test_one_that_broke_off_says_why(supervisor: Supervisor, home: Path) -> None:
    start()
    play(home, HOUR)
    assert supervisor.last is not None
    supervisor.last |= {"running": False, "code": 1, "said": "磁盘空间不足"}
    assert (told()["phase"], told()["why"]) == ("failed", "磁盘空间不足")


@pytest.mark.usefixtures("home")
def test_without_a_supervisor_it_says_so_and_starts_nothing() -> None:
    assert told()["phase"] == "unsupervised"
    with pytest.raises(Unavailable, match="守护进程"):
        start()
    assert not Entry.objects.filter(deed="exercises.replay-started").exists()


def test_only_a_demo_has_the_county_a_storm_is_laid_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workspace.create(tmp_path / "live", kind="live", name="live")
    monkeypatch.setenv("ANLAN_DATA", str(made.dir))
    Region.objects.create(code="339901000000", level=3, name="云屿县")
    assert (told()["phase"], told()["may_start"]) == ("elsewhere", False)
    with pytest.raises(Conflict, match="演示工作区"):
        start()


def test_where_devices_have_no_door_it_is_refused_at_once(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_MQTT_PORT", "0")
    with pytest.raises(Conflict, match="MQTT"):
        start()
    assert supervisor.deeds() == []


def test_in_the_exercise_itself_it_tells_how_far_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = play(home, HOUR)
    monkeypatch.setenv("ANLAN_DATA", str(place))
    shown = told()
    assert (shown["phase"], shown["may_start"]) == ("inside", False)
    assert shown["at"].timestamp() == 3600


def test_after_a_crash_of_everything_it_waits_for_its_exercise(
    supervisor: Supervisor, home: Path
) -> None:
    place = play(home, HOUR)
    errand.await_exercise(home, place.name)  # nobody starts it: not waited for
    supervisor.served = [place]
    with listening(Supervisor(place)) as own:
        errand.await_exercise(home, place.name)
    assert "state" in [one["do"] for one in own.asked]
