"""A county whose people have telephones, a home for channel files, and a clock to turn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.base.conftest import migrated, workspace_of_tests
from anlan.base.obligations.services import Debt, owe_many
from anlan.base.people.models import Phone
from anlan.base.people.tests import village as v
from anlan.base.permissions.actor import Actor, Holding
from anlan.base.regions import scope
from anlan.comms.declaration import shelf
from anlan.comms.models import Message
from anlan.comms.services.sending import running
from anlan.comms.services.sending.giving_way import GivingWay
from anlan.kernel import clock, workspace

__all__ = ["migrated", "workspace_of_tests"]

PRESETS = Path(__file__).parents[1] / "presets"
START = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Beijing


@dataclass
class Turn:
    """The tests' clock."""

    at: datetime = START

    def forward(self, **spans: float) -> datetime:
        self.at += timedelta(**spans)
        return self.at


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    made = Turn()
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


@dataclass
class Home:
    """A workspace's directory for channel files and secrets."""

    dir: Path

    def channel(self, key: str, text: str) -> None:
        folder = self.dir / "conf" / "channels"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.toml").write_text(text, encoding="utf-8")
        shelf._shelves.clear()

    def preset(self, name: str, address: str, key: str = "", **changes: str) -> None:
        """Set up a file that is shipped, switched on and led to another address; no more."""
        text = (PRESETS / f"{name}.toml").read_text(encoding="utf-8")
        text = re.sub(r'^url = "https?://[^/"]+', f'url = "{address}', text, flags=re.MULTILINE)
        text = text.replace("enabled = false", "enabled = true")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        for secret in set(re.findall(r'"file:([a-z-]+)"', text)):
            self.secret(secret, f"the-{secret}")
        self.channel(key or name, text)

    def ladder(self, *channels: str) -> str:
        """Make a ladder whose only rung turns to the debtor through these; returns its key."""
        named = ", ".join(f'"{one}"' for one in channels)
        (self.dir / "conf").mkdir(exist_ok=True)
        (self.dir / "conf" / "ladders.toml").write_text(
            '[plain]\ntitle = "一步"\ntitle_en = "One rung"\nanswer_within = "2h"\n'
            'until = "answered"\nconfidence = "M?"\n'
            f'rungs = [{{ after = "0min", whom = "debtor", channels = [{named}] }}]\n',
            encoding="utf-8",
        )
        return "plain"

    def secret(self, name: str, value: str) -> None:
        folder = self.dir / "secrets"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(value, encoding="utf-8")

    def settings(self, text: str) -> None:
        (self.dir / "conf").mkdir(exist_ok=True)
        (self.dir / "conf" / "settings.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A live workspace of its own, with the run's master key."""
    place = tmp_path / "live"
    workspace.create(place, kind="live", name="live")
    (place / "secret").write_text(
        (workspace.directory() / "secret").read_text(encoding="ascii"), encoding="ascii"
    )
    monkeypatch.setattr(workspace, "directory", lambda: place)
    shelf._shelves.clear()
    monkeypatch.setattr(running, "_me", None)
    monkeypatch.setattr(running, "_way", GivingWay())
    yield Home(place)
    shelf._shelves.clear()


def actor(role: str, region: str, name: str = "", person: str = "") -> Actor:
    """Somebody with a role in a region."""
    return Actor(
        ref=f"user:{name or role}", user_id=name or role, name=name or role, region=region,
        roles=(Holding(role, scope.prefix(region)),), person=person,
    )  # fmt: skip


@dataclass
class World:
    """Posts and persons by a short name."""

    posts: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)

    def owe(self, *to: str, case: str = "", **more: object) -> list[str]:
        """Owe a notice to posts, its first rung taken at once."""
        debts = [
            Debt(
                **{  # type: ignore[arg-type]
                    "kind": "notice", "title": "防台风会议", "debtor": self.posts[short],
                    "region": v.NEAR, "case": case, "once": f"{case}:{short}", **more,
                }
            )
            for short in to
        ]  # fmt: skip
        return owe_many(debts=debts, by=v.BY, start=True)

    def phone(self, short: str, rank: int = 1) -> Phone:
        return Phone.objects.get(person=self.persons[short], rank=rank)


@pytest.fixture
def world(db: None, turn: Turn) -> World:  # noqa: ARG001 - both must be there
    """A township's duty room, two villages with heads and a deputy."""
    v.make_regions()
    v.unit()
    made = World()
    for short, role, region, numbers in (
        ("head", "village-head", v.NEAR, ("13900000001", "13900000002")),
        ("next", "village-head", v.NEXT, ("13900000003",)),
        ("officer", "duty-officer", v.TOWN, ("13900000004",)),
        ("mute", "grid-worker", v.NEAR, ()),
    ):
        made.persons[short] = v.person(f"P-{short}", f"{short}甲", region, *numbers)
        made.posts[short] = v.post(f"G-{short}", role, region, holder=f"P-{short}")
    made.persons["deputy"] = v.person("P-deputy", "副手", v.NEAR, "13900000005")
    v.hold("G-head", "P-deputy", "B")
    made.posts["vacant"] = v.post("G-vacant", "village-head", v.FAR)
    return made


def states() -> dict[str, int]:
    """Count messages by state."""
    found: dict[str, int] = {}
    for state in Message.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found
