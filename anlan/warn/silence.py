"""Whether a village has fallen silent: nobody answers, no telephone, no sensor. Pure; no rule.

Three kinds of signs are looked at, each of which may be silent, alive, or unknown. A village that
is called is silent when its posts are, one of the other two is as well, and neither is alive.
Where nobody is called only sensors can tell: a village is silent when those of several stations
have all stopped. Silence proves something only where the same kind is heard elsewhere at the same
time: when our own intake stopped, a provider is down or a gateway has gone, every village behind it
is unknown, not silent.

A sensor is missed once its own interval is over, so that slow ones show nothing in five minutes.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from anlan import codes

TABLE = "silence-limits"
SILENT, ALIVE, UNKNOWN = "silent", "alive", "unknown"


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of the table. Seconds."""

    quiet_s: float
    receipt_s: float
    chance: float
    late_factor: float
    late_slack_s: float
    longest_s: float
    recent_s: float
    share: float
    least: int
    several: int

    def expected_s(self, interval_s: float) -> float:
        """Tell how long after its last value a stream counts as late."""
        return interval_s * self.late_factor + self.late_slack_s

    @classmethod
    def read(cls) -> "Limits":
        """Read them as in force."""
        value = {row.code: row.number("value") or 0.0 for row in codes.table(TABLE)}
        return cls(
            value["quiet"], value["receipt"], value["chance"], value["late-factor"],
            value["late-slack"], value["longest"], value["recent"], value["control-share"],
            int(value["control-least"]), int(value["several"]),
        )  # fmt: skip


class Posts(NamedTuple):
    """The calls of a village: how many, how many show life, when the first and last began."""

    called: int
    answered: int
    began: float
    latest: float
    #: When the last that shows life did; 0 where none does.
    lived: float = 0.0


NOBODY = Posts(0, 0, 0.0, 0.0)


class Sensor(NamedTuple):
    """One stream: where it is, what brings its values, how often, when it was last heard."""

    village: str
    gateway: str
    interval_s: float
    last: float
    station: str = ""


class Sent(NamedTuple):
    """One message that a receipt is expected of: to which village, how, when, whether it came."""

    village: str
    carrier: str
    at: float
    proved: bool
    #: The provider says that the telephone is off or out of reach.
    off: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """What one kind of sign says of a village, of how many, and when it last showed life."""

    says: str = UNKNOWN
    n: int = 0
    last: float | None = None
    #: Of sensors: how many stations they stand at.
    stations: int = 0


NO_SIGN = Sign()


