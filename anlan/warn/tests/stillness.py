"""A village `X` of a county, and what is heard of it: for tests of silence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from anlan.warn.silence import (
    Limits,
    Posts,
    Scene,
    Sensor,
    Sent,
    quiet_villages,
    silent_villages,
    suspects,
)

LIMITS = Limits.read()
NOW = 1_000_000.0
CALLED = NOW - 240
OTHERS = [f"V{number}" for number in range(10)]


def sensors_of(village: str, *ages: float, interval: float = 60, gateway: str = "") -> list[Sensor]:
    return [
        Sensor(village, gateway, interval, NOW - age, f"{village}-{place}")
        for place, age in enumerate(ages)
    ]


def messages_to(village: str, *proved: bool, age: float = 200, **more: Any) -> list[Sent]:
    return [Sent(village, "sms-1", NOW - age, one, **more) for one in proved]


def scene_of(
    *, sensors: Sequence[Sensor] = (), sent: Sequence[Sent] = (), answered: int = 0,
    called: float = CALLED, listening: float = 0.0,
) -> Scene:  # fmt: skip
    """A village `X` whose posts nobody answers for, and ten others where everything is heard."""
    elsewhere = {village: Posts(5, 3, called, called, called + 30) for village in OTHERS}
    lived = called + 60 if answered else 0.0
    return Scene(
        now=NOW, listening_since=listening,
        posts={**elsewhere, "X": Posts(4, answered, called, called, lived)},
        sensors=[*sensors, *(one for village in OTHERS for one in sensors_of(village, 20, 30))],
        sent=[*sent, *(one for v in OTHERS for one in messages_to(v, True, True, False))],
    )  # fmt: skip


def found_in(scene: Scene) -> list[str]:
    found = [one.village for one in silent_villages(scene, LIMITS)]
    # What is looked at first, the tries that went nowhere, leaves none of them out.
    bare = replace(scene, sent=[one for one in scene.sent if not one.proved])
    assert set(found) <= suspects(bare, LIMITS)
    return found


def uncalled(*sensors: Sensor, posts: Posts | None = None) -> list[str]:
    """Find, in a county where everybody else answered, what only sensors tell of `X`."""
    scene = scene_of(sensors=sensors)
    others = {village: one for village, one in scene.posts.items() if village != "X"}
    called = others if posts is None else {**others, "X": posts}
    return [one.village for one in quiet_villages(replace(scene, posts=called), LIMITS)]
