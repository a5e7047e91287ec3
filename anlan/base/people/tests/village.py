"""A small world for tests: a county, two townships, three villages, and the people who serve."""

from datetime import date
from typing import Any

from anlan.base.people.models import Person, Post
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.regions import scope
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row
from anlan.kernel.errors import Invalid

BY = system("test")
COUNTY = "339901000000"
TOWN, OTHER = "339901101000", "339901102000"
#: Two villages of the first township a few kilometres apart, one of the other far away.
NEAR, NEXT, FAR = "339901101201", "339901101202", "339901102201"
GRID = "339901101201001"


def make_regions() -> None:
    """Make the regions, with seats."""
    for code, name, initials, lon, lat, people in (
        (COUNTY, "云屿县", "yyx", 121.60, 28.40, 9000),
        (TOWN, "云岭乡", "ylx", 121.50, 28.40, 5000),
        (OTHER, "海门镇", "hmz", 121.90, 28.40, 4000),
        (NEAR, "前坑村", "qkc", 121.50, 28.40, 3000),
        (NEXT, "后坑村", "hkc", 121.53, 28.41, 2000),
        (FAR, "渔山村", "ysc", 121.90, 28.45, 4000),
        (GRID, "前坑村第一网格", "qkcdywg", 121.50, 28.40, 1000),
    ):
        level = scope.level_of(code)
        above = scope.ancestors(code)[-1] if level > 3 else None
        Region.objects.create(
            code=code, name=name, initials=initials, level=level, parent_id=above, lon=lon,
            lat=lat, population=people, households=people // 3,
        )  # fmt: skip


def save(key: str, **values: Any) -> str:
    """Save a row of a register as a form would; returns its id."""
    try:
        return save_row(entry=REGISTERS[key], values=values, by=BY).id
    except Invalid as error:
        error.add_note(str(error.errors))
        raise


def person(code: str, name: str, region: str, *numbers: str, unit: str = "U1") -> str:
    """Make somebody with telephones."""
    made = save("persons", code=code, name=name, region=region, unit=unit)
    for rank, number in enumerate(numbers, start=1):
        save("phones", person=code, rank=rank, number=number)
    return made


def post(code: str, role: str, region: str, holder: str = "", deputy: str = "") -> str:
    """Make a post, held by persons of these codes."""
    title = f"{Region.objects.get(code=region).name}{code}"
    made = save("posts", code=code, title=title, unit="U1", role=role, region=region)
    for rank, code_of in (("A", holder), ("B", deputy)):
        if code_of:
            hold(code, code_of, rank)
    return made


def hold(post_code: str, person_code: str, rank: str = "A", since: str = "2024-01-01") -> str:
    """Let somebody hold a post."""
    return save("holdings", post=post_code, person=person_code, rank=rank, since=since)


def unit(code: str = "U1", region: str = TOWN, name: str = "云岭乡人民政府") -> str:
    """Make a unit."""
    return save("units", code=code, name=name, kind="township", region=region)


def township(code: str = TOWN) -> Actor:
    """Make a township's user."""
    return Actor(
        ref="user:T", user_id="T", name="乡镇", roles=(Holding("township", scope.prefix(code)),),
        region=code, via="session",
    )  # fmt: skip


def person_of(code: str) -> str:
    """Find a person's id."""
    return Person.objects.get(code=code).pk


def post_of(code: str) -> str:
    """Find a post's id."""
    return Post.objects.get(code=code).pk


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)
