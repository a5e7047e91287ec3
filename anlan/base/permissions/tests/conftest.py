"""Accounts of a small county."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anlan.base.permissions.models import Grant, User
from anlan.base.permissions.passwords import hashed
from anlan.kernel import clock

COUNTY, TOWN, OTHER_TOWN = "339901000000", "339901101000", "339901102000"
PASSWORD = "Rain-gauge-27"

MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Hash passwords fast: what scrypt costs is not tested here."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ]


@pytest.fixture
def make_user(db: None) -> MakeUser:  # noqa: ARG001 - asks for the database
    """Make a user with roles given as (role, prefix)."""

    def make(username: str, *roles: tuple[str, str], region: str = COUNTY) -> User:
        user = User.objects.create(
            username=username, name=username.title(), region=region, password=hashed(PASSWORD)
        )
        for role, prefix in roles:
            Grant.objects.create(user=user, role=role, prefix=prefix, by="test", at=clock.now())
        return user

    return make


class Turn:
    """Both clocks, turned by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)

    def forward(self, **spans: float) -> None:
        """Let time pass."""
        self.at += timedelta(**spans)


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Turn:
    """Turn real time and the workspace's time together."""
    made = Turn()
    monkeypatch.setattr(clock, "now", lambda: made.at)
    for module in ("refusals", "sessions", "accounts", "tokens", "links"):
        monkeypatch.setattr(f"anlan.base.permissions.services.{module}.real_now", lambda: made.at)
    monkeypatch.setattr("anlan.base.permissions.logins.real_now", lambda: made.at)
    return made
