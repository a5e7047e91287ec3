"""A county with a plan in force, a zone that threatens a household, shelters, a directory."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from anlan.base.files import store
from anlan.base.households.models import Household, Resident, Threat
from anlan.base.jobs.worker import drain
from anlan.base.people.models import Person
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.vault import services as vault
from anlan.comms.tests.conftest import Home
from anlan.kernel.ids import new_id
from anlan.protocols.official.tests.test_paper import lines, part
from anlan.respond.papers.models import Pack
from anlan.respond.responses.tests.conftest import (
    CHARLIE,
    COUNTY,
    LEAD,
    OFFICER,
    SECTION,
    Scene,
    Turn,
    World,
    actor,
    home,
    installed,
    scene,
    turn,
    workspace_of_tests,
    world,
)
from anlan.warn.tests.conftest import A1, A2, TOWNSHIP, VILLAGE, WEST, row

__all__ = [
    "A1", "A2", "CHARLIE", "COUNTY", "LEAD", "OFFICER", "SECTION", "TOWNSHIP", "VILLAGE", "WEST",
    "Scene", "Turn", "World", "actor", "home", "row", "scene", "turn", "workspace_of_tests",
    "world",
]  # fmt: skip

#: Where people named in a pack are told of: (pack's folder, file).
LISTS, GUIDES = "339901101-云岭乡/转移清单.docx", "339901101-云岭乡/村级明白纸.docx"
BOOK, SHEET = "00-全部/责任人通讯录.docx", "00-全部/人工叫应单.docx"


@pytest.fixture
def county(home: Home, scene: Scene) -> Scene:  # noqa: ARG001 - files and values of its own
    """The plan's county with a duty officer, a threatened household of two and unlisted people."""
    installed(scene.world, "P-DUTY", "某值班", "10000000003")
    keeper = scene.world.posts["P-A1"]
    shelter = Shelter.objects.create(
        **row(code="S1", name="前坑小学", level="village", stay="short", region_id=A1, capacity=80,
              occupied=0, status="ready", address="村口", keeper=keeper)
    )  # fmt: skip
    zone = DangerZone.objects.create(
        **row(code="Z1", name="后山沟", kind="flash-flood", hazards=["flood"], region_id=A1,
              households=3, people=9, signal="敲锣", route="沿村道向东到小学", shelter=shelter,
              thresholds=[[1, 30, 50]], transfer_lead=keeper)
    )  # fmt: skip
    seal, resident = new_id(), new_id()
    house = Household.objects.create(
        **row(code="H1", seal=seal, head=vault.seal(seal, "陈户主"), region_id=A1, size=2,
              phone=vault.seal(seal, "10000000011"), address=vault.seal(seal, "前坑村12号"),
              stay="shelter")
    )  # fmt: skip
    Resident.objects.create(
        **row(id=resident, code="R1", household=house, name=vault.seal(resident, "陈老太"),
              groups=["elderly", "alone"], region_id=A1)
    )  # fmt: skip
    Threat.objects.create(**row(zone=zone, household=house, region_id=A1))
    return scene


def started(scene: Scene) -> str:
    """Start the flood response and let everything that follows happen."""
    response = scene.start()
    drain()
    return response


def pack_of(response: str) -> Pack:
    """Find the newest pack of a response."""
    found = Pack.objects.filter(response=response).order_by("-number").first()
    assert found is not None
    return found


def papers_in(content: bytes) -> dict[str, list[str]]:
    """Read the lines of every paper in a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: lines(part(file.read(name))) for name in file.namelist()}


def person_of(scene: Scene, code: str) -> Person:
    """Find who holds a post."""
    found = Person.objects.get(code=f"N-{code}")
    assert scene.world.posts[code]
    return found


def stored() -> Iterator[bytes]:
    """Read every file of the store."""
    for path in sorted(store.path_of("0" * 64).parents[1].rglob("*")):
        if path.is_file():
            yield path.read_bytes()
