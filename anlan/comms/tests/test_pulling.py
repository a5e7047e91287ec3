"""Providers that push nothing are asked: for receipts and replies, and again when they fail."""

import json

import pytest

from anlan.base.jobs.worker import drain
from anlan.base.obligations.models import Obligation
from anlan.comms import services
from anlan.comms.declaration import read_text
from anlan.comms.models import CarrierState, Message, Reply
from anlan.comms.services import pulling
from anlan.comms.tests.conftest import Home, World
from anlan.comms.tests.providers import SMS, set_up
from anlan.comms.tests.sink import Asked, Told, sink
from anlan.protocols.declared.taking import Wrong

pytestmark = pytest.mark.django_db

PULLS = """
[receipt]
records = "list[]"
key = "uid"
code = "state"
delivered = ["DELIVRD"]
[receipt.pull]
every = "30s"
request = {{ url = "{address}/reports", form = {{ pwd = "{{password}}" }} }}
ok = {{ path = "code", is = [0] }}
[reply]
records = "list[]"
number = "mobile"
text = "content"
[reply.pull]
every = "30s"
request = {{ url = "{address}/replies", form = {{ pwd = "{{password}}" }} }}
"""


class Provider:
    """Takes messages, and hands out once what is asked for."""

    def __init__(self) -> None:
        self.reports: list[list[dict[str, str]]] = []
        self.replies: list[list[dict[str, str]]] = []
        self.wrong: Told | None = None

    def __call__(self, asked: Asked) -> Told:
        if asked.path == "/send":
            return Told({"code": 0, "id": "T1"})
        assert asked.form == {"pwd": "sesame-open"}
        if self.wrong is not None:
            return self.wrong
        waiting = self.reports if asked.path == "/reports" else self.replies
        return Told({"code": 0, "list": waiting.pop(0) if waiting else None})


@pytest.fixture(autouse=True)
def _asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "_next_at", {})


def _again() -> None:
    pulling._next_at.clear()


def test_receipts_and_replies_are_fetched_round_after_round(home: Home, world: World) -> None:
    provider = Provider()
    with sink(provider) as far:
        set_up(home, far.address, PULLS.format(address=far.address))
        world.owe("head", "next", case="C1")
        drain()
        rows = {row.person: row for row in Message.objects.all()}
        head, other = rows[world.persons["head"]], rows[world.persons["next"]]
        provider.reports = [
            [{"uid": f"{head.pk}01", "state": "DELIVRD"}],
            [{"uid": f"{other.pk}01", "state": "DELIVRD"}],
        ]
        provider.replies = [[{"mobile": "13900000003", "content": "好的收到"}]]
        _again()
        assert services.pull_due() == 3
    assert Message.objects.get(pk=head.pk).state == "delivered"
    assert Message.objects.get(pk=other.pk).state == "answered"
    assert Obligation.objects.get(pk=other.purpose).state == "closed"
    assert Reply.objects.get().carrier == "mas"


def test_a_provider_is_asked_when_its_time_has_come_and_not_before(
    home: Home, world: World
) -> None:
    assert world.posts
    with sink(Provider()) as far:
        set_up(home, far.address, PULLS.format(address=far.address))
        services.pull_due()
        services.pull_due()
        assert sorted(one.path for one in far.asked) == ["/replies", "/reports"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Told(status=502), "HTTP 502"),
        (Told({"code": 7}), "code 是「7」"),
        (Told(b"<html>"), "回答"),
    ],
)
def test_asking_in_vain_is_kept_for_the_page_and_mended_by_the_next(
    home: Home, world: World, wrong: Told, said: str
) -> None:
    assert world.posts
    provider = Provider()
    provider.wrong = wrong
    with sink(provider) as far:
        set_up(home, far.address, PULLS.format(address=far.address))
        for _ in range(2):
            _again()
            assert services.pull_due() == 0
        state = CarrierState.objects.get(key="mas.receipt")
        assert (state.failures, said in state.last_error) == (2, True)
        assert "sesame-open" not in state.last_error
        provider.wrong = None
        _again()
        services.pull_due()
    assert CarrierState.objects.get(key="mas.receipt").failures == 0


def test_a_provider_that_cannot_be_reached_is_said_so(home: Home, world: World) -> None:
    assert world.posts
    with sink() as far:
        address = far.address
    set_up(home, address, PULLS.format(address=address))
    assert services.pull_due() == 0
    assert "连不上" in CarrierState.objects.get(key="mas.reply").last_error


def test_an_exercise_asks_nobody(home: Home, world: World) -> None:
    assert world.posts
    with sink(Provider()) as far:
        set_up(home, far.address, PULLS.format(address=far.address))
        kept = json.loads((home.dir / "workspace.json").read_text(encoding="utf-8"))
        kept["kind"] = "exercise"
        (home.dir / "workspace.json").write_text(json.dumps(kept), encoding="utf-8")
        assert services.pull_due() == 0
        assert far.asked == []


def test_a_signature_over_one_message_cannot_sign_asking_for_all() -> None:
    text = SMS.format(address="http://x", more=PULLS.format(address="http://x"))
    text += '[sign]\nalgorithm = "md5"\nsecret = "file:k"\ntext = "{number}{secret}"\n'
    text += 'headers = { X = "{signature}" }\n'
    with pytest.raises(Wrong) as told:
        read_text("mas", text)
    assert any("另写怎样签名" in one.sentence() for one in told.value.problems)
