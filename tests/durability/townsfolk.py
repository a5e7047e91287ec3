"""A small county whose people have telephones, mail and habits.

`make` is run by a process of the workspace; the test reads the same table to know who does what.
"""

import json
from dataclasses import dataclass, replace

from anlan.base.people.models import Unit
from anlan.base.permissions.actor import system
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Region
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import save_row

COUNTY = "339901000000"
TOWNS = {"339901101000": "云岭乡", "339901102000": "海门镇"}
VILLAGES = {
    "339901101201": "前坑村", "339901101202": "后坑村", "339901101203": "上坑村",
    "339901102201": "东岙村", "339901102202": "西岙村",
}  # fmt: skip
BY = system("test")


@dataclass(frozen=True)
class Soul:
    """Who holds a post, under which numbers, and what they do when they are called.

    Habits: ``reply`` by short message, ``link`` by the link in it, ``mail`` by the link in a mail,
    ``hand`` when somebody rings them, ``doubtful`` with words nobody is sure of, ``silent``.
    """

    code: str
    role: str
    region: str
    habit: str
    numbers: tuple[str, ...] = ()
    mail: str = ""
    rank: str = "A"
    #: The post whose holder they are; another than their own for who holds two.
    known_by: str = ""

    @property
    def person(self) -> str:
        """The person's code."""
        return f"{self.known_by or self.code}-{self.rank}"

    @property
    def title(self) -> str:
        """What the post is called, in the text of a message too."""
        return f"岗位{self.code}"


def _number(place: int) -> str:
    return f"139{place:08d}"


#: Numbers with a fate: refused at once as dead, told dead by a receipt, busy twice, late receipts.
DEAD, DEAD_LATER, BUSY, LATE = (_number(9000 + place) for place in range(4))
SECOND, ANOTHER = _number(9100), _number(9101)

COUNTY_ROLES = {
    "commander": "link", "deputy-commander": "mail", "bureau-head": "reply",
    "department-liaison": "silent",
}  # fmt: skip
TOWN_ROLES = {
    "township-head": "reply", "township-deputy": "silent", "township-emergency-officer": "mail",
    "duty-officer": "silent",
}  # fmt: skip
VILLAGE_ROLES = {
    "village-head": "reply", "village-deputy": "hand", "stationed-cadre": "link",
    "transfer-responsible": "silent", "warning-keeper": "reply",
}  # fmt: skip


def code_of(region: str, role: str) -> str:
    """Name a post."""
    return f"{region[6:]}-{role}"[:28]


#: Those of the first village and township have the telephones that go wrong.
UNLUCKY = {
    code_of("339901101201", "village-head"): (DEAD, SECOND),
    code_of("339901101201", "warning-keeper"): (DEAD_LATER, ANOTHER),
    code_of("339901101202", "village-head"): (BUSY,),
    code_of("339901101202", "warning-keeper"): (LATE,),
    code_of("339901101203", "transfer-responsible"): (),
}
DOUBTFUL = code_of("339901101203", "warning-keeper")
VACANT = code_of("339901102202", "village-deputy")
#: Second posts of one person: post -> the one they are known by.
SECOND_POSTS = {
    code_of("339901102202", "stationed-cadre"): code_of("339901102201", "stationed-cadre"),
    code_of("339901101201", "transfer-responsible"): code_of("339901101201", "village-deputy"),
    code_of("339901102202", "transfer-responsible"): code_of("339901102201", "warning-keeper"),
    code_of("339901102202", "warning-keeper"): code_of(
        "339901102000", "township-emergency-officer"
    ),
    code_of("339901101203", "village-deputy"): code_of("339901101203", "village-head"),
}
#: Held by A, who has a dead number alone, and by B, who answers by the link once turned to.
COVERED = code_of("339901102201", "village-head")
GONE = _number(9200)


def souls() -> list[Soul]:
    """List everybody who holds a post; of the vacant one nobody."""
    found: list[Soul] = []
    places = [(COUNTY, COUNTY_ROLES), *((town, TOWN_ROLES) for town in TOWNS)]
    places += [(village, VILLAGE_ROLES) for village in VILLAGES]
    for region, roles in places:
        for role, habit in roles.items():
            code = code_of(region, role)
            numbers = UNLUCKY.get(code, (_number(len(found) + 1),))
            habit = "doubtful" if code == DOUBTFUL else habit
            mail = f"{code}@county.example" if habit == "mail" else ""
            if code == COVERED:
                found.append(Soul(code, role, region, "silent", (GONE,)))
                found.append(Soul(code, role, region, "link", (_number(9201),), rank="B"))
            elif code != VACANT:
                found.append(Soul(code, role, region, habit, numbers, mail))
    known = {one.code: one for one in found}
    return [_doubled(one, known.get(SECOND_POSTS.get(one.code, ""))) for one in found]


def _doubled(soul: Soul, other: Soul | None) -> Soul:
    """Give a post to who holds another already."""
    if other is None:
        return soul
    return replace(
        soul, habit=other.habit, numbers=other.numbers, mail=other.mail, known_by=other.code
    )


def posts_of(person: str) -> set[str]:
    """List the posts of one person."""
    return {one.code for one in souls() if one.person == person}


def make() -> None:
    """Make the county in the workspace of this process; print what opens its doors."""
    _regions()
    unit = _save("units", code="U1", name="县应急管理局", kind="emergency-bureau", region=COUNTY)
    assert Unit.objects.get().pk == unit
    held = souls()
    posts = dict.fromkeys((one.code, one.role, one.region) for one in held)
    for code, role, region in (*posts, (VACANT, "village-deputy", "339901102202")):
        _save("posts", code=code, title=f"岗位{code}", unit="U1", role=role, region=region)
    for soul in sorted(held, key=lambda one: bool(one.known_by)):
        _settle(soul)
    made = {}
    for role in ("duty-officer", "system-admin", "security-admin", "audit-admin"):
        user = create_user(
            username=role, name=role, region=COUNTY, person="", password="Sturdy-Pw-2026", by=BY
        )
        give_grant(user=user, role=role, region=COUNTY, by=BY)
        made[role] = create_token(user=user, name="test", expires=None, by=BY)[0]
    print(json.dumps(made))


def _regions() -> None:
    rows = [
        ("330000000000", "省", 1, None), ("339900000000", "市", 2, "330000000000"),
        (COUNTY, "云屿县", 3, "339900000000"),
        *((code, name, 4, COUNTY) for code, name in TOWNS.items()),
        *((code, name, 5, f"{code[:9]}000") for code, name in VILLAGES.items()),
    ]  # fmt: skip
    for code, name, level, parent in rows:
        Region.objects.create(code=code, name=name, level=level, parent_id=parent)


def _settle(soul: Soul) -> None:
    code = soul.person
    if not soul.known_by:
        _save("persons", code=code, name=f"人{soul.rank}", region=soul.region, unit="U1")
        for rank, number in enumerate(soul.numbers, start=1):
            _save("phones", person=code, rank=rank, number=number)
        if soul.mail:
            _save("accounts", person=code, kind="mail", address=soul.mail)
    _save("holdings", post=soul.code, person=code, rank=soul.rank, since="2024-01-01")


def _save(key: str, **values: object) -> str:
    return save_row(entry=REGISTERS[key], values=values, by=BY).id
