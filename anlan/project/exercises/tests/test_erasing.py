"""Whoever is erased in the source is readable in none of its exercises."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from anlan.base.conftest import RealWorkspace
from anlan.project.exercises.tests.county import County, asked, holding

pytestmark = pytest.mark.slow(module_s=60)

KEYS = """
import json
from anlan.base.vault import keyring
from anlan.base.vault.models import Key
rows = {k.subject: bytes(k.wrapped).hex() for k in Key.objects.all()}
plain = {k: v.hex() for k, v in keyring.find(rows).by_subject.items()}
print(json.dumps([rows, plain]))
"""
#: A head of household and a whole household, by their services; then what is due in the background.
ERASE_AND_WORK = """
import sys
from anlan.base.households.services import erase
from anlan.base.jobs.services import enqueue
from anlan.base.jobs.worker import drain
from anlan.base.permissions.actor import system
for one in sys.argv[1:]:
    erase(subject=one, by=system("test"))
enqueue("exercises.follow", by="system:test")
drain()
"""
LOOK = """
import json, sys
from anlan.base.households.models import Household, Resident
from anlan.base.journal.models import Entry
from anlan.base.people.models import Person, Phone
from anlan.base.permissions.models import User
from anlan.base.vault import services as vault
from anlan.base.vault.models import Token
def home(code):
    row = Household.objects.get(code=code)
    return [row.erased_at is not None, vault.open(row.seal, row.head) if row.head else "",
            vault.open(row.seal, row.address) if row.address else ""]
print(json.dumps({
    "persons": {p.code: [vault.open(p.pk, p.name), p.erased_at is not None]
                for p in Person.objects.all()},
    "phones": {p.person.code: vault.open(p.pk, p.number)
               for p in Phone.objects.select_related("person")},
    "residents": {r.code: vault.open(r.pk, r.name) for r in Resident.objects.all()},
    "homes": {code: home(code) for code in ("H1", "H2")},
    "users": sorted(User.objects.filter(is_active=True).values_list("username", flat=True)),
    "deeds": sorted(Entry.objects.filter(deed__endswith=".erased")
                    .values_list("subject_kind", "subject", "by")),
    "tokens": Token.objects.filter(subject__in=json.loads(sys.argv[1])).count(),
}))
"""
GONE = ("P1", "R1", "R2", "H2")


@dataclass(frozen=True)
class Erased:
    """Two exercises after the erasing, one of which was being worked in all the time."""

    exercises: tuple[RealWorkspace, RealWorkspace]
    #: What was the key of whom, wrapped and plain, in each of them before.
    keys: tuple[Any, Any]
    told: str


@pytest.fixture(scope="module")
def erased(county: County) -> Iterator[Erased]:
    one, two = county.create("one"), county.create("two")
    keys = asked(one, KEYS), asked(two, KEYS)
    worker = two.start("from anlan.base.jobs.worker import run; run()")
    ids = county.told["ids"]
    try:
        told = county.real.anlan("erase", "--person", ids["P1"], "--yes")
        assert told.returncode == 0, told.stdout + told.stderr
        county.real.do(ERASE_AND_WORK, ids["R1"], ids["H2"])
        time.sleep(1.0)
        yield Erased((one, two), keys, told.stdout)
    finally:
        worker.terminate()
        worker.communicate(timeout=30)


def test_the_command_says_what_it_destroyed_where(erased: Erased) -> None:
    assert "演练 one：已销毁 2 个密钥。" in erased.told  # the person's and the telephone's
    assert "演练 two：已销毁 2 个密钥。" in erased.told


def test_the_erased_read_as_destroyed_in_every_exercise(county: County, erased: Erased) -> None:
    gone = county.subjects(*GONE)
    for exercise in erased.exercises:
        told = asked(exercise, LOOK, json.dumps(gone))
        assert told["persons"] == {
            "P1": ["（已销毁）", True],
            "P2": ["上官隐名", False],
            "P3": ["司徒留任", False],
        }
        assert told["phones"]["P1"] == "（已销毁）"
        assert told["phones"]["P2"] == "10098765433"
        assert told["residents"] == {"R1": "（已销毁）", "R2": "（已销毁）"}
        # Of a household whose head is erased the address stays; one erased as a whole is gone.
        assert told["homes"]["H1"] == [False, "", "沿海路1号"]
        assert told["homes"]["H2"] == [True, "（已销毁）", "（已销毁）"]
        assert told["users"] == ["zhang"]
        assert told["tokens"] == 0
        noted = {(kind, subject) for kind, subject, _ in told["deeds"]}
        ids = county.told["ids"]
        wanted = [("persons", "P1"), ("residents", "R1"), ("residents", "R2"), ("households", "H2")]
        assert {(kind, ids[code]) for kind, code in wanted} <= noted
        assert exercise.anlan("journal", "verify").returncode == 0


def test_no_byte_of_their_keys_is_left_in_any_file(county: County, erased: Erased) -> None:
    # An officer with a telephone, two residents, a household; and the former key of the other one.
    gone = [*county.subjects(*GONE), county.told["seals"]["H1"]]
    assert len(gone) == 6
    for exercise, (wrapped, plain) in zip(erased.exercises, erased.keys, strict=True):
        pieces = [bytes.fromhex(kind[one]) for one in gone for kind in (wrapped, plain)]
        pieces += [bytes.fromhex(county.told["wrapped"][one]) for one in gone]
        until = time.monotonic() + 20  # readers may delay emptying the log; the job comes again
        while (left := holding(exercise.dir, pieces)) and time.monotonic() < until:
            time.sleep(0.5)
        assert not left
        living = [bytes.fromhex(wrapped[one]) for one in county.subjects("P2", "P3")]
        assert holding(exercise.dir, living)


#: The command's own steps, with an erasure in the source while the copy is still a draft.
RACE = """
import os, subprocess, sys
from pathlib import Path
from anlan.project.cli import start_django
from anlan.project.exercises import making
source = dict(os.environ)
plan = making.plan(Path(os.environ["ANLAN_DATA"]), "race")
with making.making(plan) as draft:
    start_django()
    from anlan.project.exercises import filling
    filled = filling.fill(plan, lambda *_: None)
    subprocess.run([sys.executable, "-m", "anlan.project", "erase", "--person", sys.argv[1],
                    "--yes"], env=source, check=True)
    filling.keep_facts(plan, filled, draft.dir)
    made = draft.finish()
print(filling.forget_meanwhile(filled, made).keys)
"""


def test_whoever_is_erased_while_a_copy_is_made_is_not_in_it(county: County) -> None:
    made = subprocess.run(
        [sys.executable, "-c", RACE, county.told["ids"]["P3"]],
        env=county.real.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert made.stdout.splitlines()[-1] == "2"
    told = asked(county.exercise("race"), LOOK, "[]")
    assert told["persons"]["P3"] == ["（已销毁）", True]
    assert told["persons"]["P2"][1] is False


def test_an_exercise_that_cannot_be_reached_is_told_and_reached_later(county: County) -> None:
    exercise = county.create("later")
    aside = exercise.sqlite.with_name("aside")
    exercise.sqlite.rename(aside)
    refused = county.real.anlan("erase", "--person", county.told["ids"]["P2"], "--yes")
    assert refused.returncode == 1
    assert "演练 later：" in refused.stderr
    for stray in exercise.dir.glob("records.sqlite3*"):
        stray.unlink()
    aside.rename(exercise.sqlite)
    county.real.do(ERASE_AND_WORK)
    assert asked(exercise, LOOK, "[]")["persons"]["P2"] == ["（已销毁）", True]
