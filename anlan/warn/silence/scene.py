"""What is known of villages at one moment, and the figures it is judged by."""

from collections import defaultdict
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
    mistaken: float
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
            value["quiet"], value["receipt"], value["chance"], value["mistaken"],
            value["late-factor"], value["late-slack"], value["longest"], value["recent"],
            value["control-share"], int(value["control-least"]), int(value["several"]),
        )  # fmt: skip


class Posts(NamedTuple):
    """The calls of a village: how many, how many are answered, when the first and last began."""

    called: int
    answered: int
    began: float
    latest: float
    #: When its people were last heard: an answer, a report, a link opened; 0 where never.
    lived: float = 0.0

    def and_of(self, other: "Posts") -> "Posts":
        """Put together with others called in the same village."""
        return Posts(
            self.called + other.called, self.answered + other.answered,
            min(self.began, other.began), max(self.latest, other.latest),
            max(self.lived, other.lived),
        )  # fmt: skip


NOBODY = Posts(0, 0, 0.0, 0.0)


class Sensor(NamedTuple):
    """One stream: where it is, what brings its values, how often, when it was last heard."""

    village: str
    gateway: str
    interval_s: float
    last: float
    station: str = ""
    #: Under which its values are stored; -1 where that is not known.
    number: int = -1


class Sent(NamedTuple):
    """One try to get through to a telephone, or to a device, of a village."""

    village: str
    carrier: str
    at: float
    #: It got through: a receipt came, it rang.
    proved: bool
    #: Whoever dialled heard that the telephone is off or out of reach.
    off: bool = False
    #: Whose it is; of those without a name each is somebody else.
    person: str = ""
    #: When it was proved, where that is not when it was sent.
    proved_at: float = 0.0
    #: The provider says that it was not delivered: nothing is waited for.
    failed: bool = False

    @property
    def heard(self) -> float:
        """Tell when it showed life; 0 where it did not."""
        return max(self.at, self.proved_at) if self.proved else 0.0


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


def people_heard(scene: Scene) -> dict[str, float]:
    """Tell when the people of each village, or their telephones, last showed life."""
    heard = defaultdict(float, {village: one.lived for village, one in scene.posts.items()})
    for one in scene.sent:
        heard[one.village] = max(heard[one.village], one.heard)
    return heard


def last_heard(scene: Scene) -> dict[str, float]:
    """Tell when each village last showed life of whatever kind; 0 where it never did."""
    heard = people_heard(scene)
    for one in scene.sensors:
        heard[one.village] = max(heard[one.village], one.last)
    return heard


def odds(failed: int, proved: int) -> float:
    """Tell how likely the next one fails where so many did and so many did not (Jeffreys)."""
    return (failed + 0.5) / (failed + proved + 1.0)
