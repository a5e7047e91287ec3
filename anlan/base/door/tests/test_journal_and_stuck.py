"""The journal and the page of stuck things, over HTTP, as several people see them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from anlan.base.jobs.models import Job
from anlan.base.jobs.services import enqueue
from anlan.base.journal.models import Entry
from anlan.base.journal.services import Deed, record_many
from anlan.base.journal.services.sealing import seal_due
from anlan.base.outbox.models import Delivery, Event
from anlan.base.permissions import system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.vault import services as vault
from anlan.kernel import clock
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db

CASE = "01KAN0000000000000000CASE1"
TOWN, OTHER_TOWN = "339901101000", "339901102000"

Login = Callable[..., Client]


@pytest.fixture
def login() -> Login:
    """Give a client with a role over a region; no role is a stranger with an account."""

    def make(role: str = "", prefix: str = "339901") -> Client:
        user = User.objects.create(username=f"{role}-{new_id()}", name="陈建国", region=TOWN)
        if role:
            Grant.objects.create(user=user, role=role, prefix=prefix, by="test", at=clock.now())
        text, _ = create_token(user=user, name="test", expires=None, by=system("test"))
        return Client(headers={"authorization": f"Bearer {text}"})

    return make


@pytest.fixture
def deeds() -> None:
    """Two deeds of one case in two townships, one of them about a person, and one elsewhere."""
    with transaction.atomic():
        sealed = vault.seal(new_id(), "王小明")
        record_many(
            [
                Deed(
                    deed="residents.edited",
                    by="system:test",
                    subject=("residents", "1"),
                    region=TOWN,
                    case=CASE,
                    changes={"name": ["", sealed], "reach": [None, "phone"]},
                ),
                Deed(
                    deed="shelters.edited",
                    by="system:test",
                    subject=("shelters", "2"),
                    region=OTHER_TOWN,
                    case=CASE,
                    facts={"reason": "<b>核查</b>"},
                ),
                Deed(deed="users.locked", by="system:test", subject=("users", "3")),
            ]
        )
    seal_due()


def _deeds(answer: Any) -> list[str]:
    return [item["deed"] for item in answer.json()["items"]]


@pytest.mark.usefixtures("deeds")
def test_a_township_reads_the_deeds_of_its_own_region_only(login: Login) -> None:
    answer = login("township", TOWN[:9]).get("/api/v1/journal")
    assert "residents.edited" in _deeds(answer)
    assert "shelters.edited" not in _deeds(answer)


@pytest.mark.usefixtures("deeds")
def test_only_who_audits_reads_deeds_that_belong_to_no_region(login: Login) -> None:
    assert "users.locked" in _deeds(login("audit-admin").get("/api/v1/journal"))
    assert "users.locked" not in _deeds(login("commander").get("/api/v1/journal"))


@pytest.mark.usefixtures("deeds")
@pytest.mark.parametrize("path", ["/api/v1/journal", "/api/v1/journal/head", "/api/v1/stuck"])
def test_a_stranger_reads_nothing(login: Login, path: str) -> None:
    assert login().get(path).status_code == 403
    assert Client().get(path).status_code == 401


@pytest.mark.usefixtures("deeds")
def test_the_journal_is_narrowed_by_what_is_asked(login: Login) -> None:
    auditor = login("audit-admin")

    def asked(**query: str) -> list[str]:
        return _deeds(auditor.get("/api/v1/journal", query))

    assert asked(case=CASE) == ["shelters.edited", "residents.edited"]
    assert asked(subject="shelters:2") == ["shelters.edited"]
    assert asked(subject="shelters") == ["shelters.edited"]
    assert asked(by="system:nobody") == []
    assert asked(case=CASE, **{"from": "2999-01-01T00:00:00Z"}) == []
    assert asked(case=CASE, after_seq="0") == ["residents.edited", "shelters.edited"]
    assert asked(case=CASE, after_seq="1") == ["shelters.edited"]
    wrong = {"from": "2027-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert auditor.get("/api/v1/journal", wrong).status_code == 422


@pytest.mark.usefixtures("deeds")
def test_who_reads_the_journal_does_not_thereby_read_persons(login: Login) -> None:
    answer = login("audit-admin").get("/api/v1/journal", {"subject": "residents"})
    (item,) = answer.json()["items"]
    assert item["changes"] == {"name": ["", "（个人信息）"], "reach": [None, "phone"]}
    assert item["deed_label"] == "修改"
    assert item["by_name"] == "系统（test）"


@pytest.mark.usefixtures("deeds")
def test_the_auditor_signs_the_head_and_others_may_not(login: Login) -> None:
    assert login("commander").post("/api/v1/journal/seal").status_code == 403
    auditor = login("audit-admin")
    signed = auditor.post("/api/v1/journal/seal")
    assert signed.status_code == 201
    head = auditor.get("/api/v1/journal/head").json()
    assert head["seq"] == signed.json()["seq"]
    assert head["anchor"]["signature"] == signed.json()["signature"]
    assert "公钥" in head["text"]


@pytest.mark.usefixtures("deeds")
def test_a_cases_timeline_is_printed_and_nothing_in_it_becomes_markup(login: Login) -> None:
    page = login("commander").get(f"/journal/{CASE}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "&lt;b&gt;核查&lt;/b&gt;" in text
    assert "2 条" in text
    data = login("commander").get(f"/journal/{CASE}", headers={"accept": "application/json"})
    assert [item["deed"] for item in data.json()["items"]] == [
        "residents.edited",
        "shelters.edited",
    ]
    own = login("township", TOWN[:9]).get(f"/journal/{CASE}").content.decode()
    assert "核查" not in own
    assert login("commander").get("/journal/nothing").status_code == 404
    assert Client().get(f"/journal/{CASE}").status_code == 401


def _stick() -> tuple[str, int]:
    job = enqueue("outbox.tidy", by="system:test")
    Job.objects.filter(id=job).update(state="failed", error="磁盘已满", ended_at=clock.now())
    event = Event.objects.create(kind="test.Gone", body="{}", at=clock.now())
    delivery = Delivery.objects.create(
        event=event, handler="a.b", state="parked", error="没有", not_before=clock.real_now()
    )
    return job, delivery.pk


def test_what_is_stuck_is_shown_with_its_reason_and_mended_by_name(login: Login) -> None:
    job, delivery = _stick()
    system_admin = login("system-admin")
    stuck = system_admin.get("/api/v1/stuck").json()
    assert [(one["id"], one["error"]) for one in stuck["jobs"]] == [(job, "磁盘已满")]
    assert [one["id"] for one in stuck["events"]] == [str(delivery)]
    assert stuck["sends"] == []
    assert stuck["counts"] == {"events": 1, "jobs": 1, "sends": 0}
    assert system_admin.post(f"/api/v1/stuck/jobs/{job}/retry").status_code == 204
    assert system_admin.post(f"/api/v1/stuck/events/{delivery}/drop").status_code == 204
    assert Job.objects.get(id=job).state == "waiting"
    assert Delivery.objects.get(pk=delivery).state == "dropped"
    mended = Entry.objects.filter(deed__startswith="stuck.").order_by("id")
    assert [entry.deed for entry in mended] == ["stuck.retried", "stuck.dropped"]
    assert all(entry.by.startswith("user:") for entry in mended)
    assert system_admin.post(f"/api/v1/stuck/jobs/{job}/retry").status_code == 409
    assert system_admin.post("/api/v1/stuck/events/x/drop").status_code == 404
    assert system_admin.post("/api/v1/stuck/nothing/1/drop").status_code == 404


def test_only_the_system_administrator_mends(login: Login) -> None:
    job, _ = _stick()
    for role in ("", "audit-admin", "security-admin", "commander", "village"):
        assert login(role).post(f"/api/v1/stuck/jobs/{job}/retry").status_code == 403
