import base64
import hashlib
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from anlan.base.files.models import File
from anlan.base.files.services import LARGEST, destroy_files_of
from anlan.base.journal.models import Entry
from anlan.base.obligations import selectors, services
from anlan.base.obligations.kinds import KINDS, Ask, Kind
from anlan.base.obligations.models import Obligation, Step
from anlan.base.obligations.services.phone import LARGEST_VOICE
from anlan.base.obligations.tests.conftest import County
from anlan.base.permissions.models import Link
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Invalid, Missing

RECEIVED, ON_POST, HELP = (
    ("received", "已收到", "Received"),
    ("on-post", "已到岗", "On post"),
    ("need-help", "需支援", "Need help"),
)
heard: list[dict[str, Any]] = []
ROLL_CALL = Kind(
    key="test-call",
    title="叫应",
    title_en="Roll call",
    states=("issued", "reached", "answered", "reported", "closed"),
    ladder="notice",
    answer_form=(
        Ask(
            "reply", "答复", "Reply", "choice", required=True,
            choices=(RECEIVED, ON_POST, ("moved", "已转移", "Moved"), HELP),
            buttons=("received", "on-post", "need-help"), reports=("on-post", "moved"),
        ),
        Ask("people", "在岗人数", "People", "int"),
    ),
    report_form=(
        Ask("reply", "答复", "Reply", "choice", required=True, choices=(ON_POST, HELP)),
    ),
    heard=lambda **said: heard.append(said),
    noted=True,
    voice=True,
)  # fmt: skip
OGG = b"OggS" + bytes(60)


@pytest.fixture(autouse=True)
def _roll_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS._entries, ROLL_CALL.key, ROLL_CALL)
    heard.clear()


def _buttons(page: str) -> list[str]:
    return re.findall(r"<button name=\"reply\" value=\"([^\"]+)\"[^>]*>", page)


