"""When a village has fallen silent, and when it is only us who hear nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.warn.silence import (
    ALIVE,
    SILENT,
    UNKNOWN,
    Limits,
    Posts,
    Scene,
    Sensor,
    Sent,
    phone_signs,
    quiet_villages,
    sensor_signs,
    silent_villages,
)

LIMITS = Limits.read()
NOW = 1_000_000.0
CALLED = NOW - 240
OTHERS = [f"V{number}" for number in range(10)]


def _sensors(village: str, *ages: float, interval: float = 60, gateway: str = "") -> list[Sensor]:
    return [
        Sensor(village, gateway, interval, NOW - age, f"{village}-{place}")
        for place, age in enumerate(ages)
    ]


def _messages(village: str, *proved: bool, age: float = 200, **more: Any) -> list[Sent]:
    return [Sent(village, "sms-1", NOW - age, one, **more) for one in proved]


def _scene(
    *, sensors: Sequence[Sensor] = (), sent: Sequence[Sent] = (), answered: int = 0,
    called: float = CALLED, listening: float = 0.0,
) -> Scene:  # fmt: skip
    """A village `X` whose posts nobody answers for, and ten others where everything is heard."""
    elsewhere = {village: Posts(5, 3, called, called) for village in OTHERS}
    return Scene(
        now=NOW, listening_since=listening,
        posts={**elsewhere, "X": Posts(4, answered, called, called)},
        sensors=[*sensors, *(one for village in OTHERS for one in _sensors(village, 20, 30))],
        sent=[*sent, *(one for village in OTHERS for one in _messages(village, True, True, False))],
    )  # fmt: skip


def _found(scene: Scene) -> list[str]:
    return [one.village for one in silent_villages(scene, LIMITS)]


def test_a_village_where_nothing_stirs_is_found() -> None:
    scene = _scene(sensors=_sensors("X", 300, 280), sent=_messages("X", False, False, False))
    (found,) = silent_villages(scene, LIMITS)
    assert (found.village, found.sensors.says, found.phones.says) == ("X", SILENT, SILENT)
    assert found.since == NOW - 280
    assert found.posts.called == 4


@pytest.mark.parametrize(
    ("sensors", "sent", "found"),
    [
        ((300, 280), (), True),  # no telephone tells anything
        ((), (False, False, False), True),  # no sensor stands there
        ((), (), False),  # posts alone prove nothing
        ((300, 20), (False, False, False), False),  # one sensor is heard
        ((300, 280), (False, True, False), False),  # one message came through
    ],
)
def test_silence_needs_two_kinds_and_no_sign_of_life(
    sensors: tuple[float, ...], sent: tuple[bool, ...], found: bool
) -> None:
    scene = _scene(sensors=_sensors("X", *sensors), sent=_messages("X", *sent))
    assert _found(scene) == (["X"] if found else [])


def test_one_answer_is_enough_for_life() -> None:
    scene = _scene(sensors=_sensors("X", 300), sent=_messages("X", False, False), answered=1)
    assert _found(scene) == []


@pytest.mark.parametrize(
    ("interval", "bound"), [(60, 180), (120, 182), (180, 248), (300, 380), (600, 710)]
)
def test_by_sensors_it_is_found_as_soon_as_their_own_interval_lets_it(
    interval: float, bound: float
) -> None:
    """Called at the moment everything stops, looked for twice a minute; the guide tells these."""
    for seconds in range(0, 901, 30):
        scene = Scene(
            now=NOW + seconds, listening_since=0.0,
            posts={"X": Posts(4, 0, NOW, NOW), **{v: Posts(5, 3, NOW, NOW) for v in OTHERS}},
            sensors=[Sensor("X", "", interval, NOW)]
            + [Sensor(v, "", interval, NOW + seconds) for v in OTHERS],
            sent=(),
        )  # fmt: skip
        if _found(scene):
            assert bound - 30 <= seconds <= bound
            return
    raise AssertionError("not found at all")


def test_by_receipts_it_is_found_in_three_minutes_whatever_sensors_stand_there() -> None:
    for seconds in range(0, 301, 30):
        scene = Scene(
            now=NOW + seconds, listening_since=0.0,
            posts={"X": Posts(4, 0, NOW, NOW), **{v: Posts(5, 3, NOW, NOW) for v in OTHERS}},
            sensors=[Sensor("X", "", 3600, NOW - 10)],
            sent=[Sent("X", "s", NOW, False)] * 3 + [Sent(v, "s", NOW, True) for v in OTHERS],
        )  # fmt: skip
        if _found(scene):
            assert seconds <= 180
            return
    raise AssertionError("not found at all")


def test_several_stations_that_stopped_since_the_call_need_not_wait_for_slower_ones() -> None:
    waiting = _sensors("X", 400, interval=600)
    stopped = [
        one._replace(station=f"stopped-{n}") for n, one in enumerate(_sensors("X", 230, 250))
    ]
    (found,) = silent_villages(_scene(sensors=[*stopped, *waiting]), LIMITS)
    assert (found.village, found.sensors.says, found.sensors.n) == ("X", SILENT, 2)
    assert _found(_scene(sensors=[stopped[0], *waiting])) == []  # one may just be broken
    dead = [one._replace(last=NOW - 3000) for one in stopped]
    assert _found(_scene(sensors=[*dead, *waiting])) == []  # they were before anybody called


def test_a_slow_sensor_that_was_heard_since_the_call_shows_life() -> None:
    stopped = _sensors("X", 300, 280)
    assert _found(_scene(sensors=[*stopped, *_sensors("X", 100, interval=3600)])) == []
    assert _found(_scene(sensors=[*stopped, *_sensors("X", 900, interval=3600)])) == ["X"]


def _uncalled(*sensors: Sensor, posts: Posts | None = None) -> list[str]:
    """Find, in a county where everybody else answered, what only sensors tell of `X`."""
    scene = _scene(sensors=sensors)
    others = {village: one for village, one in scene.posts.items() if village != "X"}
    called = others if posts is None else {**others, "X": posts}
    return [one.village for one in quiet_villages(replace(scene, posts=called), LIMITS)]


def test_without_any_call_several_stations_that_all_stopped_show_a_village() -> None:
    assert _uncalled(*_sensors("X", 300, 280)) == ["X"]
    assert _uncalled(*_sensors("X", 300)) == []  # a single one may just be broken
    assert _uncalled(*_sensors("X", 300, 20)) == []  # one is heard
    two_streams = [one._replace(station="the same") for one in _sensors("X", 300, 280)]
    assert _uncalled(*two_streams) == []
    assert _uncalled(*_sensors("X", 300, 280), *_sensors("X", 200, interval=3600)) == []


def test_a_village_that_is_waited_for_is_judged_by_its_call() -> None:
    stopped = _sensors("X", 300, 280)
    assert _uncalled(*stopped, posts=Posts(4, 0, CALLED, CALLED)) == []
    assert _uncalled(*stopped, posts=Posts(4, 2, CALLED, CALLED, NOW - 60)) == []  # they live
    assert _uncalled(*stopped, posts=Posts(4, 2, NOW - 9000, NOW - 9000, NOW - 8000)) == ["X"]


def test_without_any_call_a_stop_of_ours_or_of_a_gateway_accuses_nobody() -> None:
    gone = [one for v in ("X", "Y") for one in _sensors(v, 300, 280, gateway="G")]
    assert _uncalled(*gone) == []
    scene = _scene(sensors=_sensors("X", 300, 280))
    stopped = [replace_last(one, NOW - 400) for one in scene.sensors]
    assert quiet_villages(replace(scene, sensors=stopped, posts={}), LIMITS) == []
    late = replace(scene, listening_since=NOW - 30, posts={})
    assert quiet_villages(late, LIMITS) == []


def test_a_slow_sensor_neither_proves_silence_nor_stands_in_the_way() -> None:
    slow = _sensors("X", 1800, interval=3600)
    assert _found(_scene(sensors=slow)) == []
    assert _found(_scene(sensors=slow, sent=_messages("X", False, False, False))) == ["X"]


def test_a_sensor_that_was_dead_for_a_day_proves_nothing() -> None:
    assert _found(_scene(sensors=_sensors("X", 86_400))) == []


def test_a_sensor_heard_before_the_call_and_not_late_yet_is_no_sign_of_life() -> None:
    recent = _sensors("X", 250, interval=300)
    signs = sensor_signs(_scene(sensors=recent), LIMITS)
    assert signs["X"].says == UNKNOWN
    assert _found(_scene(sensors=recent, sent=_messages("X", False, False, False))) == ["X"]
    later = _sensors("X", 200, interval=300)
    assert sensor_signs(_scene(sensors=later), LIMITS)["X"].says == ALIVE


def test_when_our_own_intake_stopped_no_village_is_silent() -> None:
    scene = _scene(sensors=_sensors("X", 300))
    stopped = replace(scene, sensors=[replace_last(one, NOW - 400) for one in scene.sensors])
    assert _found(stopped) == []


def replace_last(one: Sensor, last: float) -> Sensor:
    return one._replace(last=last)


def test_after_a_break_of_ours_silence_counts_from_when_we_listen_again() -> None:
    sensors = _sensors("X", 900)
    assert _found(_scene(sensors=sensors, listening=NOW - 30)) == []
    assert _found(_scene(sensors=sensors, listening=NOW - 600)) == ["X"]


def test_a_gateway_that_is_gone_accuses_none_of_its_villages() -> None:
    gone = [one for v in ("X", "Y", "Z") for one in _sensors(v, 300, gateway="G")]
    assert _found(_scene(sensors=gone)) == []
    own = _sensors("X", 300, gateway="G")
    assert _found(_scene(sensors=own)) == ["X"]  # a gateway of its own stands in the village
    others = [one for v in ("Y", "Z") for one in _sensors(v, 20, gateway="G")]
    assert _found(_scene(sensors=[*own, *others])) == ["X"]


def test_when_the_provider_tells_no_receipts_no_village_is_silent() -> None:
    scene = _scene(sent=_messages("X", False, False, False))
    quiet = replace(scene, sent=[one._replace(proved=False) for one in scene.sent])
    assert _found(quiet) == []


def test_one_message_without_a_receipt_may_be_chance() -> None:
    assert phone_signs(_scene(sent=_messages("X", False)), LIMITS)["X"].says == UNKNOWN
    assert phone_signs(_scene(sent=_messages("X", False, False, False)), LIMITS)["X"].says == SILENT
    off = _messages("X", False, off=True)
    assert phone_signs(_scene(sent=off), LIMITS)["X"].says == SILENT


def test_a_message_just_sent_says_nothing_yet() -> None:
    young = _messages("X", False, False, False, age=20)
    assert "X" not in phone_signs(_scene(sent=young), LIMITS)


def test_posts_called_a_moment_ago_are_not_silent_yet() -> None:
    scene = _scene(sensors=_sensors("X", 300), sent=_messages("X", False, False), called=NOW - 60)
    assert _found(scene) == []


@given(
    ages=st.lists(st.floats(0, 20_000), min_size=1, max_size=6),
    break_s=st.floats(60, 20_000),
    proved=st.lists(st.booleans(), max_size=5),
)
def test_whatever_stands_there_a_stop_of_intake_and_receipts_accuses_nobody(
    ages: list[float], break_s: float, proved: list[bool]
) -> None:
    scene = _scene(sensors=_sensors("X", *ages), sent=_messages("X", *proved))
    stopped = replace(
        scene,
        sensors=[one._replace(last=one.last - break_s - 200) for one in scene.sensors],
        sent=[one._replace(proved=False) for one in scene.sent],
    )
    assert _found(stopped) == []


@given(st.permutations([0, 1, 2, 3, 4, 5]))
def test_the_order_of_what_is_told_does_not_matter(order: list[int]) -> None:
    sensors = [*_sensors("X", 300, 280), *_sensors("Y", 20, 25, 30, 35)]
    shuffled = [sensors[place] for place in order]
    assert silent_villages(_scene(sensors=shuffled), LIMITS) == silent_villages(
        _scene(sensors=sensors), LIMITS
    )
