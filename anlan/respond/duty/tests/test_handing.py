"""交接班: what is open lists itself, two persons confirm."""

import pytest

from anlan.base.obligations import services as obligations
from anlan.base.people.tests import village
from anlan.kernel.errors import Conflict, Missing
from anlan.respond.duty import services
from anlan.respond.duty.models import Handover
from anlan.respond.duty.selectors import handovers, log
from anlan.respond.duty.services import Note
from anlan.respond.duty.tests.conftest import CHARLIE, COUNTY, NEXT, OFFICER, Wall


def test_what_is_open_lists_itself(world: Wall) -> None:
    services.note_entry(note=Note(content="等气象台回电", todo=True), by=OFFICER)
    services.note_entry(note=Note(content="已了的事"), by=OFFICER)
    debt = obligations.Debt(
        kind="notice", title="报送值班表", debtor=village.post_of("P-DUTY"), region=COUNTY
    )
    obligations.owe(debt=debt, by=OFFICER)
    found = handovers.desk(OFFICER)["open"]
    assert {one["kind"] for one in found} == {"entry", "obligation"}
    due = [one["due"] for one in found if one["due"]]
    assert due == sorted(due)
    services.hand_over(note="气象台 13:00 回电", by=OFFICER)
    world.go(minutes=3)
    assert len(Handover.objects.get().items) == len(found)


def test_two_persons_confirm_and_never_the_same(world: Wall) -> None:
    row = services.hand_over(note="一切正常", by=OFFICER)
    with pytest.raises(Conflict, match="还没有人接"):
        services.hand_over(by=NEXT)
    with pytest.raises(Conflict, match="不能自己接班"):
        services.accept_handover(handover=row.pk, by=OFFICER)
    with pytest.raises(Missing):
        services.accept_handover(handover=row.pk, by=CHARLIE)
    assert not handovers.desk(OFFICER)["may_accept"]
    assert handovers.desk(NEXT)["may_accept"]
    world.go(minutes=2)
    services.accept_handover(handover=row.pk, by=NEXT)
    with pytest.raises(Conflict, match="已经有人接班"):
        services.accept_handover(handover=row.pk, by=NEXT)
    (last,) = handovers.desk(OFFICER)["last"]
    assert (last["note"], last["incoming_at"]) == ("一切正常", world.at)
    assert log.page(NEXT)["items"][0]["kind"] == "handover"
    assert handovers.desk(NEXT)["may_hand_over"]


def test_what_stood_open_at_the_handover_stays_as_it_was(world: Wall) -> None:
    first = services.note_entry(note=Note(content="等回电", todo=True), by=OFFICER)
    row = services.hand_over(by=OFFICER)
    world.go(minutes=1)
    services.note_entry(note=Note(content="回了"), follows=first.pk, by=NEXT)
    services.accept_handover(handover=row.pk, by=NEXT)
    told = handovers.desk(NEXT)
    assert told["open"] == []
    assert [one["title"] for one in told["last"][0]["items"]] == ["等回电"]
