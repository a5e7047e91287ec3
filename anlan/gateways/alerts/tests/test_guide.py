"""The guide about warnings is followed as it is written: every text in it does what is said."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from anlan import codes
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.codes import loader
from anlan.codes.loader import HERE, Catalogue
from anlan.gateways.alerts.polled import take_in
from anlan.gateways.sources.declaration import read_text
from anlan.gateways.sources.polling import Fetched, Reach
from anlan.kernel.errors import Forbidden
from anlan.warn import outward
from anlan.warn.models import Alert, Received, Refused
from anlan.warn.selectors.pasted import recognised
from anlan.warn.services.receiving.pasting import Confirmed, paste_alert
from anlan.warn.services.relaying import relay_alert
from anlan.warn.tests.conftest import (
    BY,
    COUNTY,
    OFFICER,
    WEST,
    Turn,
    turn,
    workspace_of_tests,
    world,
)
from anlan.warn.tests.own import drafted, issued

__all__ = ["turn", "workspace_of_tests", "world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

GUIDE = Path(__file__).parents[4] / "docs" / "howto" / "warnings.md"
TEXT = GUIDE.read_text(encoding="utf-8")
SHOWN = dict(re.findall(r'```[a-z]+ title="([^"]+)"\n(.*?)```', TEXT, re.DOTALL))
WARNING = SHOWN["warning.xml"].encode()


@pytest.fixture(autouse=True)
def _that_morning(turn: Turn) -> None:
    """It is the day the guide tells of."""
    turn.at = datetime(2026, 8, 1, 0, 5, tzinfo=UTC)


@pytest.fixture
def office() -> Client:
    """A department's system with a token of an account that has the role the guide names."""
    now = datetime(2026, 8, 1, tzinfo=UTC)
    user = User.objects.create(
        username="qxj", name="县气象局", password="x", region=COUNTY, created_at=now
    )
    Grant.objects.create(user=user, role="department", prefix=COUNTY[:6], at=now, by="system:test")
    token, *_ = create_token(user=user, name="qxj", by=BY)
    return Client(headers={"authorization": f"Bearer {token}"})


def sent(office: Client, body: bytes, kind: str = "application/xml") -> tuple[int, dict[str, str]]:
    told = office.post("/api/v1/alerts/inbox", body, content_type=kind)
    return told.status_code, json.loads(told.content)


def test_the_message_of_the_guide_is_taken_once_and_every_answer_is_as_told(office: Client) -> None:
    status, told = sent(office, WARNING)
    assert status == 201
    row = Received.objects.get(pk=told["id"])
    assert (row.hazard, row.level, row.regions) == ("rainstorm", 1, [COUNTY])
    assert bytes(row.original.body) == WARNING
    assert sent(office, WARNING) == (200, {"id": row.pk, "again": True})
    elsewhere = WARNING.replace(b"339901000000", b"339902000000").replace(b"_2026", b"_2025")
    assert sent(office, elsewhere)[0] == 403
    status, told = sent(office, WARNING.replace(b"2026-08-01 08:00:00+08:00", b"soon"))
    assert status == 422
    assert any("sendTime" in element for element in told["errors"])
    assert Refused.objects.filter(seen_at=None).count() == 1


def test_the_feed_of_the_guide_is_declared_rightly_and_brings_the_same_warning() -> None:
    text = SHOWN["var/live/conf/sources/province-warnings.toml"]
    declared = read_text("province-warnings", text)
    assert declared.enabled
    assert declared.warnings is not None
    reach = Reach(declared.request.url.text, declared.warnings.hosts)
    assert reach.allows("https://alerts.example.gov.cn/cap/1.xml")
    assert reach.allows("https://files.example.gov.cn/1.xml")
    assert not reach.allows("https://elsewhere.example/1.xml")
    (outcome,) = take_in([Fetched(WARNING, "application/xml")], declared)
    assert (outcome.again, outcome.reason) == (False, "")
    assert Received.objects.get().source == "省预警发布中心"


