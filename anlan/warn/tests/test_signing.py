"""Who signs: the second person, the one who acts alone, the word by telephone."""

from typing import Any

import orjson
import pytest

from anlan.base.journal.models import Detail, Entry
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.base.people.models import Holding, Person, Phone
from anlan.base.permissions.actor import Actor
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.selectors import actor_of
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.kernel.ids import new_id
from anlan.warn.models import Approval
from anlan.warn.selectors import describing
from anlan.warn.services.approving import (
    Word,
    approve_alert,
    record_oral_approval,
    return_alert,
    sign_later,
    submit_alert,
)
from anlan.warn.services.drafting import edit_alert
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import (
    A1,
    CHIEF,
    COLLEAGUE,
    COUNTY,
    LEAD,
    OFFICER,
    Turn,
    World,
    row,
)
from anlan.warn.tests.own import content, drafted, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def events() -> list[dict[str, Any]]:
    rows = Event.objects.filter(kind="warn.AlertIssued").order_by("id")
    return [orjson.loads(one.body) for one in rows]


# Two persons.


@pytest.mark.parametrize("level", [1, 2])
def test_red_and_orange_need_a_second_person(level: int) -> None:
    draft = drafted(level=level)
    with pytest.raises(Conflict, match="两人"):
        issue_alert(alert=draft.pk, by=OFFICER)
    submit_alert(alert=draft.pk, by=OFFICER)
    with pytest.raises(Conflict, match="第二人"):
        issue_alert(alert=draft.pk, by=OFFICER)
    approve_alert(alert=draft.pk, by=LEAD)
    issue_alert(alert=draft.pk, by=OFFICER)
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by, draft.issued_by) == ("issued", LEAD.ref, OFFICER.ref)
    assert events()[-1]["level"] == level


def test_nobody_reviews_their_own_draft() -> None:
    draft = drafted(LEAD, level=1)
    submit_alert(alert=draft.pk, by=LEAD)
    with pytest.raises(Forbidden, match="另一人"):
        approve_alert(alert=draft.pk, by=LEAD)
    with pytest.raises(Forbidden):
        approve_alert(alert=draft.pk, by=COLLEAGUE)  # a duty officer has no right to review


def test_who_reads_anothers_draft_and_signs_it_is_the_second_person() -> None:
    draft = drafted(level=1)
    issue_alert(alert=draft.pk, by=LEAD)
    assert Approval.objects.get(alert=draft).by == LEAD.ref


def test_who_rewrote_anothers_draft_is_not_the_second_person() -> None:
    draft = drafted(level=3)
    edit_alert(alert=draft.pk, content=content(level=1), by=LEAD)
    with pytest.raises(Conflict, match="两人"):
        issue_alert(alert=draft.pk, by=LEAD)
    assert "approve" not in describing.one(LEAD, draft.pk)["verbs"]
    edit_alert(alert=draft.pk, content=content(level=1, regions=(A1,)), by=OFFICER)
    submit_alert(alert=draft.pk, by=OFFICER)  # that somebody wrote after them makes no difference
    with pytest.raises(Forbidden, match="另一人"):
        approve_alert(alert=draft.pk, by=LEAD)
    with pytest.raises(Conflict):
        issue_alert(alert=draft.pk, by=LEAD)
    approve_alert(alert=draft.pk, by=CHIEF)
    issue_alert(alert=draft.pk, by=LEAD)
    draft.refresh_from_db()
    assert (draft.approved_by, draft.issued_by) == (CHIEF.ref, LEAD.ref)


def test_two_duty_officers_are_not_a_review() -> None:
    draft = drafted(level=1)
    submit_alert(alert=draft.pk, by=OFFICER)
    with pytest.raises(Conflict):
        issue_alert(alert=draft.pk, by=COLLEAGUE)


