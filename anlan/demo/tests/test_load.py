"""Loading the demo county: twice is once, half is continued, and what lies there is true."""

import json
from pathlib import Path
from typing import Any

import pytest

from anlan.base.households.models import Household, Resident, Threat
from anlan.base.people import selectors as people
from anlan.base.people.models import DutyShift, Person, Post
from anlan.base.permissions import rights
from anlan.base.permissions.actor import system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.passwords import matches
from anlan.base.permissions.selectors import actor_of
from anlan.base.places.models import DangerZone, Shelter
from anlan.base.regions.models import Boundary, Region
from anlan.base.register import selectors
from anlan.base.register.columns import writable
from anlan.base.register.registry import REGISTERS
from anlan.base.register.sealing import open_rows, sealed_columns
from anlan.base.register.validation import check_rows
from anlan.base.vault.services import is_sealed
from anlan.demo import load as loading
from anlan.demo.load import MARK, load_county
from anlan.demo.population import People
from anlan.demo.rules import OFFICER
from anlan.demo.tests import small
from anlan.demo.users import PASSWORD, USERS
from anlan.kernel.errors import Conflict
from anlan.sense.models import Gateway, Rule, Station, Stream
from anlan.sense.services.rules import disable_rule

pytestmark = pytest.mark.django_db

#: Steps that need the accounts, and the accounts: twelve passwords take seconds to hash.
LIVELY = (
    "approve_plans", "make_users", "start_evacuation", "start_form", "start_incidents",
    "start_losses", "start_matters", "start_past", "start_review", "start_storm",
    "start_warnings", "switch_on_rules",
)  # fmt: skip
#: Steps that need more of a county than the small one has.
UNPLANNED = ("approve_plans", "start_matters", "start_review", "start_storm", "start_warnings")
#: What a second load writes anew: nobody edits it by hand.
OVERWRITTEN = ("regions", "basemap")


def _small(monkeypatch: pytest.MonkeyPatch, *without: str) -> None:
    """Let a load grow the small county, without some of its last steps."""
    monkeypatch.setattr(loading, "generate", lambda **_: small.county())
    for step in without:
        monkeypatch.setattr(loading, step, lambda *_, **__: 0)


