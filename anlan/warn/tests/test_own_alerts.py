"""Alerts in our own competence: drafted, reviewed, signed, continued, ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from anlan import codes
from anlan.base.journal import selectors as journal
from anlan.base.journal.models import Entry
from anlan.base.obligations.models import Obligation
from anlan.base.outbox.models import Event
from anlan.base.people.models import Holding, Person, Phone
from anlan.base.permissions.actor import Actor
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.kernel.ids import new_id
from anlan.warn.models import Alert, Approval
from anlan.warn.services.approving import (
    Word,
    approve_alert,
    record_oral_approval,
    return_alert,
    sign_later,
    submit_alert,
)
from anlan.warn.services.drafting import Change, draft_alert, drop_alert, edit_alert, follow_alert
from anlan.warn.services.expiring import expire_due
from anlan.warn.services.issuing import issue_alert
from anlan.warn.tests.conftest import (
    A1,
    CHARLIE,
    CHIEF,
    COLLEAGUE,
    COUNTY,
    EAST,
    LEAD,
    N1,
    OFFICER,
    SECTION,
    TOWNSHIP,
    VILLAGE,
    WEST,
    World,
    row,
)
from anlan.warn.tests.own import content, drafted, issued, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

BOX = {
    "type": "Polygon",
    "coordinates": [[[121.01, 28.01], [121.09, 28.01], [121.09, 28.1], [121.01, 28.01]]],
}


class Turn:
    """The tests' clock."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def forward(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    made = Turn(clock.now())
    monkeypatch.setattr(clock, "now", lambda: made.at)
    return made


def events() -> list[dict[str, Any]]:
    rows = Event.objects.filter(kind="warn.AlertIssued").order_by("id")
    return [orjson.loads(one.body) for one in rows]


# Who may say what.


