"""A wall's key opens the wall, from its address, while it is good, and nothing else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anlan.base.journal.selectors import entries
from anlan.base.permissions.actor import system
from anlan.base.permissions.models import Grant, User, WallKey
from anlan.base.permissions.selectors import actor_of
from anlan.base.permissions.services.walls import bound_to, make_wall_key, revoke_wall_key
from anlan.base.regions.models import Region
from anlan.kernel import clock
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db

COUNTY, ROOM = "339901000000", "10.33.1.20"
BY = system("test")


@pytest.fixture(autouse=True)
def county(db: None) -> None:  # noqa: ARG001 - the database
    """Two counties."""
    Region.objects.create(code=COUNTY, name="云屿县", level=3)
    Region.objects.create(code="339902000000", name="邻县", level=3)


def made(bound: str = ROOM, **more: Any) -> tuple[str, WallKey]:
    given = {"expires": real_now() + timedelta(days=30), "phones": False, **more}
    return make_wall_key(name="指挥大厅", region=COUNTY, bound=bound, by=BY, **given)


def ask(text: str, path: str = "/api/v1/wall", address: str = ROOM, method: str = "get") -> int:
    client = Client(REMOTE_ADDR=address, HTTP_AUTHORIZATION=f"Bearer {text}")
    return int(getattr(client, method)(path).status_code)


def deeds(key: WallKey) -> list[str]:
    rows = entries().filter(subject_kind="walls", subject=key.pk).order_by("id")
    return list(rows.values_list("deed", flat=True))


def test_it_opens_the_wall_from_its_address_alone() -> None:
    text, _ = made()
    assert ask(text) == 200
    assert ask(text, address="10.33.1.21") == 401
    assert ask(text, address="::ffff:10.33.1.20") == 200
    net, _ = made("10.44.0.0/24")
    assert ask(net, address="10.44.0.200") == 200
    assert ask(net, address=ROOM) == 401


def test_a_proxy_elsewhere_does_not_lend_an_address() -> None:
    text, _ = made()
    client = Client(REMOTE_ADDR="10.9.9.9", HTTP_AUTHORIZATION=f"Bearer {text}")
    assert client.get("/api/v1/wall", headers={"x-forwarded-for": ROOM}).status_code == 401


def test_it_opens_nothing_else() -> None:
    text, _ = made()
    others = (
        "/api/v1/session", "/api/v1/meta", "/api/v1/tokens", "/api/v1/obligations",
        "/api/v1/registers/shelters", "/api/v1/wall-keys", "/api/v1/wall/figures/calls.csv",
        "/api/v1/alerts", "/api/v1/sense/latest",
    )  # fmt: skip
    for path in others:
        if path == "/api/v1/session":  # answers strangers: the key makes nobody of them
            client = Client(REMOTE_ADDR=ROOM, HTTP_AUTHORIZATION=f"Bearer {text}")
            assert client.get(path).status_code in (200, 403)
            continue
        assert ask(text, path) == 403, path
    assert ask(text, "/api/v1/alerts/inbox", method="post") == 403


def test_it_does_not_open_another_county() -> None:
    text, _ = made()
    assert ask(text, "/api/v1/wall?region=339902000000") == 403


def test_revoked_and_over_it_opens_nothing() -> None:
    text, key = made()
    assert ask(text) == 200
    revoke_wall_key(key=key, by=BY)
    assert ask(text) == 401
    other, late = made()
    assert ask(other) == 200
    WallKey.objects.filter(pk=late.pk).update(expires=real_now() - timedelta(seconds=1))
    late_text, gone = made()
    WallKey.objects.filter(pk=gone.pk).update(expires=real_now() - timedelta(seconds=1))
    assert ask(late_text) == 401


def test_use_is_noted_once_and_a_knock_from_elsewhere_too() -> None:
    text, key = made()
    for _ in range(3):
        ask(text)
        ask(text, address="10.99.0.1")
    assert deeds(key) == ["walls.made", "walls.used", "walls.refused"]
    key.refresh_from_db()
    assert (key.last_from, key.refused_from) == (ROOM, "10.99.0.1")


def test_only_a_security_administrator_of_the_region_makes_one() -> None:
    for role, prefix, may in (
        ("security-admin", "339901", True), ("security-admin", "339902", False),
        ("system-admin", "339901", False), ("duty-lead", "339901", False),
    ):  # fmt: skip
        user = User.objects.create(username=f"{role}{prefix}", name="人", region=COUNTY)
        Grant.objects.create(user=user, role=role, prefix=prefix, by="t", at=clock.now())
        given: dict[str, Any] = {
            "name": "屏", "region": COUNTY, "bound": ROOM, "phones": False,
            "expires": real_now() + timedelta(days=1),
        }  # fmt: skip
        if may:
            text, _ = make_wall_key(**given, by=actor_of(user))
            assert text.startswith("anlan_wall_")
            assert text not in json.dumps(list(WallKey.objects.values("hash", "prefix8")))
        else:
            with pytest.raises(Forbidden):
                make_wall_key(**given, by=actor_of(user))


def test_a_net_as_wide_as_a_town_or_a_life_without_end_is_refused() -> None:
    for bound in ("0.0.0.0/0", "10.0.0.0/8", "anywhere", "2001:db8::/32"):
        with pytest.raises(Invalid):
            bound_to(bound)
    with pytest.raises(Invalid):
        made(expires=real_now() + timedelta(days=400))
