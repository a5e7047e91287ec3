from datetime import timedelta

import pytest

from anlan.base.forms import selectors, services
from anlan.base.forms.models import Form, Round, Sheet
from anlan.base.forms.tests.conftest import (
    CHARLIE,
    COLUMNS,
    DUTY,
    START,
    TOWN,
    Turn,
    World,
    drawn,
    reporter,
)  # fmt: skip
from anlan.base.journal.models import Entry
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation, Rung
from anlan.base.outbox.models import Event
from anlan.base.people.tests import village as v
from anlan.base.vault import services as vault
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing

pytestmark = pytest.mark.django_db


def test_a_round_asks_the_post_of_each_region_and_shows_where_there_is_none(world: World) -> None:
    round_ = world.open()
    owed = {row.region_id: row for row in Obligation.objects.filter(kind="form")}
    assert {code: row.debtor_id for code, row in owed.items()} == {
        v.TOWN: v.post_of("R1"), v.OTHER: v.post_of("R2"),
    }  # fmt: skip
    assert owed[v.TOWN].answer_due == START + timedelta(minutes=60)
    # Told at once: the first rung is taken in the same transaction.
    assert Rung.objects.filter(obligation=owed[v.TOWN]).count() == 1
    gap = world.sheet(round_, v.NEAR)
    assert (gap.post_id, gap.obligation) == (None, "")
    assert {row.sheet.region_id for row in selectors.merged(DUTY, round_.pk).missing} == {
        v.TOWN, v.OTHER, v.NEAR,
    }  # fmt: skip


def test_a_form_may_name_the_role_that_answers(people: None) -> None:  # noqa: ARG001
    form = services.draw_form(drawn=drawn(role="duty-officer", regions=[v.TOWN]), by=DUTY)
    World(form).open()
    assert Obligation.objects.get(kind="form").debtor_id == v.post_of("D1")


def test_the_same_button_pressed_twice_asks_once(world: World) -> None:
    world.open()
    with pytest.raises(Conflict):
        world.open(after=0)
    assert Round.objects.count() == 1
    assert Obligation.objects.filter(kind="form").count() == 2


def test_the_next_round_ends_what_the_last_one_still_asked(world: World, turn: Turn) -> None:
    first = world.open()
    world.fill(world.sheet(first), TOWN, {"moved": 3})
    turn.forward(hours=2)
    second = world.open(after=1)
    first.refresh_from_db()
    assert first.closed_at == turn.at
    states = dict(
        Obligation.objects.filter(subject__in=first.sheets.values("pk")).values_list(
            "region", "state"
        )
    )
    assert states == {v.TOWN: "closed", v.OTHER: "withdrawn"}
    still = Obligation.objects.filter(subject__in=second.sheets.values("pk"), closed_at=None)
    assert still.count() == 2


def test_who_does_not_answer_is_chased_by_the_ladder(world: World, turn: Turn) -> None:
    world.open()
    for minutes in (61, 11, 11):
        turn.forward(minutes=minutes)
        obligations.climb_due()
        obligations.lapse_due()
    owed = Obligation.objects.get(kind="form", region=v.TOWN)
    assert owed.lapsed_at is not None
    whom = list(owed.rungs.order_by("number").values_list("whom", flat=True))
    assert whom == ["debtor", "debtor", "deputy", "duty-above"]


def test_signing_for_a_form_is_not_filling_it_in(world: World) -> None:
    round_ = world.open()
    owed = world.sheet(round_).obligation
    with pytest.raises(Conflict):
        obligations.answer(obligation=owed, by=TOWN)
    told = obligations.respond_many(said=[(owed, obligations.Reply("1"))], by=TOWN)
    assert [isinstance(one.error, Conflict) for one in told] == [True]
    assert Obligation.objects.get(pk=owed).closed_at is None


def test_rounds_send_themselves_once_each_and_what_was_missed_is_one(
    world: World, turn: Turn
) -> None:
    services.schedule_form(form=world.form, schedule={"every_hours": 2}, by=DUTY)
    assert services.open_due() == 0
    turn.forward(hours=2)
    assert (services.open_due(), services.open_due()) == (1, 0)
    turn.forward(hours=21)  # nobody worked
    assert (services.open_due(), services.open_due()) == (1, 0)
    slots = list(Round.objects.order_by("number").values_list("slot", flat=True))
    assert slots == [START + timedelta(hours=2), START + timedelta(hours=22)]
    assert Form.objects.get().next_at == START + timedelta(hours=24)
    noted = Entry.objects.filter(deed="forms.round_opened").values_list("by", flat=True)
    assert set(noted) == {"system:forms"}


def test_a_repeated_form_stops_at_its_end_or_when_somebody_stops_it(
    world: World, turn: Turn
) -> None:
    until = START + timedelta(hours=3)
    services.schedule_form(form=world.form, schedule={"every_hours": 2, "until": until}, by=DUTY)
    turn.forward(hours=2)
    services.open_due()
    assert Form.objects.get().next_at is None
    services.schedule_form(form=world.form, schedule={"at": ["08:00"]}, by=DUTY)
    services.stop_form(form=world.form, by=DUTY)
    turn.forward(days=2)
    assert services.open_due() == 0
    with pytest.raises(Conflict):
        services.stop_form(form=world.form, by=DUTY)


def test_a_form_that_cannot_be_sent_holds_no_other_back(world: World, turn: Turn) -> None:
    erased = "01K2E8W0000000000000000000"
    vault.seal(erased, "某人")
    broken = services.draw_form(drawn=drawn(case=erased, note="请填"), by=DUTY)
    for form in (broken, world.form):
        services.schedule_form(form=form, schedule={"every_hours": 1}, by=DUTY)
    vault.destroy([erased], by=DUTY)
    turn.forward(hours=1)
    with pytest.raises(Conflict):
        services.open_due()
    assert list(Round.objects.values_list("form", flat=True)) == [world.form]
    assert Form.objects.get(pk=broken).next_at == turn.at


