"""What comes along into an exercise, what does not, and that the source notices nothing."""

import json
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.base.vault import ciphers
from anlan.kernel import workspace
from anlan.project.exercises.tests.county import (
    PASSWORD,
    County,
    asked,
    holding,
    prints,
)

pytestmark = pytest.mark.slow(module_s=50)

START = "2025-08-09T06:00"


@dataclass(frozen=True)
class Copies:
    """Two exercises of one county: one of today, one that began in another year, an hour a second.

    `before` and `after` are the digests of the source's tables; `fresh` is what the fast one held
    before anybody worked in it.
    """

    plain: RealWorkspace
    fast: RealWorkspace
    before: dict[str, str]
    after: dict[str, str]
    fresh: dict[str, Any]


FRESH = """
import json
from django.apps import apps
from anlan.base.journal import selectors
(first,) = selectors.read(selectors.entries())
counts = {m._meta.label: m.objects.count() for m in apps.get_models()}
print(json.dumps({"counts": counts,
                  "first": [first.seq, first.at.isoformat(), first.deed, first.facts]}))
"""


@pytest.fixture(scope="module")
def copies(county: County) -> Copies:
    before = prints(county.real)
    plain = county.create("plain")
    fast = county.create("fast", "--start", START, "--speed", "3600")
    return Copies(plain, fast, before, prints(county.real), asked(fast, FRESH))


def test_no_row_of_the_source_changes(copies: Copies) -> None:
    assert copies.after == copies.before
    assert copies.before["people_person"] != copies.before["people_phone"]