@pytest.fixture
def loaded(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Load the small county without its accounts."""
    _small(monkeypatch, *LIVELY)
    load_county()
    return demo


def _counts() -> dict[str, int]:
    found = {key: entry.model._default_manager.count() for key, entry in REGISTERS.items()}
    return {**found, "users": User.objects.count(), "regions": Region.objects.count()}


@pytest.mark.usefixtures("loaded")
def test_everything_the_county_holds_lies_in_its_register() -> None:
    counts = _counts()
    wanted = {
        "regions": 4, "units": 2, "persons": 5, "phones": 5, "posts": 5, "holdings": 7,
        "shelters": 1, "danger-zones": 1, "households": 2, "residents": 3, "threats": 1,
        "gateways": 1, "stations": 2, "streams": 2,
    }  # fmt: skip
    assert {key: counts[key] for key in wanted} == wanted
    assert counts["duty-shifts"] > 20
    assert Boundary.objects.count() == 4
    assert Shelter.objects.get().keeper == Post.objects.get(code="G1")
    assert Threat.objects.get().household.code == "H1"
    assert [post.code for post in people.gaps()] == ["G2"]
    watch = people.on_duty(regions=["339901000000"])
    assert len(watch) == 1


@pytest.mark.parametrize("key", ["households", "residents"])
@pytest.mark.usefixtures("loaded")
def test_people_written_in_bulk_pass_the_registers_own_validator(key: str) -> None:
    entry = REGISTERS[key]
    sealed = {column.attname for column in sealed_columns(entry)}
    rows = list(entry.model._default_manager.all())
    for row, texts in zip(rows, open_rows(entry, rows, sealed), strict=True):
        values: dict[str, Any] = {}
        for column in writable(entry):
            value = texts.get(column.attname, getattr(row, column.attname))
            values[column.name] = value
            if column.attname in sealed and value:
                assert is_sealed(getattr(row, column.attname))
                assert not is_sealed(value)
        checked = check_rows(entry, [values])[0]
        assert not checked.errors


@pytest.mark.usefixtures("loaded")
def test_people_written_in_bulk_are_found_and_told_as_any_other() -> None:
    asker = system("test")
    found = selectors.page(REGISTERS["residents"], asker, selectors.Query(q="陈小"))
    assert [row["code"] for row in found.items] == ["H1-2"]
    home = selectors.page(REGISTERS["households"], asker, selectors.Query(q="陈大")).items[0]
    assert home["special"] == 1
    assert home["shelter_label"] == "前坑村礼堂"
    assert selectors.one(REGISTERS["households"], asker, home["id"])["address"] == "前坑村 1 号"
    assert Household.objects.get(code="H1").cell
    assert Resident.objects.get(code="H2-1").region_id == f"{small.VILLAGE}001"


@pytest.mark.usefixtures("loaded")
def test_stations_hang_on_their_gateway_and_know_what_they_watch() -> None:
    slope = Station.objects.get(code="DZ1")
    assert slope.gateway == Gateway.objects.get(code="GW1")
    assert slope.danger_zone == DangerZone.objects.get(code="Z1")
    assert slope.keeper == Post.objects.get(code="G1")
    gauge = Stream.objects.get(code="YL1-P")
    assert gauge.levels == {"prepare-1h": 30.0, "move-1h": 40.0}
    assert gauge.region_id == slope.region_id
    assert {stream.number for stream in Stream.objects.all()} == {1, 2}


def test_the_shipped_rules_are_switched_on_by_somebody_with_a_name(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, *UNPLANNED)
    report = load_county()
    officer = User.objects.get(username=OFFICER)
    rules = Rule.objects.filter(retired_at=None)
    assert report.added["rules"] == rules.count() > 20
    assert {rule.enabled_by for rule in rules} == {actor_of(officer).ref}
    first = rules.order_by("code").first()
    assert first is not None
    disable_rule(rule=first.pk, by=actor_of(officer), reason="本县不用")
    (demo / MARK).unlink()
    assert load_county().added["rules"] == 0
    assert Rule.objects.get(pk=first.pk).active is None


def test_loading_twice_is_loading_once_and_keeps_what_people_changed(loaded: Path) -> None:
    before = _counts()
    assert load_county().already
    (loaded / MARK).unlink()
    Shelter.objects.update(name="改过的名字")
    report = load_county()
    assert not any(added for key, added in report.added.items() if key not in OVERWRITTEN)
    assert _counts() == before
    assert Shelter.objects.get().name == "改过的名字"


def test_a_load_that_was_cut_off_goes_on_where_it_stopped(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> dict[str, int]:
        raise KeyboardInterrupt

    _small(monkeypatch, *LIVELY)
    with monkeypatch.context() as patched:
        patched.setattr(People, "write", cut)
        with pytest.raises(KeyboardInterrupt):
            load_county()
    assert not (demo / MARK).exists()
    assert Person.objects.count() == 5
    report = load_county()
    assert (report.added["persons"], report.added["residents"]) == (0, 3)


@pytest.mark.usefixtures("workspace_of_tests")
def test_invented_people_never_enter_a_live_workspace() -> None:
    with pytest.raises(Conflict):
        load_county()
    assert not Person.objects.exists()


def test_there_is_an_account_in_each_role_that_logs_in_and_is_told(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _small(monkeypatch, *UNPLANNED)
    load_county()
    told = json.loads((demo / "demo-users.json").read_text(encoding="utf-8"))
    assert [name for name, _ in told] == [wanted.username for wanted in USERS]
    for wanted in USERS:
        user = User.objects.get(username=wanted.username)
        assert matches(PASSWORD, user.password)
        assert not user.must_change
        actor = actor_of(user)
        assert [held.role for held in actor.roles] == [wanted.role]
    assert {wanted.role for wanted in USERS} >= set(rights.ADMINISTRATORS)
    assert Grant.objects.get(user__username="village").prefix == small.VILLAGE
    duty = User.objects.get(username="duty")
    assert people.posts_of(actor_of(duty))


@pytest.mark.usefixtures("loaded")
def test_nobody_sits_twice_in_one_watch() -> None:
    for row in DutyShift.objects.all():
        row.clean()