def test_a_form_put_away_asks_nobody(world: World, turn: Turn) -> None:
    services.schedule_form(form=world.form, schedule={"every_hours": 1}, by=DUTY)
    round_ = world.open()
    services.retire_form(form=world.form, by=DUTY)
    turn.forward(hours=1)
    assert services.open_due() == 0
    assert not Obligation.objects.filter(kind="form", closed_at=None).exists()
    with pytest.raises(Conflict):
        world.fill(world.sheet(round_), TOWN, {"moved": 1})
    with pytest.raises(Conflict):
        world.open(after=1)


def test_a_changed_form_leaves_what_was_asked_as_it_was(world: World) -> None:
    round_ = world.open()
    fewer = drawn(columns=COLUMNS[:1])
    services.change_form(form=world.form, drawn=fewer, version=1, by=DUTY)
    round_.refresh_from_db()
    assert len(round_.columns) == len(COLUMNS)
    assert len(world.open(after=1).columns) == 1
    with pytest.raises(Conflict):
        services.change_form(form=world.form, drawn=fewer, version=1, by=DUTY)


def test_only_whoever_may_draws_a_form_and_only_for_regions_of_theirs(world: World) -> None:
    with pytest.raises(Forbidden):
        services.draw_form(drawn=drawn(region=v.COUNTY), by=TOWN)
    with pytest.raises(Invalid) as wrong:
        services.draw_form(drawn=drawn(region=v.TOWN), by=TOWN)
    assert wrong.value.errors == {"regions": ["填报地区应在制表地区之内"]}
    services.draw_form(drawn=drawn(region=v.TOWN, regions=[v.NEAR]), by=TOWN)
    with pytest.raises(Missing):
        world.open(by=CHARLIE)
    with pytest.raises(Missing):
        world.open(by=TOWN)  # not asked yet: it is none of theirs
    round_ = world.open()
    with pytest.raises(Forbidden):
        world.open(after=1, by=TOWN)
    assert round_.number == 1


def test_a_form_is_seen_with_the_sheets_of_ones_own_regions_alone(world: World) -> None:
    round_ = world.open()
    assert [form["id"] for form in selectors.listed(DUTY)] == [world.form]
    (told,) = selectors.listed(TOWN)
    # The township and its village.
    assert told["newest"]["asked"] == 2
    assert {row.sheet.region_id for row in selectors.merged(TOWN, round_.pk).rows} == {
        v.TOWN, v.NEAR,
    }  # fmt: skip
    assert selectors.form_told(TOWN, world.form)["asked"] == []
    assert selectors.form_told(TOWN, world.form)["verbs"] == []
    assert selectors.listed(CHARLIE) == []
    for ask in (
        lambda: selectors.form_told(CHARLIE, world.form),
        lambda: selectors.merged(CHARLIE, round_.pk),
        lambda: selectors.sheet_told(CHARLIE, world.sheet(round_).pk),
        lambda: selectors.sheet_told(TOWN, world.sheet(round_, v.OTHER).pk),
        lambda: selectors.sheet_told(reporter(), world.sheet(round_, v.OTHER).pk),
    ):
        with pytest.raises(Missing):
            ask()


def test_what_a_register_holds_stands_in_the_sheet(people: None) -> None:  # noqa: ARG001
    shelter = {"level": "village", "stay": "short", "space": "indoor"}
    v.save("shelters", code="S1", name="一", region=v.NEAR, capacity=80, **shelter)
    v.save("shelters", code="S2", name="二", region=v.NEXT, capacity=20, **shelter)
    v.save("shelters", code="S3", name="三", region=v.FAR, **shelter)
    columns = [
        {"key": "places", "label": "避灾场所", "prefill": {"register": "shelters"}},
        {"key": "beds", "label": "可容纳",
         "prefill": {"register": "shelters", "column": "capacity"}},
    ]  # fmt: skip
    form = services.draw_form(drawn=drawn(columns=columns, regions=[v.TOWN, v.OTHER]), by=DUTY)
    World(form).open()
    held = dict(Sheet.objects.values_list("region", "prefilled"))
    # Nobody knows how many the third one takes: that is no zero.
    assert held == {v.TOWN: {"places": 2, "beds": 100}, v.OTHER: {"places": 1}}
    sheet = Sheet.objects.get(region=v.TOWN)
    assert selectors.sheet_told(TOWN, sheet.pk)["begin"] == [{"places": 2, "beds": 100}]


def test_a_round_is_out_or_it_is_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails half-way leaves no round, no sheet, no debt and no entry behind."""
    from anlan.base.forms.services import rounds

    def fail(*_: object) -> None:
        raise RuntimeError("power failed")

    before = Entry.objects.count()
    monkeypatch.setattr(rounds, "publish", fail)
    with pytest.raises(RuntimeError, match="power failed"):
        world.open()
    assert not Round.objects.exists()
    assert not Obligation.objects.filter(kind="form").exists()
    assert Entry.objects.count() == before
    assert Form.objects.get().round == 0


def test_every_deed_is_journalled_and_the_round_is_told(world: World) -> None:
    world.open()
    deeds = set(Entry.objects.filter(subject_kind="form").values_list("deed", flat=True))
    assert {"forms.drawn", "forms.round_opened"} <= deeds
    assert Event.objects.filter(kind="forms.RoundOpened").count() == 1
