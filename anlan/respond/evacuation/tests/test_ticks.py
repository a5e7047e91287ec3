"""Ticks: each kept with who, when and with what; sent twice they count once."""

from datetime import timedelta

import pytest

from anlan.base.journal.models import Entry as JournalEntry
from anlan.base.outbox.models import Event
from anlan.base.people.tests import village as v
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.evacuation import services
from anlan.respond.evacuation.kinds import KIND, STRAY
from anlan.respond.evacuation.models import Entry, Tick
from anlan.respond.evacuation.selectors import pages
from anlan.respond.evacuation.selectors.counting import recounted, sums, tally
from anlan.respond.evacuation.services.ticking import Ticker, Word
from anlan.respond.evacuation.tests.conftest import (
    CHARLIE,
    COMMANDER,
    NOON,
    OFFICER,
    VILLAGE,
    actor,
    drafted,
    entry_of,
    home_of,
    ordered,
    owed,
    shelter_of,
    tick,
    zone,
)

pytestmark = pytest.mark.usefixtures("world")


def people(batch: object, key: str = "due") -> int:
    return int(pages.one(OFFICER, batch.pk)["sums"][key]["people"])  # type: ignore[attr-defined]


def test_ordering_makes_every_village_owe_its_moving_by_the_latest_hour() -> None:
    batch = ordered()
    (one,) = owed(KIND)
    assert one.title == "前坑村组织转移：应转17人，8月9日09:00前转移完"
    assert one.debtor_id == v.post_of("P-NEAR")
    assert one.done_due is not None
    assert abs(one.done_due - (NOON - timedelta(hours=3))) < timedelta(minutes=2)
    assert one.case == batch.case != ""
    assert Event.objects.filter(kind="respond.EvacuationOrdered").count() == 1
    with pytest.raises(Conflict):
        services.order_evacuation(evacuation=batch.pk, by=COMMANDER)


def test_a_draft_owes_nothing_and_is_ticked_by_nobody() -> None:
    batch = drafted()
    assert owed(KIND) == []
    with pytest.raises(Conflict, match="草稿"):
        tick(batch, "told", household=home_of(batch, "H1"))
    assert sums(tally(batch.pk).values()).due.people == 0


def test_a_tick_on_a_household_moves_all_of_it_and_one_on_a_person_only_them() -> None:
    batch = ordered()
    assert tick(batch, "told", household=home_of(batch, "H1")).outcome == "done"
    assert tick(batch, "relatives", entry=entry_of(batch, "H1-2").pk).outcome == "done"
    assert {one.state for one in Entry.objects.filter(resident__code="H1-1")} == {"told"}
    told = pages.one(OFFICER, batch.pk)["sums"]
    assert (told["relatives"]["people"], told["pending"]["people"]) == (1, 16)


def test_the_same_tick_sent_again_counts_once() -> None:
    batch = ordered()
    home = home_of(batch, "H2")
    assert tick(batch, "sheltered", household=home, client="c1").outcome == "done"
    assert tick(batch, "sheltered", household=home, client="c1").outcome == "again"
    assert tick(batch, "told", household=home, client="c1").outcome == "again"
    assert shelter_of("S2").occupied == 3
    assert people(batch, "shelter") == 3
    assert Tick.objects.filter(client="c1").count() == 1


def test_a_word_that_is_older_than_what_is_known_is_kept_and_changes_nothing() -> None:
    batch = ordered()
    home = home_of(batch, "H2")
    now = clock.now()
    tick(batch, "sheltered", household=home, said_at=now - timedelta(minutes=5))
    late = tick(batch, "moving", household=home, said_at=now - timedelta(minutes=30))
    assert late.outcome == "late"
    assert people(batch, "shelter") == 3
    assert [one.applies for one in Tick.objects.order_by("pk")] == [True, False]
    ahead = tick(batch, "relatives", household=home, said_at=now + timedelta(days=1))
    assert ahead.outcome == "done"
    last = Tick.objects.latest("pk")
    assert last.said_at <= last.at


def test_every_tick_says_who_and_with_what_and_is_in_the_journal() -> None:
    batch = ordered()
    tick(batch, "told", household=home_of(batch, "H2"), note="门口喊过", client="c9")
    one = Tick.objects.get(client="c9")
    assert (one.by, one.device, one.was, one.state, one.people) == (
        VILLAGE.ref, "dev", "waiting", "told", 3
    )  # fmt: skip
    assert "门口" not in one.note
    assert JournalEntry.objects.filter(deed="evacuations.ticked", by=VILLAGE.ref).count() == 1


@pytest.mark.parametrize(
    ("state", "values", "why"),
    [
        ("refused", {}, "要选一条原因"),
        ("lost", {"reason": "believes-safe"}, "要选一条原因"),
        ("returned", {}, "还没有转移安置"),
        ("strayed", {}, "没有「strayed」"),
        ("asleep", {}, "没有「asleep」"),
        ("sheltered", {"shelter": "nowhere"}, "没有这个安置场所"),
        ("told", {"people": 2}, "就是 1 人"),
        ("told", {"people": 0}, "至少为 1"),
    ],
)
def test_a_word_that_cannot_be_is_refused_and_the_others_are_written(
    state: str, values: dict[str, object], why: str
) -> None:
    batch = ordered()
    bad = Word(state=state, entry=entry_of(batch, "H1-1").pk, **values)  # type: ignore[arg-type]
    good = Word(state="told", household=home_of(batch, "H2"))
    told = services.tick_roll(evacuation=batch.pk, words=[bad, good], ticker=Ticker(VILLAGE))
    assert [one.outcome for one in told] == ["wrong", "done"]
    assert why in told[0].why
    assert Tick.objects.count() == 1


