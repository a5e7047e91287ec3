"""Who may do what with a source, what of it is noted, and what the page is told."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.base.journal.models import Detail, Entry
from anlan.base.permissions.actor import Actor, Holding, system
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions import scope
from anlan.gateways.sources import asking, example, selectors, services
from anlan.gateways.sources.declaration import Wrong
from anlan.gateways.sources.sharing import FOLDER
from anlan.gateways.sources.states import State
from anlan.gateways.sources.tests.far_side import Answer, far_side, records, text_of
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Forbidden, Invalid, Missing
from anlan.protocols.declared.moments import millis
from anlan.protocols.declared.secrets import Secrets

pytestmark = pytest.mark.django_db

COUNTY, NEIGHBOUR = "339901000000", "339902000000"
URL = "http://10.0.0.1/x"
TOKEN = '[auth]\nkind = "token"\nsecret = "file:water"'


def actor(role: str, region: str = COUNTY) -> Actor:
    return Actor(
        ref=f"user:{role}", user_id=role, name=role, region=region,
        roles=(Holding(role, scope.prefix(region)),),
    )  # fmt: skip


SECTION, CHARLIE = actor("section"), actor("section", NEIGHBOUR)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace without sources; a demo, which may ask its own machine."""
    workspace.create(tmp_path, kind="demo", name="tests")
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path))
    return tmp_path


def write(text: str = "", key: str = "water", version: str = "", by: Actor = SECTION) -> str:
    text = text or text_of(URL)
    return services.edit_source(key=key, text=text, version=version, by=by).version


def noted() -> list[tuple[str, dict[str, Any]]]:
    bodies = dict(Detail.objects.values_list("entry_id", "body"))
    return [
        (one.deed, json.loads(bodies[one.pk]).get("facts", {}))
        for one in Entry.objects.filter(deed__startswith="sources.").order_by("pk")
    ]


def test_a_new_source_and_every_change_is_noted_without_its_values() -> None:
    first = write()
    write(text_of("http://10.0.0.2/y", TOKEN), version=first)
    assert noted() == [
        ("sources.created", {"title": "测试平台", "changed": [
            "enabled", "mapping", "owner", "region", "request", "title"]}),
        ("sources.edited", {"title": "测试平台", "changed": ["auth", "request"]}),
    ]  # fmt: skip
    assert Entry.objects.filter(region=COUNTY).count() == 2


def test_of_two_who_edit_at_once_the_second_is_told() -> None:
    first = write()
    write(text_of("http://10.0.0.2/y"), version=first)
    with pytest.raises(Conflict):
        write(text_of("http://10.0.0.3/z"), version=first)
    with pytest.raises(Conflict):
        write()
    assert len(noted()) == 2


def test_a_wrong_text_changes_nothing_and_is_not_noted(home: Path) -> None:
    with pytest.raises(Wrong):
        write(text_of("gopher://x"))
    assert noted() == []
    assert not (home / "conf").exists()


def test_nobody_sees_or_touches_the_sources_of_another_county() -> None:
    version = write()
    assert [one.key for one in selectors.sources(SECTION)] == ["water"]
    assert selectors.sources(CHARLIE) == []
    with pytest.raises(Missing):
        selectors.source(CHARLIE, "water")
    with pytest.raises(Forbidden):
        write(version=version, by=CHARLIE)
    theirs = text_of(URL).replace("339901", "339902")
    with pytest.raises(Forbidden):  # nor takes it over by calling it one's own
        write(theirs, version=version, by=CHARLIE)
    with pytest.raises(Forbidden):
        services.switch_source(key="water", on=False, reason="x", by=CHARLIE)
    with pytest.raises(Forbidden):
        services.ask_again(key="water", by=CHARLIE)


def test_duty_officers_look_and_do_not_edit() -> None:
    write()
    officer = actor("duty-officer")
    found = selectors.source(officer, "water")
    assert (found.may_edit, found.may_enable) == (False, False)
    with pytest.raises(Forbidden):
        services.switch_source(key="water", on=False, reason="x", by=officer)


def test_a_secret_of_another_county_cannot_be_sent_anywhere() -> None:
    write(text_of(URL, TOKEN))
    theirs = text_of("http://elsewhere/", TOKEN).replace("339901", "339902")
    with pytest.raises(Invalid, match="由别的地区的来源使用"):
        write(theirs, key="fire", by=CHARLIE)
    declared, _ = services.read_source(key="fire", text=theirs)
    with pytest.raises(Invalid, match="由别的地区的来源使用"):
        services.try_source(declaration=declared, by=CHARLIE)
    with pytest.raises(Forbidden):
        services.keep_secret(name="water", value="mine now", by=CHARLIE)
    services.keep_secret(name="water", value="sesame", by=SECTION)
    assert [name for name, _ in selectors.secrets(SECTION)] == ["water"]
    assert selectors.secrets(CHARLIE) == []
    assert noted()[-1] == ("sources.secret-kept", {})


def test_switching_needs_a_reason_to_stop_and_is_noted() -> None:
    write(text_of(URL).replace("enabled = true", "enabled = false"))
    services.switch_source(key="water", on=True, by=SECTION)
    assert selectors.source(SECTION, "water").source.enabled
    with pytest.raises(Invalid, match="原因"):
        services.switch_source(key="water", on=False, by=SECTION)
    services.switch_source(key="water", on=False, reason="对方检修", by=SECTION)
    assert selectors.source(SECTION, "water").source.condition == "off"
    assert noted()[1:] == [("sources.enabled", {}), ("sources.disabled", {"reason": "对方检修"})]