@dataclass(frozen=True, slots=True)
class Silence:
    """A village that has fallen silent, and what shows it."""

    village: str
    #: The last sign of life, or when its posts were called.
    since: float
    posts: Posts
    sensors: Sign = field(default=NO_SIGN)
    phones: Sign = field(default=NO_SIGN)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is known at one moment. Times are seconds, of one clock."""

    now: float
    #: Since when somebody has listened without a break: before it nobody can be called silent.
    listening_since: float
    posts: Mapping[str, Posts]
    sensors: Sequence[Sensor]
    sent: Sequence[Sent]


def silent_villages(scene: Scene, limits: Limits) -> list[Silence]:
    """List the villages that have fallen silent."""
    waiting = long_silent(scene.posts, scene.now, limits)
    if not waiting:
        return []
    sensors = sensor_signs(scene, limits)
    phones = phone_signs(scene, limits)
    found = []
    for village, posts in sorted(waiting.items()):
        signs = sensors.get(village, NO_SIGN), phones.get(village, NO_SIGN)
        says = {sign.says for sign in signs}
        if SILENT in says and ALIVE not in says:
            since = max((sign.last for sign in signs if sign.last is not None), default=posts.began)
            found.append(Silence(village, since, posts, *signs))
    return found


def quiet_villages(scene: Scene, limits: Limits) -> list[Silence]:
    """List the villages all of whose sensors have stopped though nobody is waited for there.

    A single station may just be broken. Where calls wait for an answer `silent_villages` judges;
    who answered after the last value lives, and so does a village with a slow sensor heard since.
    """
    lived: dict[str, float] = defaultdict(float)
    for one in scene.sensors:
        if one.interval_s > limits.longest_s:
            lived[one.village] = max(lived[one.village], one.last)
    found = []
    for village, sign in sorted(_quick_signs(scene, limits).items()):
        posts, last = scene.posts.get(village, NOBODY), sign.last or 0.0
        waited_for = posts.called > 0 and not posts.answered
        if sign.says != SILENT or sign.stations < limits.several or waited_for:
            continue
        if last > max(posts.lived, lived[village]):
            found.append(Silence(village, last, NOBODY, sign))
    return found


def long_silent(posts: Mapping[str, Posts], now: float, limits: Limits) -> dict[str, Posts]:
    """Keep the villages of which nobody has answered for so long that other signs are asked for."""
    waited = now - limits.quiet_s
    return {
        village: one
        for village, one in posts.items()
        if one.called and not one.answered and one.latest <= waited
    }


def sensor_signs(scene: Scene, limits: Limits) -> dict[str, Sign]:
    """Tell of each village whether its sensors are heard."""
    return _quick_signs(scene, limits) | _slow_signs(scene, limits)


def _quick_signs(scene: Scene, limits: Limits) -> dict[str, Sign]:
    """Judge the sensors that are quick enough for their silence to mean something."""
    usable = [
        one
        for one in scene.sensors
        if one.interval_s <= limits.longest_s and scene.now - one.last <= limits.recent_s
    ]
    late = [_is_late(one, scene, limits) for one in usable]
    gone = _gone(usable, late)
    kept = [
        (one, is_late) for one, is_late in zip(usable, late, strict=True) if one.gateway not in gone
    ]
    total = Counter(is_late for _, is_late in kept)
    by_village: dict[str, list[tuple[Sensor, bool]]] = defaultdict(list)
    for one, is_late in kept:
        by_village[one.village].append((one, is_late))
    return {
        village: _sensor_sign(own, total, scene.posts.get(village), limits)
        for village, own in by_village.items()
    }


def _slow_signs(scene: Scene, limits: Limits) -> dict[str, Sign]:
    """Find the villages of which a slow sensor was heard since they were called: it shows life."""
    heard: dict[str, list[float]] = defaultdict(list)
    for one in scene.sensors:
        posts = scene.posts.get(one.village)
        if posts is not None and one.interval_s > limits.longest_s and one.last >= posts.began:
            heard[one.village].append(one.last)
    return {village: Sign(ALIVE, len(own), max(own)) for village, own in heard.items()}


def _is_late(one: Sensor, scene: Scene, limits: Limits) -> bool:
    late_s = scene.now - max(one.last, scene.listening_since)
    return late_s > limits.expected_s(one.interval_s)


def _gone(sensors: Sequence[Sensor], late: Sequence[bool]) -> set[str]:
    """List the gateways of several villages that bring nothing at all: they are what is gone."""
    villages: dict[str, set[str]] = defaultdict(set)
    heard: set[str] = set()
    for one, is_late in zip(sensors, late, strict=True):
        if one.gateway:
            villages[one.gateway].add(one.village)
            if not is_late:
                heard.add(one.gateway)
    return {key for key, served in villages.items() if len(served) > 1 and key not in heard}


def _sensor_sign(
    own: Sequence[tuple[Sensor, bool]], total: Counter[bool], posts: Posts | None, limits: Limits
) -> Sign:
    last = max(one.last for one, _ in own)
    late = [one for one, is_late in own if is_late]
    others = total.total() - len(own)
    heard_elsewhere = total[False] - (len(own) - len(late))
    stations = len({one.station for one, _ in own})
    if others < limits.least or heard_elsewhere < limits.share * others:
        return Sign(UNKNOWN, len(own), last, stations)
    if len(late) == len(own):
        return Sign(SILENT, len(own), last, stations)
    since = posts.began if posts else 0.0
    if any(not is_late and one.last >= since for one, is_late in own):
        return Sign(ALIVE, len(own), last, stations)
    # Those not due yet prove nothing; several that were in time until the call and then stopped do.
    stopped = {one.station for one in late if one.last + limits.expected_s(one.interval_s) >= since}
    told = SILENT if len(stopped) >= limits.several else UNKNOWN
    return Sign(told, len(late) if told == SILENT else len(own), last, stations)


def phone_signs(scene: Scene, limits: Limits) -> dict[str, Sign]:
    """Tell of each village whether its telephones take messages."""
    old = [one for one in scene.sent if one.proved or scene.now - one.at >= limits.receipt_s]
    sent = Counter(one.carrier for one in old)
    proved = Counter(one.carrier for one in old if one.proved)
    by_village: dict[str, list[Sent]] = defaultdict(list)
    for one in old:
        by_village[one.village].append(one)
    return {village: _phone_sign(own, sent, proved, limits) for village, own in by_village.items()}


def _phone_sign(
    own: Sequence[Sent], sent: Counter[str], proved: Counter[str], limits: Limits
) -> Sign:
    """Weigh the messages of one village: how likely it is that none came through by chance."""
    lives = [one.at for one in own if one.proved]
    if lives:
        return Sign(ALIVE, len(own), max(lives))
    if any(one.off for one in own):
        return Sign(SILENT, len(own))
    chance = 1.0
    for carrier, n in Counter(one.carrier for one in own).items():
        others = sent[carrier] - n
        if others >= limits.least:
            chance *= (1.0 - proved[carrier] / others) ** n
    return Sign(SILENT if chance <= limits.chance else UNKNOWN, len(own))
