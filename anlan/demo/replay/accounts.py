"""Accounts of those who take part in a storm's replay without being anybody: named as simulated.

Their tokens lie in the exercise's own directory, readable by its owner alone.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from anlan.base.people import selectors as people
from anlan.base.people.models import Post
from anlan.base.permissions.actor import system
from anlan.base.permissions.models import User
from anlan.base.permissions.services.accounts import create_user
from anlan.base.permissions.services.grants import give_grant
from anlan.base.permissions.services.tokens import create_token
from anlan.base.regions import selectors as regions
from anlan.demo.storms.letters import BULLETIN, WARNING
from anlan.kernel.errors import Missing

from .commanding import COMMANDER
from .cursor import FOLDER
from .people import OFFICER

NAME: Final = "tokens.json"


class Wanted(NamedTuple):
    """An account, which door its token opens ("" for one that needs none), whose post it holds."""

    username: str
    name: str
    role: str
    door: str = ""
    post: str = ""


WANTED: Final = (
    Wanted("moni-bumen", "模拟部门台站", "department", WARNING),
    Wanted("moni-luxian", "模拟台风网", "section", BULLETIN),
    Wanted(OFFICER, "模拟值班员", "duty-officer"),
    Wanted(COMMANDER, "模拟指挥", "commander", post="commander"),
)


def provide(workspace: Path) -> dict[str, str]:
    """Make the accounts, once; give the tokens by door."""
    path = workspace / FOLDER / NAME
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    tokens = {}
    for one in WANTED:
        user = User.objects.filter(username=one.username).first() or _make(one)
        if one.door:
            tokens[one.door], _ = create_token(user=user, name="回放", by=system("replay"))
    _keep(path, tokens)
    return tokens


def _make(one: Wanted) -> User:
    by, region = system("replay"), regions.top()
    if not region:
        raise Missing("本工作区没有区划，不能重演台风")
    person = _holder(one.post, region) if one.post else ""
    user = create_user(
        username=one.username, name=one.name, region=region, person=person, by=by
    )  # fmt: skip
    give_grant(user=user, role=one.role, region=region, by=by)
    return user


def _holder(role: str, region: str) -> str:
    """Find somebody who holds such a post and has no account; "" where there is nobody."""
    posts = list(
        Post.objects.filter(role=role, region=region, retired_at=None)
        .order_by("rank", "pk")
        .values_list("pk", flat=True)
    )
    holders = people.holders_of(posts)
    held = [one["person"] for post in posts for one in holders.get(post, ())]
    taken = set(User.objects.filter(person__in=held).values_list("person", flat=True))
    return next((one for one in held if one not in taken), "")


def _keep(path: Path, tokens: dict[str, str]) -> None:
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(tokens, file)
    draft.replace(path)