@pytest.mark.parametrize(
    ("kind", "hazard", "article"),
    [
        ("weather-signal", "rainstorm", "气象灾害防御条例第三十条"),
        ("flood-warning", "flood", "水情预警发布管理办法"),
        ("quake-early-warning", "earthquake", "地震预警管理办法"),
        ("government-alert", "rainstorm", "气象灾害防御条例第三十条"),
        ("government-alert", "geological", "地质灾害防治条例"),
    ],
)
def test_nobody_here_writes_a_warning_that_belongs_to_a_department(
    kind: str, hazard: str, article: str
) -> None:
    for by in (OFFICER, CHIEF, LEAD):
        with pytest.raises(Forbidden, match=article):
            draft_alert(content=content(kind=kind, hazard=hazard, level=1), by=by)
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "no-such"}, "kind"),
        ({"hazard": "dragon"}, "hazard"),
        ({"level": None}, "level"),
        ({"level": 7}, "level"),
        ({"kind": "risk-notice", "level": 2}, "level"),
        ({"regions": ("339901999000",)}, "regions"),
    ],
)
def test_what_does_not_go_together_is_refused_with_its_field(
    more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        draft_alert(content=content(**more), by=OFFICER)
    assert field in told.value.errors


def test_a_township_writes_for_itself_and_nobody_for_another_county() -> None:
    assert drafted(TOWNSHIP, kind="evacuation-notice", hazard="flood", level=None).region_id == WEST
    with pytest.raises(Forbidden):
        drafted(TOWNSHIP, kind="evacuation-notice", hazard="flood", level=None, regions=(EAST,))
    with pytest.raises(Forbidden, match="县级以上"):
        drafted(TOWNSHIP)
    with pytest.raises(Forbidden):
        drafted(CHARLIE)
    with pytest.raises(Forbidden):
        drafted(VILLAGE)
    with pytest.raises(Forbidden):
        drafted(OFFICER, regions=(WEST, N1))


def test_charlie_finds_nothing_to_do_anything_with() -> None:
    draft, out = drafted(), issued(hazard="fire")
    for deed in (
        lambda: edit_alert(alert=draft.pk, content=content(), by=CHARLIE),
        lambda: drop_alert(alert=draft.pk, reason="", by=CHARLIE),
        lambda: submit_alert(alert=draft.pk, by=CHARLIE),
        lambda: approve_alert(alert=draft.pk, by=CHARLIE),
        lambda: return_alert(alert=draft.pk, reason="x", by=CHARLIE),
        lambda: issue_alert(alert=draft.pk, by=CHARLIE),
        lambda: sign_later(alert=draft.pk, by=CHARLIE),
        lambda: follow_alert(alert=out.pk, action="cancel", change=Change(reason="x"), by=CHARLIE),
    ):
        with pytest.raises(Missing):
            deed()


# The words.


def test_the_words_stand_in_the_order_of_the_law() -> None:
    out = issued(expires_at=later(90))
    labels = [one.name for one in codes.table("warning-contents")]
    places = [out.text.index(f"{label}：") for label in labels]
    assert places == sorted(places)
    assert "云岭乡" in out.text
    assert "三级（黄色）" in out.text
    assert out.title == "云屿县人民政府发布危险化学品事故黄色预警[Ⅲ级/较重]"


def test_the_time_of_issue_is_written_when_it_goes_out(turn: Turn) -> None:
    draft = drafted()
    assert "发布时间" not in draft.text
    turn.forward(minutes=5)
    issue_alert(alert=draft.pk, by=OFFICER)
    draft.refresh_from_db()
    wall = clock.local(turn.at)
    assert draft.text.endswith(
        f"发布时间：{wall.year}年{wall.month}月{wall.day}日{wall:%H时%M分}。"
    )


def test_ready_words_fit_the_hazard_and_ones_own_go_before_them() -> None:
    ready = drafted(kind="evacuation-notice", hazard="geological", level=None)
    assert "向两侧高处避让" in ready.text
    assert ready.expires_at is not None
    own = drafted(text="请云岭乡沿河住户立即撤离到中心小学。", measures="立即撤离")
    assert own.text == "请云岭乡沿河住户立即撤离到中心小学。"


def test_a_drawn_area_comes_to_its_regions() -> None:
    draft = drafted(regions=(), area=BOX)
    assert (draft.regions, draft.region_id) == ([A1], A1)
    assert draft.area == BOX


# What stops it.


def test_without_an_area_it_cannot_even_be_submitted() -> None:
    draft = drafted(regions=())
    for deed in (submit_alert, issue_alert):
        with pytest.raises(Invalid) as told:
            deed(alert=draft.pk, by=OFFICER)
        assert "regions" in told.value.errors
    assert not events()


def test_what_contradicts_an_alert_in_force_is_refused_until_that_one_changes() -> None:
    first = issued()
    second = drafted(level=4, regions=(A1,))
    with pytest.raises(Invalid, match="不能签发") as told:
        issue_alert(alert=second.pk, by=OFFICER)
    assert "矛盾" in told.value.errors["level"][0]
    other = drafted(level=4, regions=(EAST,))
    issue_alert(alert=other.pk, by=OFFICER)
    assert Alert.objects.filter(state="issued").count() == 2
    assert first.pk != other.pk


def test_a_duplicate_goes_out_only_when_somebody_has_seen_that_it_is_one() -> None:
    issued()
    again = drafted()
    with pytest.raises(Conflict, match="duplicate"):
        issue_alert(alert=again.pk, by=OFFICER)
    issue_alert(alert=again.pk, by=OFFICER, accepted=("duplicate",))
    assert journal.history(("alert", again.pk))[0].facts["accepted"] == ["duplicate"]


def test_the_fourth_alert_of_an_hour_asks_whether_it_must_be() -> None:
    hazards = ("hazchem", "fire", "gas")
    for hazard in hazards:
        issued(hazard=hazard)
    fourth = drafted(hazard="mine")
    with pytest.raises(Conflict, match="often-hour"):
        issue_alert(alert=fourth.pk, by=OFFICER)
    elsewhere = drafted(hazard="mine", regions=(EAST,))
    issue_alert(alert=elsewhere.pk, by=OFFICER)


def test_own_words_that_leave_out_where_when_and_what_are_asked_about() -> None:
    draft = drafted(text="有危险。", measures="撤离")
    with pytest.raises(Conflict) as told:
        issue_alert(alert=draft.pk, by=OFFICER)
    for code in ("words-where", "words-when", "words-who", "words-do"):
        assert code in told.value.detail


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
            alert=draft.pk, word=Word(post=world.posts["P-CHIEF"].pk),
            by=as_person(OFFICER, chief.pk),
        )  # fmt: skip
    assert not Approval.objects.exists()


# Afterwards.


def test_what_went_out_is_never_edited() -> None:
    out = issued()
    deeds: list[Callable[[], None]] = [
        lambda: edit_alert(alert=out.pk, content=content(level=1), by=OFFICER),
        lambda: drop_alert(alert=out.pk, reason="", by=OFFICER),
        lambda: submit_alert(alert=out.pk, by=OFFICER),
        lambda: issue_alert(alert=out.pk, by=OFFICER),
    ]
    for deed in deeds:
        with pytest.raises(Conflict):
            deed()


