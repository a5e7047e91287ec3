"""What the sensors of each village tell: heard, stopped, or nothing yet.

A sensor is missed once its own interval is over, so that slow ones show nothing in five minutes.
Those that were missed before the village was last heard, by whatever sign, are broken: only what
was due after it and did not come shows anything.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from anlan.warn.silence.scene import (
    ALIVE,
    NOBODY,
    SILENT,
    UNKNOWN,
    Limits,
    Scene,
    Sensor,
    Sign,
    last_heard,
    odds,
)


@dataclass(frozen=True, slots=True)
class _Due:
    """One sensor, and whether it is late."""

    sensor: Sensor
    late: bool


def sensor_signs(scene: Scene, limits: Limits) -> dict[str, Sign]:
    """Tell of each village with sensors quick enough for their silence to mean something."""
    due = _usable(scene, limits)
    total = Counter(one.late for one in due)
    by_village: dict[str, list[_Due]] = defaultdict(list)
    for one in due:
        by_village[one.sensor.village].append(one)
    beside = {village: _beside_another(own) for village, own in by_village.items()}
    together = sum(beside.values(), Counter[bool]())
    heard = last_heard(scene)
    signs = {}
    for village, own in by_village.items():
        began = scene.posts.get(village, NOBODY).began
        sign = _sign(own, heard[village], began, limits)
        if sign.says == SILENT:
            healthy, others = together - beside[village], total - Counter(one.late for one in own)
            if not _tells(sign.stations, healthy, others, limits):
                sign = Sign(UNKNOWN, sign.n, sign.last, sign.stations)
        signs[village] = sign
    return signs


def _usable(scene: Scene, limits: Limits) -> list[_Due]:
    usable = [
        one
        for one in scene.sensors
        if one.interval_s <= limits.longest_s and scene.now - one.last <= limits.recent_s
    ]
    due = [_Due(one, _is_late(one, scene, limits)) for one in usable]
    gone = _gone(due)
    return [one for one in due if one.sensor.gateway not in gone]


def _is_late(one: Sensor, scene: Scene, limits: Limits) -> bool:
    late_s = scene.now - max(one.last, scene.listening_since)
    return late_s > limits.expected_s(one.interval_s)


def _gone(due: Sequence[_Due]) -> set[str]:
    """List the gateways of several villages that bring nothing at all: they are what is gone."""
    villages: dict[str, set[str]] = defaultdict(set)
    heard: set[str] = set()
    for one in due:
        if one.sensor.gateway:
            villages[one.sensor.gateway].add(one.sensor.village)
            if not one.late:
                heard.add(one.sensor.gateway)
    return {key for key, served in villages.items() if len(served) > 1 and key not in heard}


def _beside_another(own: Sequence[_Due]) -> Counter[bool]:
    """Count the sensors late and in time that stand in one village with another station heard."""
    heard = {one.sensor.station for one in own if not one.late}
    return Counter(one.late for one in own if heard - {one.sensor.station})


def _sign(own: Sequence[_Due], heard: float, began: float, limits: Limits) -> Sign:
    last = max(one.sensor.last for one in own)
    if any(not one.late and one.sensor.last >= began for one in own):
        return Sign(ALIVE, len(own), last, len({one.sensor.station for one in own}))
    stopped = [
        one.sensor for one in own
        if one.late and one.sensor.last + one.sensor.interval_s * limits.late_factor >= heard
    ]  # fmt: skip
    stations = len({one.station for one in stopped})
    # Those not due yet prove nothing; several that were in time until then and stopped do.
    enough = 1 if all(one.late for one in own) else limits.several
    told = SILENT if stations >= enough else UNKNOWN
    return Sign(told, len(stopped) if told == SILENT else len(own), last, stations)


def _tells(stations: int, healthy: Counter[bool], others: Counter[bool], limits: Limits) -> bool:
    """Tell whether so many stations stopped more than others would by being slow.

    Best told by sensors of villages where another station is heard: however many villages are cut
    off, these live. Where nobody has two, by how many are heard at all.
    """
    if healthy.total() >= limits.least:
        return odds(healthy[True], healthy[False]) ** stations <= limits.chance
    return others.total() >= limits.least and others[False] >= limits.share * others.total()
