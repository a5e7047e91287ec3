"""The first accounts of a new workspace: the three administrators (三员)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from anlan.base.permissions import rights
from anlan.base.permissions.actor import system
from anlan.base.permissions.models import User
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.regions import scope
from anlan.kernel.errors import Invalid


@dataclass(frozen=True)
class Founder:
    """Who becomes one of the three."""

    username: str
    name: str
    password: str


def found(*, founders: Mapping[str, Founder], region: str) -> list[User]:
    """Make the three administrators, all or none: role -> founder; `region` is a code."""
    if set(founders) != set(rights.ADMINISTRATORS):
        raise Invalid("需要系统、安全、审计三名管理员")
    by = system("setup")
    with transaction.atomic():
        made = []
        for role, one in founders.items():
            home = "" if region == scope.COUNTRY else region
            user = create_user(
                username=one.username, name=one.name, region=home, by=by, password=one.password
            )
            give_grant(user=user, role=role, region=region, by=by)
            made.append(user)
    return made