def test_nobody_ticks_where_they_may_not() -> None:
    zone("ZF", region=v.FAR, people=5)
    batch = ordered()
    far = Entry.objects.get(zone__code="ZF")
    assert "不归您打勾" in tick(batch, "told", entry=far.pk).why
    assert tick(batch, "told", by=OFFICER, entry=far.pk).outcome == "done"
    with pytest.raises(Missing):
        tick(batch, "told", by=CHARLIE, entry=far.pk)
    with pytest.raises(Forbidden):
        services.add_people(
            evacuation=batch.pk, ticker=Ticker(VILLAGE),
            newcomer=services.Newcomer(village=v.FAR, state="waiting"),
        )  # fmt: skip


def test_some_of_a_group_are_moved_and_the_rest_stay_due() -> None:
    batch = ordered()
    rest = Entry.objects.get(zone__code="Z1", household=None)
    assert tick(batch, "sheltered", entry=rest.pk, people=5, client="c3").outcome == "done"
    assert tick(batch, "sheltered", entry=rest.pk, people=5, client="c3").outcome == "again"
    rest.refresh_from_db()
    assert (rest.people, rest.state) == (7, "waiting")
    told = pages.one(OFFICER, batch.pk)["sums"]
    assert {key: told[key]["people"] for key in ("due", "shelter", "pending")} == {
        "due": 17, "shelter": 5, "pending": 12,
    }  # fmt: skip
    tick(batch, "told", entry=rest.pk, people=9)
    assert people(batch) == 19


def test_a_number_nobody_knew_is_learned_from_who_was_there() -> None:
    zone("Z4", people=None)
    batch = ordered()
    one = Entry.objects.get(zone__code="Z4")
    assert pages.one(OFFICER, batch.pk)["sums"]["due"] == {"people": 17, "unknown": 1}
    tick(batch, "relatives", entry=one.pk, people=6)
    assert pages.one(OFFICER, batch.pk)["sums"]["due"] == {"people": 23, "unknown": 0}
    assert sums(recounted(batch.pk).values()) == sums(tally(batch.pk).values())


def test_when_nobody_is_left_what_the_village_owes_is_struck_off() -> None:
    batch = ordered()
    for code in ("H1", "H2"):
        tick(batch, "sheltered", household=home_of(batch, code))
    rest = Entry.objects.get(zone__code="Z1", household=None)
    tick(batch, "refused", entry=rest.pk, reason="keeps-boat")
    assert len(owed(KIND)) == 1
    tick(batch, "relatives", entry=rest.pk)
    assert owed(KIND) == []


def test_who_goes_back_before_it_is_safe_is_an_event_and_somebody_owes_to_fetch_them() -> None:
    batch = ordered()
    home = home_of(batch, "H2")
    tick(batch, "sheltered", household=home)
    assert shelter_of("S2").occupied == 3
    tick(batch, "returned", household=home)
    told = pages.one(OFFICER, batch.pk)["sums"]
    assert (told["strayed"]["people"], told["pending"]["people"]) == (3, 17)
    assert shelter_of("S2").occupied == 0
    (one,) = owed(STRAY)
    assert one.title == "前坑村有 3 人险情未解除擅自返回，请劝离"
    assert one.debtor_id == v.post_of("P-TOWN")
    assert Event.objects.filter(kind="respond.PeopleStrayed").count() == 1


def test_only_after_a_named_person_lifts_the_danger_may_anybody_return() -> None:
    batch = ordered()
    home = home_of(batch, "H2")
    tick(batch, "sheltered", household=home)
    with pytest.raises(Forbidden):
        services.lift_danger(evacuation=batch.pk, by=actor("duty-officer"))
    assert services.lift_danger(evacuation=batch.pk, by=COMMANDER, villages=[v.NEAR]) == 1
    tick(batch, "returned", household=home)
    told = pages.one(OFFICER, batch.pk)
    assert told["state"] == "lifted"
    assert told["villages"][0]["lifted_by_name"] is not None
    assert (told["sums"]["home"]["people"], told["sums"]["shelter"]["people"]) == (3, 3)
    assert owed(KIND) == owed(STRAY) == []


def test_a_batch_is_not_closed_while_somebody_is_in_a_shelter() -> None:
    batch = ordered()
    home = home_of(batch, "H2")
    tick(batch, "sheltered", household=home)
    services.lift_danger(evacuation=batch.pk, by=COMMANDER)
    with pytest.raises(Conflict, match="还有 3 人"):
        services.close_evacuation(evacuation=batch.pk, by=COMMANDER)
    tick(batch, "returned", household=home)
    services.close_evacuation(evacuation=batch.pk, by=COMMANDER)
    with pytest.raises(Conflict):
        tick(batch, "told", household=home)


def test_people_on_no_list_are_written_down_once_and_due_from_then_on() -> None:
    batch = ordered()
    newcomer = services.Newcomer(
        village=v.NEXT, state="sheltered", name="过路人", people=2, client="n1",
        shelter=shelter_of("S2").pk,
    )  # fmt: skip
    made = services.add_people(evacuation=batch.pk, newcomer=newcomer, ticker=Ticker(OFFICER))
    again = services.add_people(evacuation=batch.pk, newcomer=newcomer, ticker=Ticker(OFFICER))
    assert made == again
    told = pages.one(OFFICER, batch.pk)["sums"]
    assert (told["due"]["people"], told["shelter"]["people"]) == (19, 2)
    row = Entry.objects.get(pk=made)
    assert "过路" not in row.name
    with pytest.raises(Invalid) as caught:
        services.add_people(
            evacuation=batch.pk, ticker=Ticker(OFFICER),
            newcomer=services.Newcomer(village=v.NEXT, state="sheltered", people=0),
        )  # fmt: skip
    assert sorted(caught.value.errors) == ["people", "shelter"]
