"""A township with a village, their posts and the people in them, and a clock that can be turned."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from anlan.base.obligations.ladders import Span
from anlan.base.obligations.services import Debt, owe
from anlan.base.people.models import Holding, Person, Post, Unit
from anlan.base.permissions.actor import Actor, system
from anlan.base.permissions.actor import Holding as Role
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.ids import new_id

COUNTY, TOWN, VILLAGE, NEXT_VILLAGE = (
    "339901000000",
    "339901101000",
    "339901101201",
    "339901101202",
)
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
class County:
    """Posts by a short name, and the actors who hold them."""

    posts: dict[str, str]
    actors: dict[str, Actor]

    def owe(self, to: str = "head", **more: object) -> str:
        """Make the township officer give a debt to a post."""
        debt = Debt(
            **{  # type: ignore[arg-type]
                "kind": "notice",
                "title": "防台风会议",
                "debtor": self.posts[to],
                "region": VILLAGE,
                "answer_within": Span(2, "hour"),
                **more,
            }
        )
        return owe(debt=debt, by=self.actors["officer"])


POSTS = {
    # short name: role, region, rank
    "head": ("village-head", VILLAGE),
    "neighbour-head": ("village-head", NEXT_VILLAGE),
    "stationed": ("stationed-cadre", VILLAGE),
    "officer": ("duty-officer", TOWN),
    "leader": ("duty-leader", COUNTY),
}


def _row(**values: object) -> dict[str, object]:
    return {
        "created_at": START,
        "changed_at": START,
        "changed_by": "system:test",
        **values,
    }


def _person(name: str, unit: Unit) -> Person:
    key = new_id()
    sealed = vault.seal(key, name)
    return Person.objects.create(
        **_row(id=key, code=key, name=sealed, unit=unit, region_id=unit.region_id)
    )


def _actor(person: Person, role: str, region: str) -> Actor:
    return Actor(
        ref=f"user:{person.pk}",
        user_id=person.pk,
        name=person.code,
        roles=(Role(role, scope.prefix(region)),),
        region=region,
        person=person.pk,
        via="session",
    )


@pytest.fixture
def county(db: None, turn: Turn) -> County:  # noqa: ARG001 - both must be there
    for code, name, level, parent, lon in (
        ("330000000000", "某省", 1, None, None),
        ("339900000000", "某市", 2, "330000000000", None),
        (COUNTY, "云屿县", 3, "339900000000", None),
        (TOWN, "云岭乡", 4, COUNTY, None),
        (VILLAGE, "前坑村", 5, TOWN, 121.5),
        (NEXT_VILLAGE, "后坑村", 5, TOWN, 121.51),
    ):
        Region.objects.create(
            code=code, name=name, level=level, parent_id=parent, lon=lon, lat=lon and 28.4
        )
    posts: dict[str, str] = {}
    actors: dict[str, Actor] = {}
    roles = {"village-head": "village", "duty-officer": "township", "duty-leader": "duty-lead"}
    for short, (role, region) in POSTS.items():
        unit = Unit.objects.create(
            **_row(code=f"U-{short}", name=f"{short} 单位", kind="village", region_id=region)
        )
        post = Post.objects.create(
            **_row(code=f"P-{short}", title=short, unit=unit, role=role, region_id=region)
        )
        posts[short] = post.pk
        holder = _person(f"{short}甲", unit)
        Holding.objects.create(
            **_row(post=post, person=holder, rank="A", since=date(2020, 1, 1), region_id=region)
        )
        actors[short] = _actor(holder, roles.get(role, "village"), region)
        if short == "head":
            deputy = _person("副主任", unit)
            Holding.objects.create(
                **_row(post=post, person=deputy, rank="B", since=date(2020, 1, 1), region_id=region)
            )
            actors["deputy"] = _actor(deputy, "village", region)
    actors["stranger"] = Actor(
        ref="user:charlie",
        user_id="charlie",
        name="Charlie",
        roles=(Role("township", "110101001"),),
        region="110101001000",
        via="session",
    )
    actors["system"] = system("test")
    return County(posts, actors)