def test_when_the_second_persons_time_is_over_one_may_act_alone_and_says_why(turn: Turn) -> None:
    draft = drafted(level=1)
    submit_alert(alert=draft.pk, by=OFFICER)
    turn.forward(minutes=4)
    with pytest.raises(Conflict):
        issue_alert(alert=draft.pk, by=OFFICER, alone="没有人")
    turn.forward(minutes=1)
    with pytest.raises(Invalid) as told:
        issue_alert(alert=draft.pk, by=OFFICER)
    assert "alone" in told.value.errors
    issue_alert(alert=draft.pk, by=OFFICER, alone="带班领导电话无人接听，险情紧急")
    word = Approval.objects.get(alert=draft)
    assert (word.verb, word.by) == ("alone", OFFICER.ref)
    assert Entry.objects.filter(deed="alerts.acted-alone", subject=draft.pk).exists()


def test_submitting_makes_the_leader_on_watch_owe_the_review(world: World) -> None:
    draft = drafted(level=1)
    submit_alert(alert=draft.pk, by=OFFICER)
    owed = Obligation.objects.get(kind="alert-review")
    assert (owed.debtor_id, owed.subject) == (world.posts["P-LEAD"].pk, draft.pk)
    approve_alert(alert=draft.pk, by=LEAD)
    owed.refresh_from_db()
    assert owed.state == "closed"


def test_a_returned_draft_says_why_and_can_be_mended() -> None:
    draft = drafted(level=2)
    submit_alert(alert=draft.pk, by=OFFICER)
    with pytest.raises(Invalid):
        return_alert(alert=draft.pk, reason=" ", by=LEAD)
    return_alert(alert=draft.pk, reason="范围写大了", by=LEAD)
    edit_alert(alert=draft.pk, content=content(level=2, regions=(A1,)), by=OFFICER)
    draft.refresh_from_db()
    assert (draft.state, draft.regions) == ("draft", [A1])


def test_two_who_edit_at_once_do_not_overwrite_each_other() -> None:
    draft = drafted()
    edit_alert(alert=draft.pk, content=content(level=4), by=OFFICER, version=1)
    with pytest.raises(Conflict):
        edit_alert(alert=draft.pk, content=content(level=3), by=COLLEAGUE, version=1)
    with pytest.raises(Conflict):
        issue_alert(alert=draft.pk, by=COLLEAGUE, version=1)


# By word of mouth.


@pytest.fixture
def chief(world: World) -> Person:
    """The commander, in person, with a telephone."""
    key, phone = new_id(), new_id()
    person = Person.objects.create(
        **row(id=key, code=key, name=vault.seal(key, "某指挥长"), region_id=COUNTY)
    )
    number = vault.seal(phone, "13900000000")
    Phone.objects.create(**row(id=phone, person=person, rank=1, number=number, region_id=COUNTY))
    Holding.objects.create(
        **row(post=world.posts["P-CHIEF"], person=person, rank="A", since="2026-01-01",
              region_id=COUNTY)
    )  # fmt: skip
    return person


def as_person(actor: Actor, person: str) -> Actor:
    return Actor(
        ref=actor.ref, user_id=actor.user_id, name=actor.name, roles=actor.roles, person=person
    )


def test_an_oral_approval_says_who_when_and_by_which_telephone_and_is_signed_later(
    world: World, chief: Person
) -> None:
    draft = drafted(level=1)
    phone = Phone.objects.get(person=chief)
    said = later(-10)
    word = Word(post=world.posts["P-CHIEF"].pk, phone=phone.pk, at=said, reason="在去现场的路上")
    record_oral_approval(alert=draft.pk, word=word, by=OFFICER)
    issue_alert(alert=draft.pk, by=OFFICER)
    noted = Approval.objects.get(alert=draft, verb="oral")
    assert (noted.person_id, noted.phone_id, noted.said_at) == (chief.pk, phone.pk, said)
    owed = Obligation.objects.get(kind="alert-signature")
    assert owed.debtor_id == world.posts["P-CHIEF"].pk
    with pytest.raises(Forbidden):
        sign_later(alert=draft.pk, by=OFFICER)
    with pytest.raises(Forbidden):
        sign_later(alert=draft.pk, by=as_person(LEAD, "somebody-else"))
    sign_later(alert=draft.pk, by=as_person(CHIEF, chief.pk))
    noted.refresh_from_db()
    owed.refresh_from_db()
    assert (noted.signed_by, owed.state) == (CHIEF.ref, "closed")
    with pytest.raises(Conflict):
        sign_later(alert=draft.pk, by=as_person(CHIEF, chief.pk))