def pasted() -> str:
    """Take the pasted text in, confirmed as it was recognised."""
    text = SHOWN["粘贴的文字"]
    (found,) = recognised(text, OFFICER)
    fields = {key: found[key] for key in ("station", "sent_at", "hazard", "level")}
    return paste_alert(confirmed=Confirmed(text=text, regions=[WEST], **fields), by=OFFICER)


def test_the_pasted_text_of_the_guide_is_recognised() -> None:
    (found,) = recognised(SHOWN["粘贴的文字"], OFFICER)
    assert (found["station"], found["hazard"], found["level"]) == ("云屿县气象台", "rainstorm", 2)
    assert [one["code"] for one in found["regions"]] == [WEST]


def test_what_is_relayed_keeps_every_word_and_lies_in_the_open(office: Client) -> None:
    _, told = sent(office, WARNING)
    alert = Alert.objects.get(pk=relay_alert(received=told["id"], by=OFFICER))
    assert alert.text.encode() in WARNING
    assert alert.station.encode() in WARNING
    stranger = Client()
    for path in ("/cap/", "/cap/feed.atom", f"/cap/{alert.identifier}.xml"):
        assert path.rpartition("/")[0] in TEXT
        assert stranger.get(path).status_code == 200
    assert stranger.get(f"/cap/{alert.identifier}.12379.xml").status_code == 404


def test_a_bureau_cannot_draft_a_weather_signal_and_the_article_is_the_one_shown() -> None:
    with pytest.raises(Forbidden) as refused:
        drafted(kind="weather-signal", hazard="rainstorm")
    article = "气象灾害防御条例第三十条"
    assert article in TEXT
    assert article in refused.value.detail


def test_notices_for_some_alone_are_not_in_the_open() -> None:
    notice = issued(kind="risk-notice", hazard="flood", level=None)
    assert Client().get(f"/cap/{notice.identifier}.xml").status_code == 404


def test_the_table_of_the_guide_changes_the_clock_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "response-due.csv").write_text(
        SHOWN["var/live/conf/codes/response-due.csv"], encoding="utf-8"
    )
    ours = Catalogue(HERE / "tables", tmp_path).table("response-due")
    before = Catalogue(HERE / "tables").table("response-due")
    assert (before["flood-red"].whole("minutes"), ours["flood-red"].whole("minutes")) == (15, 10)
    assert ours["flood-red"].several("hazards") == before["flood-red"].several("hazards")
    assert len(ours) == len(before)


def test_the_rule_of_the_guide_makes_a_pasted_warning_wait_for_a_second_person(
    tmp_path: Path,
) -> None:
    (tmp_path / "approval-rules.csv").write_text(
        SHOWN["var/live/conf/codes/approval-rules.csv"], encoding="utf-8"
    )
    shelf = loader.shelf()
    codes.overlay(tmp_path)
    try:
        rules = codes.table("approval-rules")
        assert [(one, rules[one].whole("persons")) for one in ("relay", "pasted")] == [
            ("relay", 1), ("pasted", 2),
        ]  # fmt: skip
        alert = Alert.objects.get(pk=relay_alert(received=pasted(), by=OFFICER))
    finally:
        loader.put(shelf)
    assert alert.state == "review"


def test_the_names_of_the_guide_are_taken(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "settings.toml").write_text(SHOWN["var/live/conf/settings.toml"], "utf-8")
    names = outward.read_names(tmp_path)
    assert names.cap_sender == "alerts@yunyu.example.gov.cn"
    assert names.national_sender == "33990100000000"


def test_nothing_else_is_shown_that_no_test_follows() -> None:
    assert set(SHOWN) == {
        "warning.xml", "粘贴的文字", "var/live/conf/sources/province-warnings.toml",
        "var/live/conf/codes/response-due.csv", "var/live/conf/codes/approval-rules.csv",
        "var/live/conf/settings.toml",
    }  # fmt: skip
