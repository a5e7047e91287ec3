"""A county with one of everything in one village, and everybody who might ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.test import Client

from anlan.base.files.services import add_file
from anlan.base.jobs.models import Job
from anlan.base.journal.services.sealing import seal_due
from anlan.base.obligations.ladders import Span
from anlan.base.obligations.services import Notice, send_notice
from anlan.base.people.models import Holding, Person, Post
from anlan.base.permissions import rights, system
from anlan.base.permissions.models import Delegation, Grant, Token, User
from anlan.base.permissions.selectors import actor_of
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions.models import Region
from anlan.base.register.excel import writing
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import imports
from anlan.gateways.sources.shelf import Shelf
from anlan.kernel import clock, workspace
from tests.declarations.demo_rows import COUNTY, TOWN, VILLAGE, make_regions, save_demo
from tests.rights import (
    calling,
    forecasting,
    learning,
    losing,
    mapping,
    messaging,
    moving,
    papering,
    planning,
    reporting,
    responding,
    rolling,
    walling,
    warning,
    watching,
)
from tests.rights.sensing import bring, put_up

BY = system("test")
NEIGHBOUR = "339902000000"

#: Where each role of the county has its region; the others have the whole county.
PLACES = {"township": TOWN, "village": VILLAGE, "grid": VILLAGE}

#: People of the next county, with the widest roles there are: they must see nothing of this one.
CHARLIES = {
    "charlie": "section",
    "charlie-duty-lead": "duty-lead",
    "charlie-system-admin": "system-admin",
    "charlie-security-admin": "security-admin",
    "charlie-audit-admin": "audit-admin",
}

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090775 3de".replace(" ", "")
)


#: A pull source of this county; nobody answers there.
SOURCE = f"""
title = "演示水利平台"
region = "{COUNTY}"
enabled = true
[owner]
unit = "演示水利局"
[request]
url = "http://127.0.0.1:9/"
[mapping]
[mapping.station]
path = "a"
[mapping.time]
path = "t"
[[mapping.values]]
path = "v"
stream = "{{station}}"
"""


@dataclass
class World:
    """Everything that can be asked for, by name, and a client for everybody."""

    clients: dict[str, Client] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    #: Texts that only those of this county may ever read.
    secrets: set[str] = field(default_factory=set)


def build() -> World:
    """Make the world."""
    world = World()
    make_regions()
    Region.objects.create(code=NEIGHBOUR, name="邻县", level=3, parent_id="339900000000")
    for entry in REGISTERS.values():
        if not entry.model._default_manager.exists():
            save_demo(entry)
        row = entry.model._default_manager.get()
        world.ids[entry.key] = row.pk
        world.secrets.add(row.pk)
    world.secrets |= {"演示", "DEMO-"}
    _people(world)
    _matters(world)
    _sources(world)
    put_up(world.ids)
    calling.put_up(world.ids)
    warning.put_up(world.ids)
    messaging.put_up(world.ids)
    forecasting.put_up(world.ids)
    planning.put_up(world.ids)
    responding.put_up(world.ids)
    papering.put_up(world.ids)
    walling.put_up(world.ids)
    mapping.save(world.ids)
    learning.put_up(world.ids)
    rolling.put_up(world.ids)
    reporting.put_up(world.ids)
    watching.put_up(world.ids)
    losing.put_up(world.ids)
    moving.put_up(world.ids)
    world.secrets |= {key for key in world.ids.values() if len(key) > 20}
    return world


def _people(world: World) -> None:
    holder = Person.objects.get()
    for role in rights.table().roles:
        place = PLACES.get(role, COUNTY)
        user = _user(world, role, role, place)
        if role == "village":  # the one who holds the post that is told things
            user.person = holder.pk
            user.save()
    for name, role in CHARLIES.items():
        _user(world, name, role, NEIGHBOUR)
    _user(world, "nobody", "", COUNTY)
    world.clients["stranger"] = Client()
    clerk = User.objects.create(username="clerk", name="演示文员", region=VILLAGE)
    world.ids["user"] = clerk.pk
    grant = Grant.objects.create(
        user=clerk, role="team", prefix="339901101201", by=BY.ref, at=clock.now()
    )
    world.ids["grant"] = grant.pk
    lent = Delegation.objects.create(
        giver=User.objects.get(username="commander"), taker=clerk, role="commander",
        prefix="339901", starts=clock.now(), until=clock.now() + timedelta(days=2), by=BY.ref,
    )  # fmt: skip
    world.ids["delegation"] = lent.pk
    world.ids["token"] = Token.objects.get(user__username="section").pk


def _user(world: World, name: str, role: str, place: str) -> User:
    from anlan.base.regions import scope

    user = User.objects.create(username=name, name=name.title(), region=place)
    if role:
        Grant.objects.create(
            user=user, role=role, prefix=scope.prefix(place), by=BY.ref, at=clock.now()
        )
    text, _ = create_token(user=user, name="walk", by=BY)
    world.clients[name] = Client(headers={"authorization": f"Bearer {text}"})
    return user


def _matters(world: World) -> None:
    post = Post.objects.get()
    assert Holding.objects.filter(post=post).exists()
    lead = actor_of(User.objects.get(username="duty-lead"))
    notice = Notice(title="演示通知", posts=[post.pk], answer_within=Span(2, "hour"))
    sent = send_notice(notice=notice, by=lead)
    from anlan.base.obligations.models import Obligation

    world.ids["case"] = sent.case
    world.ids["obligation"] = Obligation.objects.get(case=sent.case).pk
    made = add_file(
        name="演示.png", content=PNG, subject=("shelters", world.ids["shelters"]),
        region=VILLAGE, by=lead,
    )  # fmt: skip
    world.ids["file"] = made.pk
    job = Job.objects.create(
        key="permissions.sweep", by=BY.ref, state=Job.State.FAILED, run_at=clock.now(),
        made_at=clock.now(), error="test",
    )  # fmt: skip
    world.ids["job"] = job.pk
    sheet = BytesIO(writing.template(REGISTERS["shelters"]))
    section = actor_of(User.objects.get(username="section"))
    world.ids["import"] = imports.start_import(
        entry=REGISTERS["shelters"], name="演示.xlsx", file=sheet, by=section
    ).pk
    bring(world.ids, section)
    while seal_due():
        pass


def _sources(world: World) -> None:
    shelf = Shelf(workspace.directory())
    if "walk" not in shelf.sheets():
        shelf.write("walk", SOURCE, seen="")
    world.ids["source"] = "walk"


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is done inside."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def sheet(key: str) -> Any:
    """Make an empty sheet to upload."""
    file = BytesIO(writing.template(REGISTERS[key]))
    file.name = "sheet.xlsx"
    return file
