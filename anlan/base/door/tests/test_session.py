"""The session's address: who am I, what the demo tells, and what comes before anything else."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.base.door.demo_users import tell_demo_users
from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.passwords import hashed
from anlan.base.regions.models import Region
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict

pytestmark = pytest.mark.django_db

PASSWORD = "Rain-gauge-27"
HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}


@pytest.fixture(autouse=True)
def lin(db: None, settings: Any) -> User:  # noqa: ARG001 - the database
    """A duty officer of the county."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Region.objects.create(code="339901000000", name="云屿县", level=3)
    user = User.objects.create(
        username="lin", name="林一", region="339901000000", password=hashed(PASSWORD)
    )
    Grant.objects.create(user=user, role="duty-officer", prefix="339901", by="t", at=clock.now())
    return user


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo workspace that tells one of its accounts."""
    workspace.create(tmp_path / "demo", kind="demo", name="demo")
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path / "demo"))
    tell_demo_users([("lin", PASSWORD), ("gone", PASSWORD)])


def ask(client: Client, **meta: str) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/api/v1/session", **meta).json()  # type: ignore[arg-type]
    return told


def log_in(client: Client, password: str = PASSWORD, **meta: str) -> Any:
    return client.post(
        "/api/v1/session",
        json.dumps({"username": "lin", "password": password}),
        content_type="application/json",
        **meta,  # type: ignore[arg-type]
    )


@pytest.mark.usefixtures("demo")
def test_demo_accounts_are_told_at_the_machine_itself_and_nowhere_else() -> None:
    client = Client()
    shown = ask(client, **HERE)["demo_users"]
    assert [(one["username"], one["title"], one["region_name"]) for one in shown] == [
        ("lin", "值班员", "云屿县")
    ]
    for elsewhere in (
        {**HERE, "REMOTE_ADDR": "10.0.0.7"},
        {**HERE, "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {**HERE, "HTTP_FORWARDED": "for=127.0.0.1"},
        {**HERE, "HTTP_VIA": "1.1 proxy"},
        {**HERE, "HTTP_HOST": "attacker.example"},
    ):
        assert ask(client, **elsewhere)["demo_users"] == []


@pytest.mark.usefixtures("demo")
def test_an_exercise_of_the_demo_tells_them_too_and_one_of_a_live_workspace_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, told in (("demo", 1), ("live", 0)):
        parent = tmp_path / kind
        if kind == "live":
            workspace.create(parent, kind=kind, name=kind)
            (parent / "demo-users.json").write_text('[["lin","x"]]', encoding="utf-8")
        drill = tmp_path / f"{kind}-drill"
        workspace.create(drill, kind="exercise", name="drill", parent=str(parent))
        monkeypatch.setenv("ANLAN_DATA", str(drill))
        assert len(ask(Client(), **HERE)["demo_users"]) == told
        assert ask(Client(), **{**HERE, "REMOTE_ADDR": "10.0.0.7"})["demo_users"] == []
    (tmp_path / "live").rename(tmp_path / "moved")
    assert ask(Client(), **HERE)["demo_users"] == []


def test_a_live_workspace_tells_no_accounts_and_keeps_none() -> None:
    with pytest.raises(Conflict):
        tell_demo_users([("lin", PASSWORD)])
    (workspace.current().dir / "demo-users.json").write_text('[["lin","x"]]', encoding="utf-8")
    assert ask(Client(), **HERE)["demo_users"] == []
    (workspace.current().dir / "demo-users.json").unlink()


def test_logging_in_tells_who_one_is_and_what_may_be_done_where() -> None:
    client = Client()
    assert ask(client)["user"] is None
    told = log_in(client)
    assert told.status_code == 200
    user = told.json()["user"]
    assert user["name"] == "林一"
    role = user["roles"][0]
    assert (role["role"], role["title"], role["region_name"]) == (
        "duty-officer",
        "值班员",
        "云屿县",
    )
    assert ask(client)["csrf"] == told.json()["csrf"] != ""


def test_a_wrong_password_is_a_problem_that_says_how_many_tries_are_left() -> None:
    told = log_in(Client(), "wrong")
    assert told.status_code == 401
    assert told.json()["code"] == "unauthenticated"
    assert "4" in told.json()["detail"]
    assert "set-cookie" not in told.headers


def test_a_lock_tells_when_to_come_back() -> None:
    client = Client()
    for _ in range(5):
        log_in(client, "wrong")
    told = log_in(client)
    assert (told.status_code, told.json()["code"]) == (423, "locked")
    assert 0 < int(told.headers["Retry-After"]) <= 901


def test_a_password_that_must_be_changed_comes_before_everything_else(lin: User) -> None:
    User.objects.filter(pk=lin.pk).update(must_change=True)
    client = Client()
    csrf = log_in(client).json()["csrf"]
    assert client.get("/api/v1/meta").status_code == 403
    changed = client.post(
        "/api/v1/session/password",
        json.dumps({"old": PASSWORD, "new": "Sea-dyke-2026"}),
        content_type="application/json",
        headers={"x-csrf-token": csrf},
    )
    assert changed.status_code == 204, changed.content
    # Logged in as before: only what others hold of this account has ended.
    assert client.get("/api/v1/meta").status_code == 200
    assert log_in(Client(), "Sea-dyke-2026").status_code == 200


def test_the_cookie_is_secure_where_the_page_is() -> None:
    plain = log_in(Client()).cookies
    proxied = log_in(Client(), HTTP_X_FORWARDED_PROTO="https").cookies
    faked = log_in(Client(), HTTP_X_FORWARDED_PROTO="https", REMOTE_ADDR="10.0.0.7").cookies
    assert not next(iter(plain.values()))["secure"]
    assert next(iter(proxied.values()))["secure"]
    assert not next(iter(faked.values()))["secure"]
    for jar in (plain, proxied):
        cookie = next(iter(jar.values()))
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_writes_need_the_pages_own_token_and_no_foreign_page() -> None:
    client = Client()
    csrf = log_in(client).json()["csrf"]
    url = "/api/v1/session/totp/begin"
    assert client.post(url).status_code == 403
    assert client.post(url, headers={"x-csrf-token": "0" * 32}).status_code == 403
    for site in ("cross-site", "same-site"):
        foreign = {"x-csrf-token": csrf, "sec-fetch-site": site}
        assert client.post(url, headers=foreign).status_code == 403
    assert log_in(Client(), HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert client.post(url, headers={"x-csrf-token": csrf}).status_code == 200


def test_a_token_that_opens_nothing_is_refused_even_where_strangers_may_enter() -> None:
    client = Client(headers={"authorization": "Bearer anlan_guess"})
    assert client.get("/api/v1/meta").status_code == 401
    assert client.get("/api/v1/session").json()["user"] is None