def test_a_raised_alert_takes_the_place_of_the_one_before_and_tells_both_levels() -> None:
    out = issued()
    pk = follow_alert(alert=out.pk, action="raise", change=Change(level=1), by=OFFICER)
    submit_alert(alert=pk, by=OFFICER)
    approve_alert(alert=pk, by=LEAD)
    issue_alert(alert=pk, by=OFFICER)
    out.refresh_from_db()
    new = Alert.objects.get(pk=pk)
    assert (out.state, new.state) == ("updated", "issued")
    assert (new.root, new.case, new.regions) == (out.pk, out.case, out.regions)
    told = events()[-1]
    assert (told["action"], told["level"], told["was"]) == ("raise", 1, 3)
    assert "提升为红色" in new.title


@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("raise", Change(level=4)),
        ("raise", Change()),
        ("lower", Change(level=2)),
        ("extend", Change()),
        ("extend", Change(expires_at=later(-9999))),
        ("cancel", Change()),
        ("withdraw", Change(reason=" ")),
        ("explode", Change()),
    ],
)
def test_a_change_that_changes_nothing_or_the_wrong_way_is_refused(
    action: str, change: Change
) -> None:
    out = issued()
    with pytest.raises(Invalid):
        follow_alert(alert=out.pk, action=action, change=change, by=OFFICER)


def test_an_extended_alert_only_lasts_longer() -> None:
    out = issued(expires_at=later(30))
    pk = follow_alert(
        alert=out.pk, action="extend", change=Change(expires_at=later(120)), by=OFFICER
    )
    issue_alert(alert=pk, by=OFFICER)
    assert events()[-1]["action"] == "extend"
    assert Alert.objects.get(pk=pk).level == out.level


@pytest.mark.parametrize(
    ("action", "state", "words"),
    [("cancel", "cancelled", "解除"), ("withdraw", "withdrawn", "撤销")],
)
def test_an_end_names_what_it_ends_and_why(action: str, state: str, words: str) -> None:
    out = issued()
    pk = follow_alert(alert=out.pk, action=action, change=Change(reason="泄漏已堵住"), by=OFFICER)
    issue_alert(alert=pk, by=OFFICER)
    out.refresh_from_db()
    end = Alert.objects.get(pk=pk)
    assert (out.state, end.state) == (state, "ended")
    assert (end.ended_at, end.issued_at) == (end.issued_at, end.issued_at)
    assert out.title in end.text
    assert "泄漏已堵住" in end.text
    assert words in end.title
    assert events()[-1]["action"] == "cancel"


def test_of_two_who_end_the_same_alert_the_second_is_told() -> None:
    out = issued()
    first, second = (
        follow_alert(alert=out.pk, action="cancel", change=Change(reason="好了"), by=OFFICER)
        for _ in range(2)
    )
    issue_alert(alert=first, by=OFFICER)
    with pytest.raises(Conflict, match="已解除"):
        issue_alert(alert=second, by=OFFICER)
    assert Alert.objects.get(pk=second).state == "draft"


def test_taking_back_a_red_alert_needs_one_person_ending_it_two() -> None:
    out = issued(level=1)
    back = follow_alert(alert=out.pk, action="withdraw", change=Change(reason="误发"), by=OFFICER)
    end = follow_alert(alert=out.pk, action="cancel", change=Change(reason="好了"), by=OFFICER)
    with pytest.raises(Conflict, match="两人"):
        issue_alert(alert=end, by=OFFICER)
    issue_alert(alert=back, by=OFFICER)
    out.refresh_from_db()
    assert out.state == "withdrawn"


def test_what_has_run_out_expires_by_itself_and_may_still_be_followed(turn: Turn) -> None:
    out = issued(expires_at=later(30))
    turn.forward(minutes=31)
    assert expire_due() == 1
    assert expire_due() == 0
    out.refresh_from_db()
    assert (out.state, out.ended_at) == ("expired", turn.at)
    assert Event.objects.filter(kind="warn.AlertsExpired").count() == 1
    pk = follow_alert(
        alert=out.pk, action="extend", change=Change(expires_at=later(60)), by=OFFICER
    )
    issue_alert(alert=pk, by=OFFICER)


def test_a_dropped_draft_stays_readable_and_goes_nowhere() -> None:
    draft = drafted()
    drop_alert(alert=draft.pk, reason="不需要了", by=SECTION)
    with pytest.raises(Conflict):
        issue_alert(alert=draft.pk, by=OFFICER)
    draft.refresh_from_db()
    assert (draft.state, draft.ended_why) == ("dropped", "不需要了")


def test_a_section_drafts_but_does_not_sign() -> None:
    draft = drafted(SECTION)
    with pytest.raises(Forbidden):
        issue_alert(alert=draft.pk, by=SECTION)