SHAPES = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"
                   " WHERE sql IS NOT NULL ORDER BY name")
    shapes = cursor.fetchall()
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    print(json.dumps([shapes, cursor.fetchall()]))
"""


def test_an_exercise_has_the_tables_that_migrating_makes(county: County, copies: Copies) -> None:
    if county.real.database_url:
        pytest.skip("beside a PostgreSQL it is migrated itself")
    shapes, applied = asked(copies.plain, SHAPES)
    assert [shapes, applied] == asked(county.real, SHAPES)
    assert len(shapes) > 100
    assert copies.plain.anlan("migrate").stdout.endswith("No migrations to apply.\n")


LOOK = """
import json, sys
from anlan.base.households.models import Household
from anlan.base.people.models import Person, Phone
from anlan.base.permissions.errors import Unauthenticated
from anlan.base.permissions.logins import session_login, token_login
from anlan.base.permissions.services import sessions
from anlan.base.register.registry import REGISTERS
from anlan.base.vault import selectors, services as vault
told = json.loads(sys.argv[1])
ids = told["ids"]
key, user = sessions.log_in(sessions.Credentials("zhang", sys.argv[2]))
print(json.dumps({
    "names": [vault.open(p.pk, p.name) for p in Person.objects.order_by("code")],
    "address": vault.open(told["seals"]["H1"], Household.objects.get(code="H1").address),
    "seed": vault.open_own(told["seed"]),
    "found": selectors.subjects_matching("tail4", "5432"),
    "shelters": [r.name for r in REGISTERS["shelters"].model.objects.all()],
    "roles": [held.role for held in session_login(key).actor.roles],
    "old": [session_login(told["session"]), token_login(told["token"])],
}))
"""


def test_registers_and_accounts_come_along_and_open(county: County, copies: Copies) -> None:
    told = asked(copies.fast, LOOK, json.dumps(county.told), PASSWORD)
    assert told["names"] == ["欧阳绝密", "上官隐名", "司徒留任"]
    assert told["address"] == "沿海路1号"
    assert told["seed"] == "JBSWY3DPEHPK3PXP"
    assert told["found"] == [county.told["phones"]["P1"]]
    assert told["shelters"] == ["中心小学"]
    assert told["roles"] == ["township"]
    assert told["old"] == [None, None]  # sessions and tokens of the source open nothing here


def test_nothing_that_happened_comes_along(copies: Copies) -> None:
    counts = copies.fresh["counts"]
    for label in (
        "cases.Case", "obligations.Obligation", "permissions.Session", "permissions.Token",
        "permissions.Link", "permissions.Refusal", "jobs.Job", "outbox.Event", "files.File",
        "register.Import",
    ):  # fmt: skip
        assert counts[label] == 0, label
    assert counts["journal.Entry"] == counts["journal.Detail"] == 1
    assert counts["vault.Key"] > 5


AGAIN = """
import json, sys
from anlan.base.permissions.actor import system
from anlan.forecast import heavy
from anlan.forecast.models import Run
from anlan.forecast.services.asking import Wanted, ask_run
run = ask_run(wanted=Wanted(model="typhoon", storm=sys.argv[1], seed=7), by=system("test"))
heavy.drain()
row = Run.objects.get()
print(json.dumps([row.state, row.reason, row.signing, [o["name"] for o in row.outputs]]))
"""


def test_a_storm_can_be_computed_again_in_an_exercise(county: County, copies: Copies) -> None:
    grids = copies.plain.dir / "forecast" / "grids"
    assert [path.read_bytes() for path in grids.iterdir()] == [b"depths"]
    state, reason, signing, names = asked(copies.plain, AGAIN, county.told["storm"])
    assert (state, reason, signing) == ("done", "", "unsigned")
    assert "track.geojson" in names
    assert copies.fresh["counts"]["forecast.Run"] == 0


def test_an_exercise_talks_to_nobody_outside(copies: Copies) -> None:
    conf = copies.plain.dir / "conf"
    assert sorted(path.name for path in conf.iterdir()) == ["codes", "settings.toml"]
    assert workspace.load(copies.plain.dir).console_only


def test_the_journal_begins_with_where_all_of_it_came_from(county: County, copies: Copies) -> None:
    seq, at, deed, facts = copies.fresh["first"]
    assert (seq, deed) == (1, "workspace.copied")
    # By its own clock, which goes an hour a second: a slow machine takes days of it to copy.
    passed = datetime.fromisoformat(at) - datetime.fromisoformat(f"{START}+08:00")
    assert timedelta() <= passed < timedelta(days=60)
    assert facts["source"] == "real"
    assert facts["rows"]["people.Person"] == 3
    head = json.loads(
        county.real.do(
            "import json\nfrom anlan.base.journal import selectors\n"
            "h = selectors.head()\nprint(json.dumps([h.seq, h.chain]))"
        ).splitlines()[-1]
    )
    assert [facts["source_entry"], facts["source_chain"]] == head
    assert copies.fast.anlan("journal", "verify").returncode == 0


def test_a_stolen_exercise_does_not_open_the_source_nor_the_reverse(
    county: County, copies: Copies
) -> None:
    there = ciphers.wrapping_key(workspace.load(county.real.dir).secret())
    here = ciphers.wrapping_key(workspace.load(copies.plain.dir).secret())
    assert there != here
    copied = asked(
        copies.plain,
        "import json\nfrom anlan.base.vault.models import Key\n"
        "print(json.dumps({k.subject: bytes(k.wrapped).hex() for k in Key.objects.all()}))",
    )
    for subject, wrapped in county.told["wrapped"].items():
        if subject not in copied:
            continue
        ours, theirs = bytes.fromhex(copied[subject]), bytes.fromhex(wrapped)
        bound = subject.encode()
        assert ciphers.decrypt(here, ours, bound) == ciphers.decrypt(there, theirs, bound)
        assert ciphers.decrypt(there, ours, bound) is ciphers.decrypt(here, theirs, bound) is None
    assert county.told["case"] not in copied
    old = [bytes.fromhex(wrapped) for wrapped in county.told["wrapped"].values()]
    assert not holding(copies.plain.dir, old)


TIMES = """
import json, time
from anlan.base.people.models import DutyShift
from anlan.base.people.selectors import holders_of
from anlan.base.people.tests import village as v
from anlan.base.permissions.models import Session
from anlan.base.permissions.services import sessions
from anlan.kernel import clock
real, sim = clock.real_now(), clock.now()
time.sleep(1.0)
passed = (clock.now() - sim) / (clock.real_now() - real)
sessions.log_in(sessions.Credentials("zhang", "Rain-gauge-27"))
last = Session.objects.order_by("created_at").last()
print(json.dumps({
    "passed": passed, "since": (last.created_at - clock.real_now()).total_seconds(),
    "lasts_days": (last.expires - clock.real_now()).days,
    "duty": [s.date.isoformat() for s in DutyShift.objects.all()],
    "begun": clock.setting().sim0.isoformat(), "now": sim.isoformat(),
    "holders": [h["person"] for h in holders_of([v.post_of("G1")])[v.post_of("G1")]],
}))
"""


def test_an_exercises_clock_runs_at_its_speed_and_its_sessions_on_real_time(
    county: County, copies: Copies
) -> None:
    told = asked(copies.fast, TIMES)
    assert told["passed"] == pytest.approx(3600, rel=0.2)
    assert told["begun"] == "2025-08-08T22:00:00+00:00"  # six in the morning, told in UTC
    assert -60 < told["since"] <= 0
    assert told["lasts_days"] == 6  # seven days, less a moment
    # Today's rota and today's new holder are those of the day the exercise begins.
    ids = county.told["ids"]
    assert told["duty"] == ["2025-08-09"]
    assert set(told["holders"]) == {ids["P2"], ids["P3"]}


def test_without_a_start_an_exercise_begins_now_at_the_usual_pace(copies: Copies) -> None:
    told = asked(copies.plain, TIMES)
    assert told["passed"] == pytest.approx(1, abs=0.01)
    begun = datetime.fromisoformat(told["begun"])
    assert 0 <= (datetime.fromisoformat(told["now"]) - begun).total_seconds() < 3600


RETIRE = """
import sys
from anlan.base.permissions.actor import system
from anlan.base.register.registry import REGISTERS
from anlan.base.register.services import retire_row
retire_row(entry=REGISTERS["shelters"], row_id=sys.argv[1], by=system("test"))
"""
RETIRED = """
import json
from anlan.base.places.models import Shelter
print(json.dumps(Shelter.objects.get().retired_at is not None))
"""


def test_an_exercise_keeps_to_itself_whatever_its_sources_environment_says(
    county: County, copies: Copies
) -> None:
    strayed = RealWorkspace(copies.plain.dir, "postgres://nobody@127.0.0.1:9/live")
    program = "from django.db import connection\nprint(connection.settings_dict['NAME'])"
    assert strayed.do(program).strip() == str(copies.plain.sqlite)
    assert copies.plain.dir.is_relative_to(county.real.dir)


def test_exercises_side_by_side_and_their_source_do_not_touch_each_other(
    county: County, copies: Copies
) -> None:
    copies.fast.do(RETIRE, county.told["ids"]["S1"])
    retired = [asked(one, RETIRED) for one in (copies.fast, copies.plain, county.real)]
    assert retired == [True, False, False]
    cookies = {workspace.load(one.dir).cookie for one in (copies.fast, copies.plain, county.real)}
    assert len(cookies) == 3


def test_a_backup_of_the_source_holds_nothing_of_its_exercises(
    county: County, copies: Copies
) -> None:
    file = county.real.dir.parent / "backup.zip"
    made = county.real.anlan("backup", str(file))
    assert made.returncode == 0, made.stdout + made.stderr
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if "exercises" in name]
    assert copies.plain.sqlite.exists()
