"""A response that starts has its papers made, and somebody owes the printing of them."""

import json

import pytest

from anlan.base.cases.selectors import root_of
from anlan.base.cases.services import erase_case
from anlan.base.files import store
from anlan.base.households.models import Resident
from anlan.base.households.services import erase
from anlan.base.jobs.models import Job
from anlan.base.jobs.worker import drain
from anlan.base.journal.models import Entry
from anlan.base.obligations import services as obligations
from anlan.base.obligations.models import Obligation
from anlan.base.permissions.actor import system
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.respond.papers import services
from anlan.respond.papers.models import Pack
from anlan.respond.papers.selectors import composing, packs
from anlan.respond.papers.states import PRINT
from anlan.respond.papers.tests.conftest import (
    BOOK,
    CHARLIE,
    GUIDES,
    LISTS,
    OFFICER,
    SHEET,
    TOWNSHIP,
    VILLAGE,
    WEST,
    Scene,
    Turn,
    pack_of,
    papers_in,
    person_of,
    started,
    stored,
)
from anlan.respond.responses import services as responses
from anlan.respond.responses.tests.conftest import turn_of

pytestmark = pytest.mark.django_db


def owed() -> Obligation:
    return Obligation.objects.get(kind=PRINT, closed_at=None)


def test_a_started_response_has_one_pack_made_and_the_watch_owes_the_printing(
    county: Scene,
) -> None:
    response = started(county)
    pack = pack_of(response)
    assert pack.made_at is not None
    assert (pack.number, pack.why) == (1, "start")
    debt = owed()
    assert debt.debtor_id == county.world.posts["P-DUTY"].pk
    assert (debt.subject, debt.case) == (pack.pk, pack.case)
    assert {"papers.asked", "papers.made"} <= set(
        Entry.objects.filter(subject=pack.pk).values_list("deed", flat=True)
    )


def test_the_papers_name_who_is_rung_who_leaves_and_what_a_village_does(county: Scene) -> None:
    response = started(county)
    _, content = services.take_pack(pack=pack_of(response).pk, by=OFFICER)
    found = papers_in(content)
    people = "\n".join(found[LISTS])
    for said in ("前坑村人员转移清单", "★陈老太", "10000000011", "前坑村12号", "独居"):
        assert said in people
    # The zone counts nine, of whom the register knows two: the other seven are on paper too.
    assert "应转 9 人" in people
    guide = "\n".join(found[GUIDES])
    for said in ("敲锣", "1 小时 30 毫米准备，50 毫米就走", "沿村道向东到小学", "核对转移名单"):
        assert said in guide
    assert "陈老太" not in guide
    assert "某书记 10000000002" in "\n".join(found[BOOK])
    assert "某值班 10000000003" in "\n".join(found[SHEET])
    assert all("纸质包第1号" not in line for line in found[LISTS])  # it stands at every page's head


def test_what_nobody_knows_is_printed_as_not_known(county: Scene) -> None:
    response = started(county)
    _, content = services.take_pack(pack=pack_of(response).pk, by=OFFICER)
    guide = papers_in(content)[GUIDES]
    place = guide.index("后坑村防灾明白纸")
    other = "\n".join(guide[place:])
    assert "户数、人数待核" in other
    assert "没有登记不等于没有危险" in other
    assert "0 户" not in other
    assert "（空缺）" in other


def test_printing_is_owed_until_somebody_says_it_is_done_and_not_before_it_is_made(
    county: Scene,
) -> None:
    response = county.start()
    services.ask_pack(response=response, by=OFFICER)
    pack = pack_of(response)
    assert packs.listed(OFFICER, response)["items"][0]["state"] == "making"
    with pytest.raises(Conflict, match="还没有生成"):
        services.mark_printed(pack=pack.pk, by=OFFICER)
    drain()
    reply = obligations.Reply(answers={"printed": "yes"})
    obligations.answer(obligation=owed().pk, by=OFFICER, reply=reply)
    told = {one["number"]: one for one in packs.listed(OFFICER, response)["items"]}
    latest = told[max(told)]
    assert latest["state"] == "printed"
    assert latest["printed_at"] is not None
    assert not Obligation.objects.filter(kind=PRINT, closed_at=None).exists()


def test_unprinted_papers_climb_like_any_debt(county: Scene, turn: Turn) -> None:
    started(county)
    turn.forward(minutes=31)
    obligations.lapse_due()
    obligations.climb_due()
    debt = owed()
    assert debt.lapsed_at is not None
    assert debt.rung >= 2


def test_a_raise_makes_a_new_pack_and_the_old_one_is_owed_no_more(county: Scene) -> None:
    response = started(county)
    first = pack_of(response)
    county.move(response, "3")
    drain()
    second = pack_of(response)
    assert (second.number, second.why, second.stage_title) == (2, "raise", "防汛Ⅲ级")
    assert owed().subject == second.pk
    assert Obligation.objects.get(kind=PRINT, subject=first.pk).state == "withdrawn"
    county.move(response, "4")
    drain()
    assert pack_of(response).pk == second.pk


