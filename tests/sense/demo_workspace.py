"""A demo workspace with everything that measures, and replays in it by the command line."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.base.conftest import SET_UP, RealWorkspace
from anlan.kernel import workspace

ROOT = Path(__file__).resolve().parents[2]

#: The registers of the demo county that stations hang on; its people at home are not needed.
#: Where some townships are named, posts, shelters and danger zones elsewhere are left out.
FILL = """
from anlan.base.permissions.actor import system
from anlan.base.regions import scope
from anlan.base.register.registry import REGISTERS
from anlan.demo.county import generate
from anlan.demo.regions import write_regions
from anlan.demo.rules import switch_on_rules
from anlan.demo.sheets import SHEETS
from anlan.demo.users import make_users
from anlan.demo.writing import write

NEEDED = ("units", "persons", "posts", "holdings", "shelters", "reservoirs", "danger-zones",
          "key-sites", "gateways", "stations", "streams")
NEAR = ()
PEOPLE, FAR = ("units", "persons", "posts", "holdings"), ("danger-zones", "shelters")
county, by = generate(), system("test")
near = (*NEAR, county.full_villages[0][:9])


def is_near(region):
    return not NEAR or len(region) <= 6 or region.startswith(near)


def is_needed(key, row):
    if key == "posts":
        return row["code"] in posts
    if key == "holdings":
        return row["post"] in posts
    return key not in FAR or is_near(row["region"]) or row["code"] in named


def spoken_of(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return {code for one in value for code in spoken_of(one)}
    return {value} if isinstance(value, str) else set()


chosen = [(key, rows) for key, rows in SHEETS if key in NEEDED]
# What a station, a reservoir or a gateway names has to be there, and what that names.
named = {code for key, rows in chosen if key not in (*PEOPLE, *FAR)
         for code in spoken_of(list(rows(county)))}
for key in FAR:
    named |= spoken_of([row for row in dict(chosen)[key](county) if is_needed(key, row)])
posts = named | {one.code for one in county.posts if is_near(one.region)}
write_regions(county, by=by, progress=lambda *_: None)
for key, rows in chosen:
    wanted = (row for row in rows(county) if is_needed(key, row))
    write(REGISTERS[key], wanted, by=by, tell=lambda *_: None)
make_users(scope.normalise(county.code), scope.normalise(county.full_villages[0]), by=by)
switch_on_rules(scope.normalise(county.code))
"""

#: What a replay raised; ids differ from run to run, the rest may not.
ALARMS = """
import json
from anlan.sense.models import Alarm
rows = Alarm.objects.select_related("rule", "station", "gateway", "stream").order_by("id")
print(json.dumps(sorted([
    one.rule.code, (one.gateway or one.station).code if one.gateway or one.station else "",
    one.stream.code if one.stream else "", one.worst, one.level, one.value, one.title,
    one.state, one.flaps,
    *(str(at) for at in (one.raised_at, one.level_at, one.heard_at, one.cleared_at)),
] for one in rows)))
"""


@dataclass(frozen=True)
class DemoWorkspace:
    """A workspace directory; every command runs in a process of its own."""

    dir: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work in it, in the embedded form."""
        kept = {
            key: value for key, value in os.environ.items()
            if not key.startswith("ANLAN_") and not key.endswith("_URL")
        }  # fmt: skip
        settings = "anlan.project.settings"
        return {**kept, "ANLAN_DATA": str(self.dir), "DJANGO_SETTINGS_MODULE": settings}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command of the command line."""
        return subprocess.Popen(
            [sys.executable, "-m", "anlan.project", *arguments],
            env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def anlan(self, *arguments: str, timeout: float = 300) -> "subprocess.CompletedProcess[str]":
        """Run a command of the command line to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def do(self, program: str) -> str:
        """Run a program with Django ready; gives what it printed."""
        told = subprocess.run(
            [sys.executable, "-c", f"{SET_UP}\n{program}"],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        return told.stdout

    def replay(self, *options: str, timeout: float = 900) -> dict[str, Any]:
        """Replay the demo day in lock-step; gives what the command says of it."""
        told = self.anlan("replay", "demo-day", "--lockstep", "--json", *options, timeout=timeout)
        assert told.stdout, told.stderr
        said: dict[str, Any] = json.loads(told.stdout)
        good = said["alarms"]["good"]
        assert told.returncode == (0 if good else 1)
        return said

    def alarms(self, exercise: str) -> list[list[Any]]:
        """List what was raised in one of its exercises."""
        place = DemoWorkspace(self.dir / "exercises" / exercise)
        rows: list[list[Any]] = json.loads(place.do(ALARMS))
        return rows


def make(directory: Path, migrated: RealWorkspace, near: tuple[str, ...] = ()) -> DemoWorkspace:
    """Make the workspace, its database a copy of one that is migrated.

    `near` names townships: of all others only what the stations hang on is there.
    """
    workspace.create(directory, kind="demo", name="demo")
    shutil.copy(migrated.sqlite, directory)
    made = DemoWorkspace(directory)
    made.do(FILL.replace("NEAR = ()", f"NEAR = {near!r}"))
    return made
