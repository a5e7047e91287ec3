from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel import events, units
from anlan.kernel.errors import Conflict, Invalid, Missing
from anlan.kernel.events import Event
from anlan.kernel.lifecycle import Lifecycle, State
from anlan.kernel.registry import Registry


def test_a_key_is_declared_once_and_never_after_the_start() -> None:
    fruits: Registry[int] = Registry("水果")
    fruits.add("apple", 1)
    with pytest.raises(Conflict, match="登记了两次"):
        fruits.add("apple", 2)
    fruits.freeze()
    with pytest.raises(Conflict, match="启动完成"):
        fruits.add("pear", 3)


def test_a_missing_entry_is_missing_and_the_mapping_protocol_still_holds() -> None:
    fruits: Registry[int] = Registry("水果")
    with pytest.raises(Missing, match="没有「pear」"):
        fruits["pear"]
    assert fruits.get("pear") is None
    assert "pear" not in fruits


@dataclass(frozen=True, kw_only=True)
class DoorOpened(Event):
    door: str


def test_a_handler_hears_its_event_kind_and_is_noted_once() -> None:
    @events.on(DoorOpened)
    def note(event: DoorOpened) -> None:
        heard.append(event.door)

    heard: list[str] = []
    events.on(DoorOpened)(note)  # declaring again is the same declaration
    kind = events.kind_of(DoorOpened)
    handlers = events.handlers_of(kind)
    assert len(handlers) == 1
    next(iter(handlers.values()))(DoorOpened(door="north"))
    assert heard == ["north"]
    assert events.kind(kind) is DoorOpened
    assert events.facts(DoorOpened(door="north", case="c")) == {"case": "c", "door": "north"}


DOOR = Lifecycle(
    "door",
    "门",
    (
        State("shut", "关着", "Shut", to=("open",)),
        State("open", "开着", "Open", to=("shut", "gone")),
        State("gone", "拆了", "Gone"),
    ),
)


def test_only_declared_moves_are_possible() -> None:
    assert DOOR.initial == "shut"
    assert DOOR.sources("shut") == ("open",)
    assert DOOR.is_final("gone")
    DOOR.check("shut", "open")
    with pytest.raises(Conflict, match="门现在是「关着」，不能变为「拆了」"):
        DOOR.check("shut", "gone")


def test_a_lifecycle_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(Invalid, match="不存在的状态"):
        Lifecycle("x", "门", (State("a", "甲", "A", to=("b",)),))


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (36, "km/h", "m/s", 10),
        (1, "海里", "m", 1852),
        (15, "亩", "公顷", 1),
        (32, "℉", "℃", 0),
        (1, "万立方米", "m3", 10_000),
        (1, "kn", "km/h", 1.852),
    ],
)
def test_units_convert(value: float, source: str, target: str, expected: float) -> None:
    assert units.convert(value, source, target) == pytest.approx(expected, abs=1e-9)


@given(st.floats(-1e6, 1e6), st.sampled_from(["K", "degC", "degF"]))
def test_converting_there_and_back_changes_nothing(value: float, unit: str) -> None:
    there = units.convert(value, unit, "K")
    assert units.convert(there, "K", unit) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("source", "target"), [("m", "kg"), ("丈", "m")])
def test_units_that_do_not_match_are_refused(source: str, target: str) -> None:
    with pytest.raises(Invalid):
        units.convert(1, source, target)