def test_an_oral_approval_by_who_may_not_give_it_is_refused(world: World, chief: Person) -> None:
    draft = drafted(level=1)
    phone = Phone.objects.get(person=chief)
    bad = [
        # Nobody holds it; no telephone; no number.
        (Word(post=world.posts["P-LEAD"].pk, number="0576-8800"), Invalid),
        (Word(post=world.posts["P-CHIEF"].pk), Invalid),
        (Word(post=world.posts["P-CHIEF"].pk, number="他的手机"), Invalid),
        (Word(post=world.posts["P-DUTY"].pk), Invalid),
        (Word(post=world.posts["P-N"].pk), Missing),
        (Word(post="no-such"), Missing),
        (Word(post=world.posts["P-CHIEF"].pk, person="somebody"), Invalid),
        (Word(post=world.posts["P-LEAD"].pk, phone=phone.pk), Invalid),
        (Word(post=world.posts["P-CHIEF"].pk, at=later(5)), Invalid),
        (Word(post=world.posts["P-CHIEF"].pk, at=later(-3000)), Invalid),
    ]
    for word, error in bad:
        with pytest.raises(error):
            record_oral_approval(alert=draft.pk, word=word, by=OFFICER)
    with pytest.raises(Forbidden, match="自己"):
        record_oral_approval(
            alert=draft.pk, word=Word(post=world.posts["P-CHIEF"].pk, phone=phone.pk),
            by=as_person(OFFICER, chief.pk),
        )  # fmt: skip
    assert not Approval.objects.exists()


def test_an_office_line_may_be_typed_and_is_sealed(world: World, chief: Person) -> None:
    draft = drafted(level=1)
    word = Word(post=world.posts["P-CHIEF"].pk, number=" 0576-8800123 ")
    record_oral_approval(alert=draft.pk, word=word, by=OFFICER)
    noted = Approval.objects.get(alert=draft, verb="oral")
    assert "8800123" not in noted.number
    assert vault.open(chief.pk, noted.number) == "0576-8800123"
    (said,) = describing.one(OFFICER, draft.pk)["approvals"]
    assert said["said_on"] == "057*****0123"
    assert not any("8800123" in body for body in Detail.objects.values_list("body", flat=True))


def test_an_account_of_nobody_signs_for_nobody(world: World, chief: Person) -> None:
    draft = drafted(level=1)
    word = Word(post=world.posts["P-CHIEF"].pk, number="0576-8800123")
    record_oral_approval(alert=draft.pk, word=word, by=OFFICER)
    with pytest.raises(Forbidden, match="本人"):
        sign_later(alert=draft.pk, by=CHIEF)
    sign_later(alert=draft.pk, by=as_person(CHIEF, chief.pk))


def test_who_wrote_it_does_not_approve_it_by_telephone(world: World, chief: Person) -> None:
    user = User.objects.create(
        username="chief", name="某指挥长", password="x", region=COUNTY, person=chief.pk,
        created_at=later(-60),
    )  # fmt: skip
    Grant.objects.create(user=user, role="commander", prefix=COUNTY[:6], at=later(-60), by="x")
    draft = drafted(actor_of(user), level=1)
    word = Word(post=world.posts["P-CHIEF"].pk, number="0576-8800123")
    with pytest.raises(Forbidden, match="自己"):
        record_oral_approval(alert=draft.pk, word=word, by=OFFICER)
