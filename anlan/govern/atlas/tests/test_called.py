"""While people are called their numbers stand in clear on the map, for whoever may; noted once."""

from datetime import timedelta

import pytest

from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.people.models import Post
from anlan.base.permissions.actor import Actor
from anlan.govern.atlas.selectors.here import here
from anlan.govern.atlas.services import SHOWN, show_called
from anlan.kernel import clock
from anlan.respond.papers.tests.conftest import A1, COUNTY, OFFICER, actor
from anlan.warn.callrules import KIND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seated")]


def shown(by: Actor) -> dict[str, str]:
    return show_called(responsible=here(by, 121.05, 28.1, 1000)["responsible"], by=by)


@pytest.fixture
def nobody_called(county: object) -> None:  # noqa: ARG001 - its posts
    Obligation.objects.filter(kind=KIND).update(closed_at=clock.now())


@pytest.fixture
def called(nobody_called: None) -> Obligation:  # noqa: ARG001 - this call alone
    post = Post.objects.filter(region=A1, retired_at=None).first()
    assert post is not None
    return Obligation.objects.create(
        kind=KIND, title="叫应", region_id=A1, debtor=post, ladder="call-red",
        issued_at=clock.now() - timedelta(minutes=1), issued_by="user:t",
    )  # fmt: skip


@pytest.mark.usefixtures("nobody_called")
def test_numbers_stay_masked_while_nobody_is_called() -> None:
    assert shown(OFFICER) == {}
    assert not Entry.objects.filter(deed=SHOWN).exists()


def test_a_call_opens_the_numbers_of_its_region_alone_and_notes_each_once(
    called: Obligation,
) -> None:
    told = shown(OFFICER)
    people = [one for one in here(OFFICER, 121.05, 28.1, 1000)["responsible"] if one["phone"]]
    own = {one["phone"]["id"] for one in people if one["region"] == A1}
    assert set(told) == own != set()
    assert all(number.isdigit() for number in told.values())
    assert shown(OFFICER) == told
    noted = Entry.objects.filter(deed=SHOWN, by=OFFICER.ref)
    assert sorted(noted.values_list("subject", flat=True)) == sorted(own)

    # Of the next call it is noted again; when it is over the numbers are masked.
    Obligation.objects.filter(pk=called.pk).update(issued_at=clock.now() + timedelta(seconds=1))
    shown(OFFICER)
    assert noted.count() == 2 * len(own)
    Obligation.objects.filter(pk=called.pk).update(region_id=A1[:9] + "000")
    assert not set(shown(OFFICER)) & own
    Obligation.objects.filter(pk=called.pk).update(region_id=A1, closed_at=clock.now())
    assert shown(OFFICER) == {}


@pytest.mark.usefixtures("called")
def test_whoever_may_not_see_numbers_sees_none() -> None:
    tried = 0
    for role in ("village", "grid", "team", "expert"):
        by = actor(role, A1 if role == "village" else COUNTY)
        masked = {
            one["phone"]["id"]
            for one in here(by, 121.05, 28.1, 1000)["responsible"]
            if one["phone"] and not one["unmask"]
        }
        tried += len(masked)
        assert not masked & set(shown(by)), role
    assert tried