def _voice(content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = "recording.ogg"
    return file


def _link(county: County, owed: str) -> str:
    keys = services.make_links(obligation=owed, by=county.actors["officer"])
    return f"/m/{keys[county.actors['head'].person]}"


def test_one_tap_on_the_phone_signs_for_it(county: County, client: Client) -> None:
    owed = county.owe(title="台风<来了>", body="今夜八点前到岗")
    link = _link(county, owed)
    page = client.get(link)
    assert page.status_code == 200
    assert "台风&lt;来了&gt;" in page.content.decode()
    assert "今夜八点前到岗" in page.content.decode()
    assert Obligation.objects.get(pk=owed).state == "issued"
    signed = client.post(link, {"text": "马上到"})
    assert signed.status_code == 200
    assert Obligation.objects.get(pk=owed).state == "closed"
    step = Step.objects.get(obligation=owed)
    assert step.by.startswith("link:")
    assert not step.on_behalf
    assert "已经签收" in client.get(link).content.decode()


def test_a_robot_that_fetches_the_page_reaches_nobody_and_a_page_that_is_drawn_does(
    county: County, client: Client
) -> None:
    owed = county.owe()
    link = _link(county, owed)
    assert client.head(link).status_code == 200
    assert "XMLHttpRequest" in client.get(link).content.decode()
    assert Obligation.objects.get(pk=owed).state == "issued"
    assert not Link.objects.filter(opened_at__isnull=False).exists()

    seen = client.post(link, {"seen": "1"})
    assert (seen.status_code, seen.content) == (204, b"")
    row = Obligation.objects.get(pk=owed)
    assert (row.state, row.answered_at) == ("reached", None)
    assert Link.objects.get(opened_at__isnull=False).person == county.actors["head"].person
    assert Entry.objects.filter(deed="obligations.reached").count() == 1
    assert client.post("/m/unknown", {"seen": "1"}).status_code == 404


def test_a_link_opened_again_later_says_when_and_changes_nothing_else(
    county: County, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = county.owe()
    link = _link(county, owed)
    client.post(link, {"seen": "1"})
    client.post(link, {})
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(link, {"seen": "1"}).status_code == 204
    assert Link.objects.get(opened_at__isnull=False).opened_at == later
    assert Obligation.objects.get(pk=owed).state == "closed"


def test_a_link_opens_nothing_else(county: County, client: Client) -> None:
    owed = county.owe()
    _link(county, owed)
    assert client.get("/m/unknown").status_code == 404
    assert client.get("/m/" + "a" * 20).status_code == 404


def test_a_post_without_a_holder_gets_no_link_and_it_is_told(county: County) -> None:
    from anlan.base.people.models import Holding

    owed = county.owe()
    Holding.objects.filter(post=county.posts["head"]).delete()
    with pytest.raises(Conflict, match="没有人任职"):
        services.make_links(obligation=owed, by=county.actors["officer"])


def test_only_who_may_give_debts_makes_links(county: County) -> None:
    owed = county.owe()
    with pytest.raises(Missing):
        services.make_links(obligation=owed, by=county.actors["stranger"])


def test_the_choice_a_kind_declares_becomes_big_buttons_and_two_taps_answer(
    county: County, client: Client
) -> None:
    link = _link(county, county.owe(kind="test-call"))
    page = client.get(link).content.decode()
    assert _buttons(page) == ["received", "on-post", "need-help"]
    assert re.findall(r"value=\"([^\"]+)\" class=(\w+)", page) == [
        ("on-post", "usual"), ("need-help", "help"),
    ]  # fmt: skip
    assert client.post(link, {"reply": "received"}).status_code == 200
    row = Obligation.objects.get()
    assert (row.state, row.closed_at) == ("answered", None)
    assert Step.objects.get().answers == {"reply": "received"}


def test_an_answer_that_tells_what_was_done_is_the_report_too(
    county: County, client: Client
) -> None:
    link = _link(county, county.owe(kind="test-call"))
    page = client.post(link, {"reply": "on-post", "people": "3"}).content.decode()
    assert "已反馈，谢谢。" in page
    row = Obligation.objects.get()
    assert (row.state, row.answered_at) == ("closed", row.reported_at)
    assert list(Step.objects.order_by("id").values_list("verb", flat=True)) == ["answer", "report"]
    assert heard == [
        {"obligation": row.pk, "answers": {"reply": "on-post", "people": 3}, "by": heard[0]["by"]}
    ]


def test_whoever_answered_may_later_report_and_then_still_ask_for_help(
    county: County, client: Client
) -> None:
    link = _link(county, county.owe(kind="test-call"))
    page = client.post(link, {"reply": "received"}).content.decode()
    assert _buttons(page) == ["on-post", "need-help"]
    assert _buttons(client.get(link).content.decode()) == ["on-post", "need-help"]
    assert client.post(link, {"reply": "on-post"}).status_code == 200
    assert client.post(link, {"reply": "need-help", "text": "路断了"}).status_code == 200
    row = Obligation.objects.get()
    assert row.state == "closed"
    assert list(Step.objects.order_by("id").values_list("verb", flat=True)) == [
        "answer", "report", "note",
    ]  # fmt: skip
    assert [one["answers"]["reply"] for one in heard] == ["received", "on-post", "need-help"]


def test_a_second_tap_on_the_same_button_changes_nothing_and_is_told(
    county: County, client: Client
) -> None:
    link = _link(county, county.owe(kind="test-call"))
    client.post(link, {"reply": "received"})
    again = client.post(link, {"reply": "received"})
    assert again.status_code == 409
    assert "不必再签收" in again.content.decode()
    assert Step.objects.count() == 1


@pytest.mark.parametrize("reply", ["", "sleeping"])
def test_an_answer_the_form_does_not_know_is_refused_with_the_way_back(
    county: County, client: Client, reply: str
) -> None:
    link = _link(county, county.owe(kind="test-call"))
    refused = client.post(link, {"reply": reply})
    assert refused.status_code == 422
    assert "class=again" in refused.content.decode()
    assert Obligation.objects.get().state == "issued"


def test_a_spoken_answer_hangs_on_the_obligation(county: County, client: Client) -> None:
    link = _link(county, county.owe(kind="test-call"))
    assert "type=file name=voice" in client.get(link).content.decode()
    client.post(link, {"reply": "received", "voice": _voice(OGG)})
    file = File.objects.get()
    assert (file.subject_kind, file.mime) == ("obligation", "audio/ogg")
    shown = selectors.one(county.actors["officer"], Obligation.objects.get().pk)
    assert [one["id"] for one in shown["files"]] == [file.pk]


def test_a_voice_goes_when_the_person_or_the_case_is_erased(county: County, client: Client) -> None:
    for case in ("C1", "C2"):
        link = _link(county, county.owe(kind="test-call", case=case))
        client.post(link, {"reply": "received", "voice": _voice(OGG + case.encode())})
    first, second = File.objects.order_by("id")
    assert {first.person, second.person} == {county.actors["head"].person}
    with transaction.atomic():
        assert services.destroy_voices(cases=["C1", ""]) == 1
    assert File.objects.get() == second
    with transaction.atomic():
        assert destroy_files_of(county.actors["deputy"].person) == 0
        assert destroy_files_of(county.actors["head"].person) == 1


@pytest.mark.parametrize("content", [b"%PDF-1.7 not a voice", b"OggS" + bytes(LARGEST_VOICE)])
def test_what_is_no_voice_or_too_long_is_refused_and_nothing_is_answered(
    county: County, client: Client, content: bytes
) -> None:
    assert len(content) < LARGEST
    link = _link(county, county.owe(kind="test-call"))
    assert client.post(link, {"reply": "received", "voice": _voice(content)}).status_code == 422
    assert Obligation.objects.get().state == "reached" or not File.objects.exists()
    assert not Step.objects.exists()


def test_a_kind_that_takes_no_voice_refuses_one(county: County, client: Client) -> None:
    link = _link(county, county.owe())
    assert "name=voice" not in client.get(link).content.decode()
    assert client.post(link, {"voice": _voice(OGG)}).status_code == 422
    assert Obligation.objects.get().state == "issued"


def test_the_page_reads_itself_aloud_by_the_one_script_its_policy_allows(
    county: County, client: Client
) -> None:
    page = client.get(_link(county, county.owe(kind="test-call")))
    scripts = re.findall(r"<script>(.*?)</script>", page.content.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert len(scripts) == 1
    assert "speechSynthesis" in scripts[0]
    assert "MediaRecorder" in scripts[0]
    # Beside it only what lies in a file here, which no text on the page can be.
    assert f"script-src 'sha256-{digest}' 'self';" in page["Content-Security-Policy"]
    assert "data-now=1" in page.content.decode()


def test_the_page_speaks_english_to_who_asks_for_it(county: County, client: Client) -> None:
    link = _link(county, county.owe(kind="test-call", title="Typhoon", body="Come"))
    page = client.get(link, headers={"Accept-Language": "en"}).content.decode()
    assert "Need help" in page
    assert "<html lang=en>" in page
    told = re.sub(r"<script>.*?</script>|<style>.*?</style>|<p class=meta>[^<]*</p>", "", page,
                  flags=re.DOTALL)  # fmt: skip
    assert not re.search(r"[\u4e00-\u9fff]", told), told
    again = client.post(link, {"reply": "received"}, headers={"Accept-Language": "en"})
    assert "thank you" in again.content.decode()


@pytest.mark.parametrize(("kind", "told"), [("exercise", "演练"), ("demo", "演示"), ("live", "")])
def test_a_drill_says_so_above_everything(
    county: County, client: Client, monkeypatch: pytest.MonkeyPatch, kind: str, told: str
) -> None:
    link = _link(county, county.owe())
    here = workspace.current()
    drill = workspace.Workspace(here.dir, kind, here.name, parent="x" if kind == "exercise" else "")
    monkeypatch.setattr(workspace, "current", lambda: drill)
    page = client.get(link).content.decode()
    assert ("class=kind" in page) == bool(told)
    assert told in page.partition("<main>")[0]


def test_a_withdrawn_call_says_so_and_still_takes_a_cry_for_help(
    county: County, client: Client
) -> None:
    owed = county.owe(kind="test-call")
    link = _link(county, owed)
    services.withdraw(obligation=owed, by=county.actors["officer"])
    page = client.get(link).content.decode()
    assert "已撤回" in page
    assert _buttons(page) == ["on-post", "need-help"]
    assert client.post(link, {"reply": "need-help"}).status_code == 200
    assert Obligation.objects.get().state == "withdrawn"


def test_nothing_can_be_added_before_anything_was_answered(county: County) -> None:
    owed = county.owe(kind="test-call")
    with pytest.raises(Conflict, match="不能补充"):
        services.note(
            obligation=owed, by=county.actors["head"],
            reply=services.Reply(answers={"reply": "on-post"}),
        )  # fmt: skip
    other = county.owe()
    services.answer(obligation=other, by=county.actors["head"])
    with pytest.raises(Conflict):
        services.note(obligation=other, by=county.actors["head"], reply=services.Reply("晚到"))


def test_a_kind_whose_answer_reports_must_have_that_step() -> None:
    with pytest.raises(Invalid, match="反馈"):
        Kind(
            key="x", title="x", title_en="x", states=("issued", "answered", "closed"), ladder="x",
            answer_form=(Ask("a", "a", "a", reports=("b",)),),
        )  # fmt: skip
