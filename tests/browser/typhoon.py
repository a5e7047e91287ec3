"""The Lekima day for browsers: a live county of two townships, and the exercise it is played in.

The live county is served, so that something real may happen in it while the exercise runs below it.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anlan.base.conftest import RealWorkspace
from anlan.base.obligations.ladders import DEFAULTS
from anlan.comms.tests.postman import free_port
from anlan.demo import storms
from tests.browser.conftest import Platform, run_platform
from tests.sense.demo_workspace import ROOT, DemoWorkspace, make

EXERCISE = "lekima"
BEGINS = "2019-08-10T04:24"
#: The village nobody had listed, which the flood takes.
TAKEN = storms.storm("lekima").slide.village
#: A plan in force, people on watch, and the people at home where the demo accounts work.
MORE = """
from dataclasses import fields, replace
import numpy as np
from msgspec.structs import replace as changed
from anlan.base.permissions.actor import system
from anlan.base.register.registry import REGISTERS
from anlan.demo.county import generate
from anlan.demo.plan import COMMANDER, FOLDER, SECTION, WORD
from anlan.demo.load import PEOPLE
from anlan.demo.population import People
from anlan.demo.rota import shifts
from anlan.demo.sheets import phones
from anlan.demo.writing import write
from anlan.base.people.models import Person, Post
from anlan.base.permissions.models import User
from anlan.base.permissions.selectors import actor_of
from anlan.kernel import clock
from anlan.plans import services as plans
from anlan.plans.checking import check_plan
from anlan.plans.selectors.facts import facts_for
from anlan.plans.spec.yaml import read_plan, write_plan

county, by = generate(), system("test")
home = county.full_villages[0][:9]


def only(table, kept):
    # Figures stay columns of figures, which the tables take as numbers.
    columns = {one.name: getattr(table, one.name) for one in fields(table)}
    return replace(table, **{
        name: column[np.array(kept)] if isinstance(column, np.ndarray)
        else [value for value, keep in zip(column, kept) if keep]
        for name, column in columns.items()
    })


def quiet(*_):
    pass


homes = only(county.households, [one.startswith(home) for one in county.households.village])
codes = set(homes.code)
residents = only(county.residents, [one in codes for one in county.residents.household])
near = replace(county, households=homes, residents=residents)
People(near, by).write({key: quiet for key in PEOPLE})
there = set(Person.objects.values_list("code", flat=True))
numbers = (one for one in phones(county) if one["person"] in there)
write(REGISTERS["phones"], numbers, by=by, tell=quiet)
mail = {one: f"{one}@county.example" for one in sorted(there)}
boxes = ({"person": one, "kind": "mail", "address": told} for one, told in mail.items())
write(REGISTERS["accounts"], boxes, by=by, tell=quiet)
known = set(Post.objects.values_list("unit__code", flat=True))
today = clock.local(clock.now()).date()
watches = (one for one in shifts(county, today) if one["unit"] in known)
write(REGISTERS["duty-shifts"], watches, by=by, tell=quiet)
# The county's own plan, but for the steps that nobody of two townships is there for.
spec = read_plan((FOLDER / "typhoon-flood.yaml").read_text(encoding="utf-8"))
while wrong := {one.where.removeprefix("steps/") for one in check_plan(spec, facts_for(spec))
                if one.gravity == "error"}:
    spec = changed(spec, steps=tuple(
        changed(step, after=tuple(one for one in step.after if one not in wrong))
        for step in spec.steps if step.key not in wrong
    ))
section, commander = (
    actor_of(User.objects.get(username=one)) for one in (SECTION, COMMANDER)
)
plan = plans.draft_plan(text=write_plan(spec), by=section).pk
plans.submit_plan(plan=plan, by=section)
plans.approve_plan(plan=plan, note=WORD, by=commander)
"""

#: Through which the live county really speaks: short messages, and mail.
CHANNELS = {
    "mas": """
title = "移动短信"
channel = "sms"
enabled = true
[request]
url = "{sink}/send"
json = {{ phone = "{{number}}", text = "{{text}}", uid = "{{key}}", request = "{{request}}" }}
[answer]
ok = {{ path = "code", is = [0] }}
ticket = "id"
""",
    "post": """
title = "政务邮箱"
kind = "smtp"
enabled = true
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "yjgl@county.example"
""",
}
#: How many tries each carrier made; what a person tries by hand has none.
TRIES = """
import json
from django.db.models import Count
from anlan.comms.models import Attempt
rows = Attempt.objects.exclude(carrier="").values_list("carrier").annotate(n=Count("pk"))
print(json.dumps(dict(rows.order_by())))
"""


@dataclass
class Night:
    """A live county, and the exercise in which the storm passes over it."""

    live: Platform
    #: The exercise, once it has begun.
    drill: Platform = field(init=False)

    @property
    def place(self) -> Path:
        """Where the exercise lies."""
        return self.live.dir / "exercises" / EXERCISE

    def play(self, until: str) -> None:
        """Let the storm's time pass, in lock-step, until a time of the tenth of August."""
        told = subprocess.run(
            [
                sys.executable, "-m", "anlan.project", "--data", str(self.live.dir), "replay",
                "lekima", "--lockstep", "--name", EXERCISE, "--from", BEGINS,
                "--to", f"2019-08-10T{until}",
            ],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        url = told.stdout.splitlines()[0].partition("：")[2]
        if not hasattr(self, "drill"):
            self.drill = Platform(url, self.place)
        assert self.drill.url == url

    def mistake(self) -> None:
        """Lay the live workspace's channels into the exercise, as somebody in a hurry might."""
        shutil.copytree(self.live.dir / "conf" / "channels", self.place / "conf" / "channels")

    def tries(self, place: Path) -> Counter[str]:
        """Count what carried the messages of a workspace, try by try."""
        told = DemoWorkspace(place).do(TRIES)
        return Counter(json.loads(told.strip().splitlines()[-1]))


@contextmanager
def falling(directory: Path, migrated: RealWorkspace, sink: str, port: int) -> Iterator[Night]:
    """Serve a live county, in which nothing has happened yet.

    Its short messages really go to a provider at `sink`, its mail to a server at `port`.
    """
    made = make(directory / "live", migrated, near=(TAKEN[:9],))
    made.do(MORE)
    _call_live(made.dir)
    conf = made.dir / "conf"
    (conf / "channels").mkdir(parents=True)
    for key, text in CHANNELS.items():
        path = conf / "channels" / f"{key}.toml"
        path.write_text(text.format(sink=sink, port=port), encoding="utf-8")
    # Whoever is told by a short message is told by mail, too.
    ladders = DEFAULTS.read_text(encoding="utf-8").replace('"sms"', '"sms", "mail"')
    (conf / "ladders.toml").write_text(ladders, encoding="utf-8")
    for live in run_platform(made.dir, mqtt=free_port()):
        told = f'[comms]\nlink_base = "{live.url.rstrip("/")}"\n'
        (conf / "settings.toml").write_text(told, encoding="utf-8")
        yield Night(live)


def _call_live(directory: Path) -> None:
    """Let what was filled as a demo be a live workspace: invented people stand for real ones."""
    path = directory / "workspace.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, "kind": "live", "title": "云屿县"}), encoding="utf-8")
