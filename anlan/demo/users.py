"""Accounts of the demo county: one in each role, with a password the login page tells."""

from dataclasses import dataclass

from anlan.base.door.demo_users import tell_demo_users
from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import User
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.regions import scope
from anlan.base.regions.models import Level, Region
from anlan.kernel.errors import Missing

#: Told on the login page of the demo workspace; opens nothing elsewhere.
PASSWORD = "Anlan-2026-demo"  # noqa: S105 - shown to everybody on purpose


@dataclass(frozen=True)
class Wanted:
    """An account: its role, at what level, and the post whose holder it is."""

    username: str
    role: str
    level: Level
    post: str = ""
    name: str = ""


USERS = (
    Wanted("zhihui", "commander", Level.COUNTY, "commander"),
    Wanted("daiban", "duty-lead", Level.COUNTY, "duty-leader"),
    Wanted("duty", "duty-officer", Level.COUNTY, "duty-officer"),
    Wanted("keshi", "section", Level.COUNTY, "bureau-head"),
    Wanted("xiangzhen", "township", Level.TOWN, "township-emergency-officer"),
    Wanted("village", "village", Level.VILLAGE, "village-head"),
    Wanted("grid", "grid", Level.GRID, "grid-worker"),
    Wanted("team", "team", Level.COUNTY, "team-leader"),
    Wanted("expert", "expert", Level.COUNTY, "expert"),
    Wanted("sysadmin", "system-admin", Level.COUNTY, name="演示系统管理员"),
    Wanted("secadmin", "security-admin", Level.COUNTY, name="演示安全管理员"),
    Wanted("auditor", "audit-admin", Level.COUNTY, name="演示审计管理员"),
)


def make_users(county: str, village: str, *, by: Actor) -> int:
    """Make the accounts that are missing and tell the login page all of them.

    `village` is where the accounts below the county work, so that they see each other's rows.
    """
    made = 0
    for wanted in USERS:
        if not User.objects.filter(username=wanted.username).exists():
            _make(wanted, county, village, by)
            made += 1
    tell_demo_users([(wanted.username, PASSWORD) for wanted in USERS])
    return made


def _make(wanted: Wanted, county: str, village: str, by: Actor) -> None:
    region = _region(wanted.level, county, village)
    person, name = _holder(wanted, region, county)
    user = create_user(
        username=wanted.username, name=name, region=region, person=person, password=PASSWORD,
        by=by,
    )  # fmt: skip
    give_grant(user=user, role=wanted.role, region=region, by=by)


def _region(level: Level, county: str, village: str) -> str:
    if level == Level.GRID:
        cells = Region.objects.filter(parent=village, valid_to=None).order_by("code")
        found = cells.values_list("code", flat=True).first()
        if found is None:
            raise Missing("演示村没有网格")
        return found
    length = scope.LENGTHS[level - 1]
    return scope.pad((village if level > Level.COUNTY else county)[:length])


def _holder(wanted: Wanted, region: str, county: str) -> tuple[str, str]:
    """Find the person who holds such a post in the region, else in the county."""
    if not wanted.post:
        return "", wanted.name
    for place in (region, county):
        posts = scope.below(Post.objects.filter(role=wanted.post, retired_at=None), place)
        ids = list(posts.order_by("region_id", "rank", "id").values_list("pk", flat=True)[:20])
        held = people.holders_of(ids)
        free = [one for post in ids for one in held.get(post, ()) if _is_free(one["person"])]
        if free:
            return free[0]["person"], free[0]["name"]
    return "", f"演示{wanted.username}"


def _is_free(person: str) -> bool:
    return not User.objects.filter(person=person).exists()
