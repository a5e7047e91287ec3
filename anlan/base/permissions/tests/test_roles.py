"""Giving roles, lending them, and the separation of the three administrators."""

import pytest

from anlan.base.permissions import Actor, may, system
from anlan.base.permissions.models import Delegation, Grant, User
from anlan.base.permissions.selectors import actor_of, has_administrators
from anlan.base.permissions.services import accounts, grants
from anlan.base.permissions.services.founding import Founder, found
from anlan.base.permissions.services.grants import Term, delegate, give_grant, take_grant
from anlan.base.permissions.tests.conftest import COUNTY, PASSWORD, TOWN, MakeUser, Turn
from anlan.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
BY = system("test")


def lend(by: User | Actor, taker: User, turn: Turn, *, days: float = 3, **more: str) -> Delegation:
    actor = by if isinstance(by, Actor) else actor_of(by)
    term = Term(
        None, turn.at.__class__.fromtimestamp(turn.at.timestamp() + days * 86400, turn.at.tzinfo)
    )
    wanted = {"role": "commander", "region": COUNTY, **more}
    return delegate(taker=taker, term=term, by=actor, **wanted)


def test_administrators_hold_one_role_and_nothing_else(make_user: MakeUser) -> None:
    user = make_user("lin")
    give_grant(user=user, role="security-admin", region=COUNTY, by=BY)
    for role in ("audit-admin", "system-admin", "section", "grid"):
        with pytest.raises(Conflict):
            give_grant(user=user, role=role, region=COUNTY, by=BY)
    clerk = make_user("clerk", ("section", "339901"))
    with pytest.raises(Conflict):
        give_grant(user=clerk, role="audit-admin", region=COUNTY, by=BY)
    give_grant(user=user, role="security-admin", region="339902", by=BY)


def test_nobody_grants_to_themselves_or_beyond_their_region(make_user: MakeUser) -> None:
    keeper = make_user("sec", ("security-admin", "339901101"))
    clerk = make_user("clerk")
    with pytest.raises(Forbidden):
        give_grant(user=keeper, role="security-admin", region=TOWN, by=actor_of(keeper))
    with pytest.raises(Forbidden):
        give_grant(user=clerk, role="section", region=COUNTY, by=actor_of(keeper))
    with pytest.raises(Forbidden):
        give_grant(user=clerk, role="section", region="000000000000", by=actor_of(keeper))
    grant = give_grant(user=clerk, role="township", region=TOWN, by=actor_of(keeper))
    with pytest.raises(Conflict):
        give_grant(user=clerk, role="township", region=TOWN, by=actor_of(keeper))
    take_grant(grant=grant, by=actor_of(keeper))
    assert not Grant.objects.filter(user=clerk).exists()


def test_the_whole_country_is_never_granted_by_an_empty_word(make_user: MakeUser) -> None:
    user = make_user("lin")
    with pytest.raises(Invalid):
        give_grant(user=user, role="section", region="", by=BY)
    assert give_grant(user=user, role="section", region="000000000000", by=BY).prefix == ""


def test_a_delegation_ends_by_itself(make_user: MakeUser, turn: Turn) -> None:
    chief = make_user("chief", ("commander", "339901"))
    deputy = make_user("deputy", ("section", "339901"))
    lend(chief, deputy, turn)
    taken = actor_of(deputy)
    assert may(taken, "obligations.approve", COUNTY)
    held = [h for h in taken.roles if h.giver]
    assert [h.giver for h in held] == [chief.id]
    turn.forward(days=3)
    assert not any(h.giver and h.holds() for h in taken.roles)
    assert not any(h.giver for h in actor_of(deputy).roles)


def test_only_what_is_ones_own_can_be_lent(make_user: MakeUser, turn: Turn) -> None:
    chief = make_user("chief", ("commander", "339901101"))
    deputy, third = make_user("deputy"), make_user("third")
    with pytest.raises(Forbidden):
        lend(chief, deputy, turn)  # the county, but only a township is held
    lend(chief, deputy, turn, region=TOWN)
    with pytest.raises(Forbidden):
        lend(deputy, third, turn, region=TOWN)  # lent, not one's own
    with pytest.raises(Invalid):
        lend(chief, chief, turn, region=TOWN)
    with pytest.raises(Invalid):
        lend(chief, deputy, turn, region=TOWN, days=400)


def test_what_was_lent_falls_with_the_givers_own_role(make_user: MakeUser, turn: Turn) -> None:
    chief = make_user("chief", ("commander", "339901"))
    deputy = make_user("deputy")
    lend(chief, deputy, turn)
    take_grant(grant=Grant.objects.get(user=chief), by=BY)
    assert actor_of(deputy).roles == ()


def test_what_was_lent_falls_when_the_giver_is_locked(make_user: MakeUser, turn: Turn) -> None:
    chief = make_user("chief", ("commander", "339901"))
    deputy = make_user("deputy")
    lend(chief, deputy, turn)
    accounts.lock_user(user=chief, by=BY)
    assert actor_of(deputy).roles == ()


def test_a_delegation_is_taken_back_by_its_giver_or_the_security_administrator(
    make_user: MakeUser, turn: Turn
) -> None:
    chief = make_user("chief", ("commander", "339901"))
    deputy = make_user("deputy")
    keeper = actor_of(make_user("sec", ("security-admin", "339901")))
    first = lend(chief, deputy, turn)
    with pytest.raises(Forbidden):
        grants.revoke_delegation(lent=first, by=actor_of(deputy))
    grants.revoke_delegation(lent=first, by=actor_of(chief))
    assert actor_of(deputy).roles == ()
    with pytest.raises(Conflict):
        grants.revoke_delegation(lent=first, by=actor_of(chief))
    grants.revoke_delegation(lent=lend(chief, deputy, turn), by=keeper)


def test_an_administrator_cannot_be_lent_a_business_role(make_user: MakeUser, turn: Turn) -> None:
    chief = make_user("chief", ("commander", "339901"))
    auditor = make_user("aud", ("audit-admin", "339901"))
    with pytest.raises(Conflict):
        lend(chief, auditor, turn)


def test_a_new_workspace_gets_three_administrators_or_none(db: None) -> None:  # noqa: ARG001
    founders = {
        "system-admin": Founder("sys", "张一", PASSWORD),
        "security-admin": Founder("sec", "李二", PASSWORD),
        "audit-admin": Founder("aud", "王三", "weak"),
    }
    with pytest.raises(Invalid):
        found(founders=founders, region=COUNTY)
    assert not User.objects.exists()
    founders["audit-admin"] = Founder("aud", "王三", PASSWORD)
    found(founders=founders, region=COUNTY)
    assert has_administrators()
    assert not any(user.must_change for user in User.objects.all())
