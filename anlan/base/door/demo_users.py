"""The accounts a newcomer may try, told only in the demo and its exercises, only at this machine.

The demo county writes them to ``DIR/demo-users.json``; nobody else reads that file.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.http import HttpRequest

from anlan.base.door.asking import is_local
from anlan.base.door.places import names
from anlan.base.permissions import rights
from anlan.base.permissions.models import Grant, User
from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Invalid, Missing

FILE = "demo-users.json"


def tell_demo_users(passwords: Sequence[tuple[str, str]]) -> None:
    """Write down (username, password) pairs, in the order they are shown; `Conflict` elsewhere."""
    here = workspace.current()
    if here.kind != "demo":
        raise Conflict("只有演示工作区有演示账号")
    text = json.dumps(list(passwords), ensure_ascii=False)
    (here.dir / FILE).write_text(text, encoding="utf-8")


def demo_users(request: HttpRequest) -> list[dict[str, Any]]:
    """List the demo accounts for this asker: none unless it is the demo and the asker is local.

    An exercise of the demo has the same accounts: whoever takes part finds them there, too.
    """
    demo = _demo()
    if demo is None or not is_local(request):
        return []
    try:
        pairs = json.loads((demo / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return _shown(dict(pairs))


def _demo() -> Path | None:
    """Find the demo workspace this is, or is an exercise of."""
    here = workspace.current()
    if here.kind == "exercise" and here.parent:
        try:
            here = workspace.load(Path(here.parent))
        except (Missing, Invalid):  # it was moved away since
            return None
    return here.dir if here.kind == "demo" else None


def _shown(passwords: Mapping[str, str]) -> list[dict[str, Any]]:
    users = {user.username: user for user in User.objects.filter(username__in=passwords)}
    held = Grant.objects.filter(user__username__in=passwords).order_by("at")
    roles = {grant.user_id: rights.role(grant.role) for grant in held}
    places = names(user.region for user in users.values())
    return [
        {
            "username": username,
            "password": password,
            "name": users[username].name,
            "title": roles[users[username].id].title,
            "title_en": roles[users[username].id].title_en,
            "region_name": places.get(users[username].region, ""),
        }
        for username, password in passwords.items()
        if username in users and users[username].id in roles
    ]
