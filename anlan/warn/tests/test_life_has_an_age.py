"""What was heard of a village shows that it lived then; and what is no proof of silence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from anlan.warn.silence import (
    SILENT,
    UNKNOWN,
    Posts,
    Scene,
    Sensor,
    Sent,
    phone_signs,
    quiet_villages,
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


def _lived(lived: float, *, sensors: Sequence[Sensor] = (), sent: Sequence[Sent] = ()) -> Scene:
    """A village `X` that was called long ago and was heard then; most still owe an answer."""
    scene = scene_of(sensors=sensors, sent=sent, called=NOW - 3000)
    posts = {**scene.posts, "X": Posts(4, 1, NOW - 3000, NOW - 3000, lived)}
    return replace(scene, posts=posts)


def _receipts(village: str, *ages: float, age: float) -> list[Sent]:
    """Messages sent `age` ago, delivered at these ages; 0 means never."""
    return [
        Sent(village, "sms-1", NOW - age, bool(one), person=f"{village}{place}",
             proved_at=NOW - one)
        for place, one in enumerate(ages)
    ]  # fmt: skip


def test_a_village_that_got_the_first_message_and_is_cut_off_then_is_found() -> None:
    first = _receipts("X", 2990, 2990, 2990, age=3000)
    again = _receipts("X", 0, 0, 0, age=200)
    elsewhere = [one for v in OTHERS for one in _receipts(v, 2990, 2990, age=3000)]
    later = [one for v in OTHERS for one in _receipts(v, 190, 190, age=200)]
    scene = replace(_lived(0.0), sent=[*first, *again, *elsewhere, *later])
    (found,) = silent_villages(scene, LIMITS)
    assert (found.village, found.since, found.phones.says) == ("X", NOW - 2990, SILENT)
    assert found_in(replace(scene, sent=[*first, *elsewhere, *later])) == []  # nobody tried again
    heard = _receipts("X", 0, 0, 150, age=200)
    assert found_in(replace(scene, sent=[*first, *heard, *elsewhere, *later])) == []


def test_an_answer_shows_life_when_it_was_given_and_not_for_ever() -> None:
    again = messages_to("X", False, False, False, age=200)
    assert found_in(_lived(NOW - 2900, sent=again)) == ["X"]
    assert found_in(_lived(NOW - 190, sent=again)) == []
    assert found_in(_lived(NOW - 2900, sensors=sensors_of("X", 300, 280), sent=again)) == ["X"]


def test_whoever_showed_life_and_was_not_asked_again_owes_no_sign_of_it() -> None:
    stopped = _lived(NOW - 2900, sensors=sensors_of("X", 300))
    assert found_in(stopped) == []  # one station may just be broken
    assert [one.village for one in quiet_villages(stopped, LIMITS)] == []
    several = _lived(NOW - 2900, sensors=sensors_of("X", 300, 280))
    assert [one.village for one in quiet_villages(several, LIMITS)] == ["X"]


def test_people_whose_telephones_never_worked_accuse_no_village() -> None:
    """Once the others have answered only they are tried; so it is in every village."""

    def tried(village: str, age: float) -> list[Sent]:
        return [Sent(village, "sms-1", NOW - age, False, person=f"{village}-{n}") for n in (1, 2)]

    villages = ("X", *OTHERS)
    first = [one for v in villages for one in (*tried(v, 2900), *_receipts(v, 2890, age=2900))]
    again = [one for v in villages for one in tried(v, 200)]
    assert found_in(replace(_lived(NOW - 2890), sent=[*first, *again])) == []


def test_one_telephone_that_is_off_is_no_silent_village_where_several_could_be_tried() -> None:
    off = Sent("X", "hand", NOW - 200, False, off=True, person="a")
    other = Sent("X", "hand", NOW - 190, False, off=True, person="b")
    waiting = Sent("X", "sms-1", NOW - 20, False, person="b")
    assert phone_signs(scene_of(sent=[off, waiting]), LIMITS)["X"].says == UNKNOWN
    assert phone_signs(scene_of(sent=[off, other]), LIMITS)["X"].says == SILENT


def test_one_telephone_that_misses_every_message_is_one_witness() -> None:
    missed = [Sent("X", "sms-1", NOW - age, False, person="a") for age in (220, 210, 200)]
    beside = Sent("X", "sms-1", NOW - 20, False, person="b")
    assert phone_signs(scene_of(sent=[*missed, beside]), LIMITS)["X"].says == UNKNOWN


def test_a_telephone_that_rings_is_in_reach_though_nobody_picks_it_up() -> None:
    missed = messages_to("X", False, False, False)
    rings = Sent("X", "hand", NOW - 100, True, person="a")
    assert found_in(scene_of(sent=missed)) == ["X"]
    assert found_in(scene_of(sent=[*missed, rings])) == []


def test_what_the_provider_could_not_deliver_is_not_waited_for() -> None:
    told = [one for v in OTHERS for one in _receipts(v, 15, 15, age=20)]
    waiting = messages_to("X", False, False, False, age=20)
    assert "X" not in phone_signs(scene_of(sent=[*told, *waiting]), LIMITS)
    failed = messages_to("X", False, False, False, age=20, failed=True)
    assert phone_signs(scene_of(sent=[*told, *failed]), LIMITS)["X"].says == SILENT


def test_a_provider_that_was_down_for_a_while_accuses_nobody_it_was_to_tell_then() -> None:
    late = ("X", "V0", "V1", "V2")
    lost = [one for v in late for one in messages_to(v, False, False, False, age=200)]
    told = [one for v in OTHERS[3:] for one in messages_to(v, True, True, True, age=2000)]
    assert found_in(replace(scene_of(), sent=[*told, *lost])) == []


def test_many_villages_cut_off_at_once_are_all_found() -> None:
    cut = [f"C{number}" for number in range(30)]
    scene = scene_of(sent=[one for v in cut for one in _receipts(v, 0, 0, 0, age=200)])
    posts = {**scene.posts, **{v: Posts(3, 0, CALLED, CALLED) for v in cut}}
    told = [one for v in OTHERS for one in _receipts(v, 190, 190, 190, age=200)]
    assert found_in(replace(scene, posts=posts, sent=[*scene.sent, *told])) == sorted(cut)
    stopped = [one for v in cut for one in sensors_of(v, 300, 280)]
    dark = replace(scene, posts=posts, sent=(), sensors=[*scene.sensors, *stopped])
    assert found_in(dark) == sorted(cut)


def test_in_a_large_county_chance_alone_accuses_nobody() -> None:
    """Three of four receipts come: in three hundred villages some have none of three by chance."""
    villages = [f"L{number}" for number in range(300)]
    drawn = Random(4)
    sent = [
        one
        for village in villages
        for one in _receipts(village, *(190 * (drawn.random() < 0.75) for _ in range(3)), age=200)
    ]
    lost = Counter(one.village for one in sent if not one.proved)
    assert sum(missed == 3 for missed in lost.values()) >= 3
    posts = {village: Posts(3, 0, CALLED, CALLED) for village in villages}
    assert found_in(replace(scene_of(), posts=posts, sent=sent)) == []


def test_sensors_that_come_in_bundles_are_slow_and_not_silent() -> None:
    """They say a minute and bring five at once: at any moment most of them look late."""

    def bundles(village: str, place: int) -> list[Sensor]:
        return sensors_of(village, 20 + (place * 70) % 300, 20 + (place * 110 + 90) % 300)

    scene = replace(
        scene_of(), sensors=[one for n, v in enumerate(OTHERS) for one in bundles(v, n)]
    )
    late = replace(scene, sensors=[*scene.sensors, *sensors_of("X", 250, 280)])
    assert found_in(late) == []
    assert quiet_villages(replace(late, posts={}), LIMITS) == []


def test_a_station_long_dead_is_no_second_witness() -> None:
    assert uncalled(*sensors_of("X", 300, 4000)) == []
    assert uncalled(*sensors_of("X", 300, 280, 4000)) == ["X"]