def test_nobody_prints_for_a_response_that_is_over(county: Scene) -> None:
    response = started(county)
    responses.strike_off(
        response=response, turn=turn_of(response), steps=[], reason="演示", by=county.chief
    )
    county.end(response)
    drain()
    assert not Obligation.objects.filter(kind=PRINT, closed_at=None).exists()
    with pytest.raises(Conflict, match="已经结束"):
        services.ask_pack(response=response, by=OFFICER)


def test_the_same_fact_told_twice_is_one_pack(county: Scene) -> None:
    response = started(county)
    again = services.ask_pack(
        response=response, why="start", once=f"start:{response}", by=system("papers")
    )
    assert again == pack_of(response).pk
    assert Pack.objects.count() == 1


def test_a_pack_that_cannot_be_made_says_why_and_is_owed_all_the_same(
    county: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(content: bytes) -> str:
        raise OSError(28, "No space left on device", str(len(content)))

    monkeypatch.setattr(store, "put", full)
    response = started(county)
    (told,) = packs.listed(OFFICER, response)["items"]
    assert told["state"] == "retrying"
    assert "No space left on device" in told["error"]
    assert owed().subject == told["id"]
    Job.objects.filter(pk=pack_of(response).job).update(state=Job.State.FAILED)
    assert packs.listed(OFFICER, response)["items"][0]["state"] == "failed"


def test_taking_a_pack_is_journalled_and_refused_to_who_may_not(county: Scene) -> None:
    response = started(county)
    pack = pack_of(response)
    with pytest.raises(Missing):
        services.take_pack(pack=pack.pk, by=CHARLIE)
    with pytest.raises(Missing):
        services.take_pack(pack=pack.pk, by=TOWNSHIP)
    with pytest.raises(Forbidden):
        packs.listed(VILLAGE, response)
    name, content = services.take_pack(pack=pack.pk, by=OFFICER)
    assert name == "云屿县防汛Ⅳ级纸质包第1号.zip"
    assert store.digest(content) == pack.digest
    (entry,) = Entry.objects.filter(deed="papers.taken")
    assert (entry.by, entry.subject) == (OFFICER.ref, pack.pk)
    assert json.loads(entry.detail.body)["facts"]["sm3"] == pack.digest


def test_a_township_takes_its_own_part_and_no_other(county: Scene) -> None:
    response = started(county)
    pack = pack_of(response)
    assert packs.listed(TOWNSHIP, response)["towns"] == [{"region": WEST, "name": "云岭乡"}]
    _, content = services.take_pack(pack=pack.pk, region=WEST, by=TOWNSHIP)
    assert {name.partition("/")[0] for name in papers_in(content)} == {"339901101-云岭乡"}
    for region, error in (("339901102000", Missing), ("339902101000", Missing)):
        with pytest.raises(error):
            services.take_pack(pack=pack.pk, region=region, by=TOWNSHIP)
    with pytest.raises(Invalid):
        services.take_pack(pack=pack.pk, region="339901101201", by=OFFICER)


def test_no_name_lies_readable_in_the_store(county: Scene) -> None:
    started(county)
    kept = list(stored())
    assert kept
    assert not any(b"PK\x03\x04" in one for one in kept)


@pytest.mark.parametrize("who", ["serves", "resident"])
def test_whoever_is_erased_takes_the_packs_that_name_them_along(county: Scene, who: str) -> None:
    response = started(county)
    pack = pack_of(response)
    resident = county_resident() if who == "resident" else person_of(county, "P-A1").pk
    erase(subject=resident, by=system("erase"))
    pack.refresh_from_db()
    assert pack.destroyed_at is not None
    assert pack.named == ""
    assert packs.listed(OFFICER, response)["items"][0]["state"] == "destroyed"
    with pytest.raises(Conflict, match="已销毁"):
        services.take_pack(pack=pack.pk, by=OFFICER)
    services.ask_pack(response=response, by=OFFICER)
    drain()
    _, content = services.take_pack(pack=pack_of(response).pk, by=OFFICER)
    said = "\n".join("\n".join(told) for told in papers_in(content).values())
    assert ("陈老太" if who == "resident" else "某书记") not in said


def county_resident() -> str:
    return Resident.objects.get(code="R1").pk


def test_the_same_county_gives_the_same_bytes(county: Scene, turn: Turn) -> None:
    response = started(county)
    pack = pack_of(response)
    first = composing.compose(pack, lambda _: None)
    turn.forward(minutes=1)
    assert composing.compose(pack, lambda _: None).content == first.content
    assert first.counts["people"] == 9


def test_an_older_pack_says_that_there_is_a_newer_one(county: Scene) -> None:
    response = started(county)
    services.ask_pack(response=response, by=OFFICER)
    drain()
    newer, older = packs.listed(OFFICER, response)["items"]
    assert (newer["state"], older["state"]) == ("made", "superseded")
    assert newer["due_at"] is not None
    assert older["due_at"] is None


def test_an_erased_case_takes_its_packs_along(county: Scene) -> None:
    response = started(county)
    pack = pack_of(response)
    erase_case(case=root_of(pack.case), by=system("erase"))
    pack.refresh_from_db()
    assert pack.destroyed_at is not None
    assert Entry.objects.filter(deed="papers.destroyed", subject=pack.pk).exists()
