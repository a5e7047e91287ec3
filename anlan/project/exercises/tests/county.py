"""A small county in a workspace of its own, with everything that must and must not come along."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.base.conftest import RealWorkspace

PASSWORD = "Rain-gauge-27"

FILL = """
import json
from datetime import timedelta
from django.db import transaction
from anlan.base.cases.services import open_case
from anlan.base.households.models import Household
from anlan.base.households.tests.people import household, resident
from anlan.base.journal.services.sealing import seal_due
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Phone
from anlan.base.people.tests import village as v
from anlan.base.permissions.models import Grant, Session, User
from anlan.base.permissions.passwords import hashed
from anlan.base.permissions.services import sessions, tokens
from anlan.base.vault import keyring
from anlan.base.vault.models import Key
from anlan.base.vault.services import seal_own
from anlan.forecast.services.storms import receive_track
from anlan.forecast.tests.test_storms import bulletin
from anlan.kernel import clock, workspace

v.make_regions()
v.unit()
ids = {code: v.person(code, name, v.NEAR, number) for code, name, number in (
    ("P1", "欧阳绝密", "10098765432"), ("P2", "上官隐名", "10098765433"),
    ("P3", "司徒留任", "10098765434"))}
v.post("G1", "village-head", v.NEAR, holder="P1", deputy="P3")
today = clock.local(clock.now()).date()
v.hold("G1", "P2", since=today.isoformat())
v.save("duty-shifts", unit="U1", date=today.isoformat(), shift="whole",
       lead="P2", officer="P3")
home, other = household("H1", 121.49, 28.40, address="沿海路1号"), \\
    household("H2", 121.50, 28.40, address="沿海路2号")
ids |= {"H1": home, "H2": other}
ids["R1"] = resident("R1", "H1", "慕容户主", relation="self")
ids["R2"] = resident("R2", "H2", "令狐家人", relation="self")
ids["S1"] = v.save("shelters", code="S1", name="中心小学", region=v.NEAR, level="village",
                   stay="long", capacity=300, lon=121.5, lat=28.4)
for name, person in (("zhang", ids["P2"]), ("ouyang", ids["P1"])):
    user = User.objects.create(username=name, name=name, region=v.TOWN, person=person,
        password=hashed("Rain-gauge-27"), totp="")
    Grant.objects.create(user=user, role="township", prefix="339901101", by="test",
        at=clock.now(), valid_from=clock.now() - timedelta(days=1))
key, user = sessions.log_in(sessions.Credentials("zhang", "Rain-gauge-27"))
token, _ = tokens.create_token(user=User.objects.get(username="zhang"), name="t", by=v.BY)
seed = seal_own("JBSWY3DPEHPK3PXP")
(storm,) = receive_track(body=bulletin(at=clock.now() - timedelta(hours=2)), by=v.BY)
grids = workspace.current().dir / "forecast" / "grids"
grids.mkdir(parents=True)
(grids / "sea.tif").write_bytes(b"depths")
case = open_case(hazard="typhoon", region=v.TOWN, title="台风", by=v.BY)
while seal_due():
    pass
found = keyring.find(Key.objects.values_list("subject", flat=True))
print(json.dumps({
    "ids": ids, "storm": storm, "session": key, "token": token, "seed": seed, "case": case,
    "phones": dict(Phone.objects.values_list("person__code", "id")),
    "seals": dict(Household.objects.values_list("code", "seal")),
    "wrapped": {row.subject: bytes(row.wrapped).hex() for row in Key.objects.all()},
    "plain": {subject: one.hex() for subject, one in found.by_subject.items()},
}))
"""

#: Every row of every table as one digest a table.
PRINTS = """
import hashlib, json
from django.db import connection
prints = {}
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f'SELECT * FROM "{table}"')
        rows = sorted(repr([bytes(c) if isinstance(c, memoryview) else c for c in row])
                      for row in cursor.fetchall())
        prints[table] = hashlib.sha256("\\n".join(rows).encode()).hexdigest()
print(json.dumps(prints))
"""


@dataclass(frozen=True)
class County:
    """A filled workspace and what was put into it."""

    real: RealWorkspace
    told: dict[str, Any]

    def create(self, name: str, *options: str) -> RealWorkspace:
        """Make an exercise by the command line."""
        made = self.real.anlan("workspace", "create", name, *options)
        assert made.returncode == 0, made.stdout + made.stderr
        return self.exercise(name)

    def exercise(self, name: str) -> RealWorkspace:
        """Open an exercise; it is on SQLite whatever its source is on."""
        return RealWorkspace(self.real.dir / "exercises" / name, "")

    def subjects(self, *codes: str) -> list[str]:
        """List the subjects of keys that belong to persons, residents and households."""
        found = []
        for code in codes:
            kinds = (self.told["ids"], self.told["phones"], self.told["seals"])
            found += [kind[code] for kind in kinds if kind.get(code) in self.told["wrapped"]]
        return found


def asked(workspace: RealWorkspace, program: str, *arguments: str) -> Any:
    """Run a program in a workspace and read the JSON of its last line."""
    return json.loads(workspace.do(program, *arguments).splitlines()[-1])


def prints(workspace: RealWorkspace) -> dict[str, str]:
    """Take the digests of a workspace's tables."""
    told: dict[str, str] = asked(workspace, PRINTS)
    return told


def holding(directory: Path, pieces: list[bytes]) -> list[str]:
    """Name the files below a directory in which any of these bytes is found, master keys aside."""
    found = []
    for path in directory.rglob("*"):
        if path.is_file() and path.name != "secret":
            content = path.read_bytes()
            found += [path.name for piece in pieces if piece in content]
    return found
