"""The ladder with real providers while its sender is killed: log, board and journal agree."""

import json
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest

from anlan.base.conftest import RealWorkspace, migrated, real, workspace_of_tests
from anlan.warn.tests.conftest import national
from tests.durability import townsfolk
from tests.durability.morning import TOLD, Morning, check
from tests.durability.night import Folk, Night, falling
from tests.durability.providers import Plan, Providers, serving

__all__ = ["migrated", "real", "workspace_of_tests"]

pytestmark = pytest.mark.slow(module_s=45)

HOOK = "open-sesame"
#: A minute of the night in real seconds.
SPEED = 60
CHANNELS = {
    "mas": """
title = "移动短信"
enabled = true
[request]
url = "{sink}/send"
json = {{ phone = "{{number}}", text = "{{text}}", uid = "{{key}}", request = "{{request}}" }}
[answer]
ok = {{ path = "code", is = [0] }}
busy = {{ path = "code", is = [5] }}
dead = {{ path = "code", is = [10] }}
message = "msg"
ticket = "id"
[pace]
lines = 2
timeout = "5s"
retry = ["10s", "20s", "40s"]
give_up = "30min"
[hook]
secret = "file:hook"
[receipt]
records = "list[]"
key = "uid"
number = "mobile"
code = "state"
delivered = ["DELIVRD"]
dead = ["MK:0001"]
[reply]
form = "form"
number = "mobile"
text = "content"
at = "time"
ticket = "id"
""",
    "post": """
title = "政务邮箱"
kind = "smtp"
enabled = true
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "yjgl@county.example"
[pace]
lines = 1
retry = ["10s", "20s", "40s"]
""",
    "horn": """
title = "村村响"
channel = "loudspeaker"
enabled = true
[request]
url = "{sink}/sound"
json = {{ phone = "{{numbers}}", text = "{{text}}", uid = "{{key}}", request = "{{request}}" }}
[answer]
ok = {{ path = "code", is = [0] }}
[pace]
lines = 1
[[devices]]
id = "H1"
region = "339901"
""",
}
#: The product's own ladder, tighter, with mail and loudspeakers in it.
LADDERS = """
[call-red]
title = "红色预警叫应"
answer_within = "6min"
until = "answered"
rungs = [
  {{ after = "0min", whom = "debtor", channels = ["app", "sms", "mail", "loudspeaker", "voice"] }},
  {{ after = "{2}min", whom = "debtor", channels = ["sms", "voice"] }},
  {{ after = "{6}min", whom = "deputy", channels = ["app", "sms", "voice"] }},
  {{ after = "{8}min", whom = "stationed", channels = ["sms"] }},
  {{ after = "{9}min", whom = "duty-above", channels = ["sms", "sheet"] }},
  {{ after = "{10}min", whom = "door", channels = ["knock"] }},
  {{ after = "{11}min", whom = "neighbour", channels = ["voice", "knock"] }},
]
[call-lead]
title = "本级领导和部门叫应"
answer_within = "6min"
until = "answered"
rungs = [
  {{ after = "0min", whom = "debtor", channels = ["app", "sms", "mail", "voice"] }},
  {{ after = "{3}min", whom = "debtor", channels = ["sms", "mail"] }},
  {{ after = "{9}min", whom = "duty-own", channels = ["sms", "sheet"] }},
]
"""
LAST_RUNG = 11


def _prepare(real: RealWorkspace, sink: str, port: int) -> None:
    folder = real.dir / "conf" / "channels"
    folder.mkdir(parents=True)
    for key, text in CHANNELS.items():
        (folder / f"{key}.toml").write_text(text.format(sink=sink, port=port), "utf-8")
    (real.dir / "secrets").mkdir()
    (real.dir / "secrets" / "hook").write_text(HOOK, "utf-8")


