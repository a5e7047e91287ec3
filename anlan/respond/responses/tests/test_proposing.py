"""What asks for a response becomes a proposal; nothing starts by itself."""

from datetime import timedelta

import pytest

from anlan.base.jobs.models import Job
from anlan.base.journal.models import Entry
from anlan.base.outbox.delivering import deliver_due
from anlan.base.permissions.actor import system
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.responses import services
from anlan.respond.responses.figures import READERS, Counted, Reader
from anlan.respond.responses.models import Proposal, Response
from anlan.respond.responses.selectors import proposals
from anlan.respond.responses.states import WEIGH
from anlan.respond.responses.tests.conftest import (
    CHARLIE,
    LEAD,
    OFFICER,
    SECTION,
    Scene,
    Turn,
    relay,
)
from anlan.warn.services.expiring import expire_due
from anlan.warn.tests.conftest import at

pytestmark = pytest.mark.usefixtures("scene")

BY = system("proposals")


def weighed() -> int:
    return services.weigh(by=BY)


def test_a_warning_proposes_the_stage_its_plan_names_and_starts_nothing() -> None:
    alert = relay(colour="Yellow")
    assert weighed() == 1
    row = Proposal.objects.get()
    assert (row.key, row.stage, row.level, row.state) == ("flood", "4", 4, "open")
    (reason,) = row.reasons
    assert (reason["source"], reason["id"], reason["trigger"]) == ("warning", alert, "暴雨黄色预警")
    assert reason["at"]
    assert not Response.objects.exists()


def test_the_same_reasons_twice_are_one_proposal_told_once() -> None:
    relay(colour="Yellow")
    assert [weighed(), weighed()] == [1, 0]
    assert Proposal.objects.count() == 1
    assert Entry.objects.filter(deed="responses.proposed").count() == 1


def test_a_worse_warning_raises_the_proposal() -> None:
    relay(0, colour="Yellow")
    weighed()
    relay(1, colour="Orange")
    assert weighed() == 1
    row = Proposal.objects.get()
    assert (row.stage, row.level) == ("3", 3)
    assert (row.reasons[0]["stage"], row.reasons[0]["trigger"]) == ("3", "暴雨橙色预警")


def test_a_warning_that_ran_out_takes_its_reason_along(turn: Turn) -> None:
    relay(colour="Yellow", expires=at(60))
    weighed()
    turn.forward(hours=2)
    expire_due()
    assert weighed() == 1
    assert Proposal.objects.get().state == "gone"
    assert weighed() == 0


def test_what_was_declined_is_not_asked_again_but_something_worse_is() -> None:
    relay(0, colour="Yellow")
    weighed()
    row = Proposal.objects.get()
    with pytest.raises(Invalid):
        services.decline_proposal(proposal=row.pk, reason=" ", by=LEAD)
    services.decline_proposal(proposal=row.pk, reason="会商后不启动", by=LEAD)
    with pytest.raises(Conflict):
        services.decline_proposal(proposal=row.pk, reason="再来", by=LEAD)
    assert weighed() == 0
    relay(1, colour="Orange")
    assert weighed() == 1
    assert Proposal.objects.filter(closed_at=None).get().stage == "3"


def test_a_running_response_is_proposed_only_what_is_graver(scene: Scene) -> None:
    relay(0, colour="Yellow")
    weighed()
    response = scene.start()
    assert Proposal.objects.get().state == "taken"
    assert weighed() == 0
    relay(1, colour="Orange")
    weighed()
    row = Proposal.objects.filter(closed_at=None).get()
    assert (row.stage, len(row.reasons)) == ("3", 1)
    scene.move(response, "3")
    row.refresh_from_db()
    assert (row.state, row.response_id) == ("taken", response)


def test_the_facts_of_other_modules_have_it_weighed() -> None:
    relay(colour="Yellow")
    deliver_due()
    assert Job.objects.filter(key=WEIGH).exists()


def test_a_figure_nobody_counts_is_said_to_be_unknown_and_asks_for_nothing() -> None:
    weighed()
    told = proposals.listed(OFFICER)
    assert told["items"] == []
    assert {one["name"] for one in told["unknown"]} == {"gauges-over-warning", "dead-or-missing"}


def test_a_figure_a_module_above_counts_asks_for_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader("dead-or-missing", lambda _: Counted(2.0, at()))
    monkeypatch.setitem(READERS._entries, "dead-or-missing", reader)
    weighed()
    (reason,) = Proposal.objects.get().reasons
    assert (reason["source"], reason["value"]) == ("figure", 2.0)


def test_what_no_plan_asks_anything_of_is_said_and_so_is_what_the_gap_clock_waits_for() -> None:
    relay(0, colour="Red", event="11B09")
    relay(1, colour="Yellow")
    told = proposals.listed(OFFICER)
    assert [one["hazard"] for one in told["unplanned"]] == ["heat"]
    asked = {one["hazard"]: one["response"] for one in told["due"]}
    assert asked == {"heat": 2, "rainstorm": 3}
    assert all(one["due_at"] > at() - timedelta(minutes=1) for one in told["due"])


def test_who_may_not_decide_is_refused_and_a_neighbour_sees_nothing() -> None:
    relay(colour="Yellow")
    weighed()
    row = Proposal.objects.get()
    with pytest.raises(Forbidden):
        services.decline_proposal(proposal=row.pk, reason="不用", by=SECTION)
    with pytest.raises(Missing):
        services.decline_proposal(proposal=row.pk, reason="不用", by=CHARLIE)
    told = proposals.listed(CHARLIE)
    assert (told["items"], told["due"], told["plans"], told["unplanned"]) == ([], [], [], [])


def test_starting_is_told_in_advance_with_who_may_decide(scene: Scene) -> None:
    told = proposals.prospect(OFFICER, scene.plan.pk, "flood", "4")
    assert (told["steps"], told["nobody"]) == (4, 6)
    (decider,) = told["deciders"]
    assert (decider["mine"], decider["persons"][0]["name"]) == (False, "某指挥长")
    assert decider["persons"][0]["phones"][0]["number"] != "10000000001"
    (mine,) = proposals.prospect(scene.chief, scene.plan.pk, "flood", "4")["deciders"]
    assert mine["mine"]
