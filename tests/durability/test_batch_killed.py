"""A sender killed with requests of two hundred under way, and a provider that keeps their names."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests
from anlan.comms.tests.sink import Asked, Told, sink

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow

MANY, BATCH = 520, 200
CHANNEL = """
title = "群发短信"
enabled = true
[request]
url = "{sink}/send"
batch = 200
json = {{ id = "{{request}}", items = "{{items}}" }}
item = {{ phone = "{{number}}", text = "{{text}}", uid = "{{key}}" }}
[answer]
ok = {{ path = "code", is = [0] }}
ticket = "ticket"
[pace]
lines = 2
"""
#: People with a telephone each, who owe an answer to one notice; their messages are queued.
MAKE = """
import sys
from anlan.base.obligations.services import Debt, owe_many
from anlan.base.outbox.delivering import deliver_due
from anlan.base.people.tests import village as v
v.make_regions()
v.unit()
posts = []
for place in range(int(sys.argv[1])):
    v.person(f"P{place}", "众人", v.NEAR, f"138{place:08d}")
    posts.append(v.post(f"G{place}", "grid-worker", v.NEAR, holder=f"P{place}"))
owe_many(
    debts=[Debt(kind="notice", title="防台风会议", debtor=post, region=v.NEAR, case="C1")
           for post in posts],
    by=v.BY, start=True,
)
while deliver_due():
    pass
"""
SEND = """
from anlan.comms.services import send_due
while send_due():
    pass
"""
TOLD = """
import json
from collections import Counter
from anlan.base.permissions.models import Link
from anlan.comms.models import Message
print(json.dumps([Counter(Message.objects.values_list("state", flat=True)), Link.objects.count()]))
"""

Items = list[dict[str, str]]


@dataclass
class Keeper:
    """Takes what is asked under a name once, and strikes when a test says so."""

    strike: Callable[[], None]
    #: Whether the request it strikes at is one it took.
    takes: bool
    #: Requests before the next strike, and how many strikes are left: a sender begins with some
    #: hundred recipients, two requests of half a batch.
    after: int = 2
    strikes: int = 2
    taken: dict[str, Items] = field(default_factory=dict)
    #: Every request: its name, and what it said.
    asked: list[tuple[str, Items]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Told | None:
        name, items = asked.json["id"], asked.json["items"]
        self.asked.append((name, items))
        struck = len(self.asked) > self.after and self.strikes > 0
        if not struck or self.takes:
            self.taken.setdefault(name, items)
        if struck:
            self.strikes -= 1
            self.after = len(self.asked) + 1
            self.strike()
            return None
        return Told({"code": 0, "ticket": name})


@pytest.mark.parametrize("takes", [True, False])
def test_a_batch_cut_off_is_asked_again_as_the_same_and_everybody_gets_one(
    real: RealWorkspace, takes: bool
) -> None:
    under_way: list[subprocess.Popen[str]] = []
    keeper = Keeper(lambda: os.kill(under_way[-1].pid, signal.SIGKILL), takes)
    with sink(keeper) as far:
        (real.dir / "conf" / "channels").mkdir(parents=True)
        (real.dir / "conf" / "channels" / "mas.toml").write_text(
            CHANNEL.format(sink=far.address), "utf-8"
        )
        (real.dir / "conf" / "settings.toml").write_text(
            '[comms]\nlink_base = "https://yj.example"\n', "utf-8"
        )
        real.do(MAKE, str(MANY))
        for _ in range(3):
            under_way.append(real.start(SEND))
            under_way[-1].communicate(timeout=120)
    assert [one.returncode for one in under_way] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    said: dict[str, list[Items]] = {}
    for name, items in keeper.asked:
        said.setdefault(name, []).append(items)
    again = [items for items in said.values() if len(items) > 1]
    assert again
    assert all(items == first for first, *rest in again for items in rest)
    assert max(len(items) for _, items in keeper.asked) == BATCH
    got = Counter(item["phone"] for items in keeper.taken.values() for item in items)
    assert got == Counter(f"138{place:08d}" for place in range(MANY))
    assert len({item["text"] for items in keeper.taken.values() for item in items}) == MANY
    assert real.do(TOLD).strip().splitlines()[-1] == f'[{{"sent": {MANY}}}, {MANY}]'