def _spend(real: RealWorkspace, strikes: dict[str, int], pace: int) -> Morning:
    """Live through a night; `pace` stretches the ladder."""
    minutes = [str(minute * pace) for minute in range(LAST_RUNG + 1)]
    plan = Plan(
        dead=frozenset((townsfolk.DEAD, townsfolk.GONE)), busy=frozenset((townsfolk.BUSY,)),
        strikes=strikes,
    )  # fmt: skip
    providers = Providers(plan, lambda line: folk.heard(line))
    with ExitStack() as stack:
        sink, port = stack.enter_context(serving(providers))
        _prepare(real, sink.address, port)
        (real.dir / "conf" / "ladders.toml").write_text(LADDERS.format(*minutes), "utf-8")
        night = stack.enter_context(falling(real))
        (real.dir / "conf" / "settings.toml").write_text(
            f'[comms]\nlink_base = "{night.url}"\n', "utf-8"
        )
        folk = Folk(night, HOOK)
        plan.strike = lambda: night.strike("work")
        alert = _relay(night)
        night.run_at(SPEED)
        folk.wake()
        _pass(night, plan, providers, pace, len(strikes))
        _settle(night, folk, alert)
        folk.sleep()
        board = night.ask(f"/alerts/{alert}/board?size=1000")
    told = json.loads(real.do(TOLD).strip().splitlines()[-1])
    return Morning(providers.log, board, told, folk, night.killed)


def _relay(night: Night) -> str:
    original = national(
        sent=night.begins, codes=(townsfolk.COUNTY,), expires=night.begins + timedelta(hours=12)
    )
    received = night.ask("/alerts/inbox", original, kind="application/xml")["id"]
    # An officer's account hands it in and has asked the station.
    said = {"accepted": ["verify"]}
    return str(night.ask(f"/alerts/received/{received}/relay", said)["alert"])


def _pass(night: Night, plan: Plan, providers: Providers, pace: int, strikes: int) -> None:
    """Let the night pass: the provider away for three minutes, killed again while it is."""
    night.wait_until(1.5 * pace)
    plan.is_down = True
    if strikes > 1:
        night.wait_until(1.5 * pace + 1)
        _kill_once_it_is_back(night)
    night.wait_until(1.5 * pace + 3)
    # On a slow machine the sender may not have come back yet: it is to find the provider away.
    while not any(line.verdict == "down" for line in providers.log):
        time.sleep(0.05)
    plan.is_down = False
    if strikes > 1:
        night.wait_until(6.5 * pace)
        _kill_once_it_is_back(night)
        night.wait_until(8 * pace)
        plan.strikes.clear()
        while len(night.killed) < strikes + 2:  # whom a provider found dead already
            _kill_once_it_is_back(night)
    night.wait_until(LAST_RUNG * pace)


def _kill_once_it_is_back(night: Night) -> None:
    night.wait_for("work")
    while not night.strike("work"):  # a provider was faster
        night.wait_for("work")


def _settle(night: Night, folk: Folk, alert: str) -> None:
    """Wait until nothing waits to leave, nobody means to do more, and every ladder has ended."""
    quiet = 0
    for _ in range(900):
        counts = night.ask("/comms/messages?size=1")["counts"]
        waiting = counts.get("queued", 0) + counts.get("sending", 0)
        for channel in ("sms", "mail"):  # what was cut off is asked again
            waiting += night.ask(f"/comms/messages?size=1&channel={channel}&state=unknown")["total"]
        board = night.ask(f"/alerts/{alert}/board?size=1000")["items"]
        climbing = sum(not one["answered_at"] and one["next_due"] is not None for one in board)
        quiet = quiet + 1 if not waiting and not climbing and folk.is_idle else 0
        if quiet > 5:
            return
        time.sleep(0.2)
    raise AssertionError((counts, climbing))


def test_a_sender_killed_while_a_provider_answers_sends_again_and_nobody_notices(
    real: RealWorkspace,
) -> None:
    morning = _spend(real, {"mas": 6}, pace=1)
    assert morning.killed == ["work"]
    check(morning, real)


@pytest.mark.soak
def test_a_sender_killed_five_times_in_one_night_leaves_everything_in_agreement(
    real: RealWorkspace,
) -> None:
    morning = _spend(real, {"mas": 6, "horn": 2, "post": 1}, pace=2)
    assert morning.killed == ["work"] * 5
    assert "again" in {line.verdict for line in morning.log}
    check(morning, real)