def test_a_wrong_file_is_shown_with_its_lines_and_can_be_switched_off(home: Path) -> None:
    write()
    path = home / "conf" / "sources" / "water.toml"
    path.write_text(path.read_text() + "\n[schedul]\n", encoding="utf-8")
    found = selectors.source(SECTION, "water")
    assert found.source.condition == "wrong"
    assert found.source.problems[0].line == len(path.read_text().splitlines())
    with pytest.raises(Wrong):
        services.switch_source(key="water", on=True, by=SECTION)
    services.switch_source(key="water", on=False, reason="改不好", by=SECTION)
    assert "enabled = false" in path.read_text()


def test_asking_again_leaves_word_for_the_schedule(home: Path) -> None:
    write(text_of(URL, '[request.query]\na = "{from}"\n[window]\nfirst = "1h"'))
    since = clock.now() - timedelta(hours=5)
    services.ask_again(key="water", since=since, by=SECTION)
    assert asking.take(home / FOLDER, "water") == asking.Asked(millis(since))
    with pytest.raises(Invalid):
        services.ask_again(key="water", since=clock.now() + timedelta(hours=1), by=SECTION)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "waiting"),
        ({"reason": "拒绝连接"}, "failing"),
        ({"last_good_ms": 0}, "stale"),
        ({"last_good_ms": 0, "newest_ms": -20 * 60_000}, "stale"),
        ({"last_good_ms": 0, "newest_ms": -10 * 60_000}, "good"),
    ],
)
def test_a_source_is_stale_when_its_values_are_not_when_its_calls_fail(
    changes: dict[str, Any], expected: str
) -> None:
    write()
    now = millis(clock.now())
    moved: dict[str, Any] = {
        name: now + value if isinstance(value, int) else value for name, value in changes.items()
    }
    selectors.states().save("water", State(**moved))
    found = selectors.sources(SECTION)[0]
    assert (found.condition, found.unit, found.phone) == (expected, "水利局", "")


@pytest.fixture
def client() -> Client:
    """Somebody of a section, over HTTP."""
    user = User.objects.create(username="section", name="科员", region=COUNTY)
    Grant.objects.create(user=user, role="section", prefix="339901", by="t", at=clock.now())
    text, _ = create_token(user=user, name="t", by=system("test"))
    return Client(headers={"authorization": f"Bearer {text}"})


def put(client: Client, address: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client.put(f"/api/v1/sense/{address}", body, content_type="application/json")
    return answer.status_code, answer.json() if answer.content else {}


def test_a_source_is_made_tried_and_switched_on_over_http(client: Client) -> None:
    rows = records(1.5, minute=30)
    with far_side(lambda _: Answer({"list": rows})) as side:
        fields = services.read_source(key="w", text=text_of(f"{side.address}/", TOKEN))[0].fields
        off = {**fields, "enabled": False}
        secret = client.put(
            "/api/v1/sense/source-secrets/water", {"value": "sesame"},
            content_type="application/json",
        )  # fmt: skip
        assert secret.status_code == 204
        assert "sesame" not in client.get("/api/v1/sense/source-secrets").content.decode()
        status, made = put(client, "sources/water", {"fields": off})
        assert (status, made["source"]["condition"]) == (201, "off")
        tried = client.post(
            "/api/v1/sense/sources/check", {"key": "water"}, content_type="application/json"
        ).json()
    assert tried["reason"] == ""
    assert [row["value"] for row in tried["rows"]] == [1.5]
    assert [row["registered"] for row in tried["rows"]] == [False]
    assert side.asked[0].headers["Authorization"] == "Bearer sesame"
    on = client.post("/api/v1/sense/sources/water/on", {}, content_type="application/json").json()
    assert on["source"]["enabled"] is True
    listed = client.get("/api/v1/sense/sources").json()
    assert [(one["key"], one["condition"]) for one in listed["items"]] == [("water", "waiting")]
    assert Secrets(workspace.directory()).value("file:water") == "sesame"


def test_a_wrong_declaration_names_lines_as_text_and_fields_as_a_form(client: Client) -> None:
    text = example.text().replace('every = "5min"', 'every = "5 mins"')
    status, told = put(client, "sources/water", {"text": text})
    assert status == 422
    assert "第 18 行 schedule.every" in told["detail"]
    assert told["errors"]["schedule.every"][0].startswith("第 18 行：")
    fields = {**example.fields(), "region": "x"}
    status, told = put(client, "sources/water", {"fields": fields})
    assert status == 422
    assert "region" in told["errors"]


def test_the_template_is_the_example_of_the_guide(client: Client) -> None:
    told = client.get("/api/v1/sense/source-template").json()
    assert told["text"] == example.text()
    guide = Path(__file__).resolve().parents[4] / "docs" / "howto" / "sources.md"
    assert example.text() in guide.read_text(encoding="utf-8")


def test_a_page_cannot_point_a_live_platform_at_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = home / "live"
    workspace.create(live, kind="live", name="live")
    monkeypatch.setenv("ANLAN_DATA", str(live))
    with pytest.raises(Invalid, match="服务器自己的地址"):
        write(text_of("http://127.0.0.1:9/"))
    assert noted() == []
