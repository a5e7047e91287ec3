"""When a village has fallen silent, and when it is only us who hear nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.warn.silence import (
    ALIVE,
    SILENT,
    UNKNOWN,
    Posts,
    Scene,
    Sensor,
    Sent,
    phone_signs,
    quiet_villages,
    sensor_signs,
    silent_villages,
)
from anlan.warn.tests.stillness import (
    CALLED,
    LIMITS,
    NOW,
    OTHERS,
    found_in,
    messages_to,
    scene_of,
    sensors_of,
    uncalled,
)


def test_a_village_where_nothing_stirs_is_found() -> None:
    scene = scene_of(sensors=sensors_of("X", 300, 280), sent=messages_to("X", False, False, False))
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
    scene = scene_of(sensors=sensors_of("X", *sensors), sent=messages_to("X", *sent))
    assert found_in(scene) == (["X"] if found else [])


def test_one_answer_is_enough_for_life() -> None:
    scene = scene_of(sensors=sensors_of("X", 300), sent=messages_to("X", False, False), answered=1)
    assert found_in(scene) == []


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
        if found_in(scene):
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
        if found_in(scene):
            assert seconds <= 180
            return
    raise AssertionError("not found at all")


def test_several_stations_that_stopped_since_the_call_need_not_wait_for_slower_ones() -> None:
    waiting = sensors_of("X", 400, interval=600)
    stopped = [
        one._replace(station=f"stopped-{n}") for n, one in enumerate(sensors_of("X", 230, 250))
    ]
    (found,) = silent_villages(scene_of(sensors=[*stopped, *waiting]), LIMITS)
    assert (found.village, found.sensors.says, found.sensors.n) == ("X", SILENT, 2)
    assert found_in(scene_of(sensors=[stopped[0], *waiting])) == []  # one may just be broken
    dead = [one._replace(last=NOW - 3000) for one in stopped]
    assert found_in(scene_of(sensors=[*dead, *waiting])) == []  # they were before anybody called


def test_a_slow_sensor_that_was_heard_since_the_call_shows_life() -> None:
    stopped = sensors_of("X", 300, 280)
    assert found_in(scene_of(sensors=[*stopped, *sensors_of("X", 100, interval=3600)])) == []
    assert found_in(scene_of(sensors=[*stopped, *sensors_of("X", 900, interval=3600)])) == ["X"]


def test_without_any_call_several_stations_that_all_stopped_show_a_village() -> None:
    assert uncalled(*sensors_of("X", 300, 280)) == ["X"]
    assert uncalled(*sensors_of("X", 300)) == []  # a single one may just be broken
    assert uncalled(*sensors_of("X", 300, 20)) == []  # one is heard
    two_streams = [one._replace(station="the same") for one in sensors_of("X", 300, 280)]
    assert uncalled(*two_streams) == []
    assert uncalled(*sensors_of("X", 300, 280), *sensors_of("X", 200, interval=3600)) == []


def test_a_village_that_is_waited_for_is_judged_by_its_call() -> None:
    stopped = sensors_of("X", 300, 280)
    assert uncalled(*stopped, posts=Posts(4, 0, CALLED, CALLED)) == []
    assert uncalled(*stopped, posts=Posts(4, 2, CALLED, CALLED, NOW - 60)) == []  # they live
    assert uncalled(*stopped, posts=Posts(4, 2, NOW - 9000, NOW - 9000, NOW - 8000)) == ["X"]


def test_without_any_call_a_stop_of_ours_or_of_a_gateway_accuses_nobody() -> None:
    gone = [one for v in ("X", "Y") for one in sensors_of(v, 300, 280, gateway="G")]
    assert uncalled(*gone) == []
    scene = scene_of(sensors=sensors_of("X", 300, 280))
    stopped = [replace_last(one, NOW - 400) for one in scene.sensors]
    assert quiet_villages(replace(scene, sensors=stopped, posts={}), LIMITS) == []
    late = replace(scene, listening_since=NOW - 30, posts={})
    assert quiet_villages(late, LIMITS) == []


def test_a_slow_sensor_neither_proves_silence_nor_stands_in_the_way() -> None:
    slow = sensors_of("X", 1800, interval=3600)
    assert found_in(scene_of(sensors=slow)) == []
    assert found_in(scene_of(sensors=slow, sent=messages_to("X", False, False, False))) == ["X"]


def test_a_sensor_that_was_dead_for_a_day_proves_nothing() -> None:
    assert found_in(scene_of(sensors=sensors_of("X", 86_400))) == []


def test_a_sensor_heard_before_the_call_and_not_late_yet_is_no_sign_of_life() -> None:
    recent = sensors_of("X", 250, interval=300)
    signs = sensor_signs(scene_of(sensors=recent), LIMITS)
    assert signs["X"].says == UNKNOWN
    assert found_in(scene_of(sensors=recent, sent=messages_to("X", False, False, False))) == ["X"]
    later = sensors_of("X", 200, interval=300)
    assert sensor_signs(scene_of(sensors=later), LIMITS)["X"].says == ALIVE


def test_when_our_own_intake_stopped_no_village_is_silent() -> None:
    scene = scene_of(sensors=sensors_of("X", 300))
    stopped = replace(scene, sensors=[replace_last(one, NOW - 400) for one in scene.sensors])
    assert found_in(stopped) == []


def replace_last(one: Sensor, last: float) -> Sensor:
    return one._replace(last=last)


def test_after_a_break_of_ours_silence_counts_from_when_we_listen_again() -> None:
    sensors = sensors_of("X", 900)
    assert found_in(scene_of(sensors=sensors, listening=NOW - 30)) == []
    assert found_in(scene_of(sensors=sensors, listening=NOW - 600)) == ["X"]


def test_a_gateway_that_is_gone_accuses_none_of_its_villages() -> None:
    gone = [one for v in ("X", "Y", "Z") for one in sensors_of(v, 300, gateway="G")]
    assert found_in(scene_of(sensors=gone)) == []
    own = sensors_of("X", 300, gateway="G")
    assert found_in(scene_of(sensors=own)) == ["X"]  # a gateway of its own stands in the village
    others = [one for v in ("Y", "Z") for one in sensors_of(v, 20, gateway="G")]
    assert found_in(scene_of(sensors=[*own, *others])) == ["X"]


def test_when_the_provider_tells_no_receipts_no_village_is_silent() -> None:
    scene = scene_of(sent=messages_to("X", False, False, False))
    quiet = replace(scene, sent=[one._replace(proved=False) for one in scene.sent])
    assert found_in(quiet) == []


def test_one_message_without_a_receipt_may_be_chance() -> None:
    assert phone_signs(scene_of(sent=messages_to("X", False)), LIMITS)["X"].says == UNKNOWN
    assert (
        phone_signs(scene_of(sent=messages_to("X", False, False, False)), LIMITS)["X"].says
        == SILENT
    )
    off = messages_to("X", False, off=True)
    assert phone_signs(scene_of(sent=off), LIMITS)["X"].says == SILENT


def test_a_message_just_sent_says_nothing_yet() -> None:
    young = messages_to("X", False, False, False, age=20)
    assert "X" not in phone_signs(scene_of(sent=young), LIMITS)


def test_posts_called_a_moment_ago_are_not_silent_yet() -> None:
    scene = scene_of(
        sensors=sensors_of("X", 300), sent=messages_to("X", False, False), called=NOW - 60
    )
    assert found_in(scene) == []


@given(
    ages=st.lists(st.floats(0, 20_000), min_size=1, max_size=6),
    break_s=st.floats(60, 20_000),
    proved=st.lists(st.booleans(), max_size=5),
)
def test_whatever_stands_there_a_stop_of_intake_and_receipts_accuses_nobody(
    ages: list[float], break_s: float, proved: list[bool]
) -> None:
    scene = scene_of(sensors=sensors_of("X", *ages), sent=messages_to("X", *proved))
    stopped = replace(
        scene,
        sensors=[one._replace(last=one.last - break_s - 200) for one in scene.sensors],
        sent=[one._replace(proved=False) for one in scene.sent],
    )
    assert found_in(stopped) == []


@given(st.permutations([0, 1, 2, 3, 4, 5]))
def test_the_order_of_what_is_told_does_not_matter(order: list[int]) -> None:
    sensors = [*sensors_of("X", 300, 280), *sensors_of("Y", 20, 25, 30, 35)]
    shuffled = [sensors[place] for place in order]
    assert silent_villages(scene_of(sensors=shuffled), LIMITS) == silent_villages(
        scene_of(sensors=sensors), LIMITS
    )
