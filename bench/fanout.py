"""Telling 20,000 posts: opened, queued and journalled; then drained to a provider of this machine.

One round: 20,000 debts opened with their first rung and message, drained in requests of 500
recipients over kept connections; 20,000 more, drained one recipient a request, each on a
connection of its own; beside them the peer, Apprise, notifying one recipient a call. Every message
carries a link of its own and has its rows: the message, its attempt, the link, the journal.

Apprise is no part of the product. It is compared with where it is installed beside it, or where
ANLAN_BENCH_APPRISE names a Python that has it.
"""

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from anlan.kernel.longlived import settle
from bench import _sink
from bench._posts import county

POSTGRES = True

POSTS, ROUNDS, WARM = 20_000, 5, 2_000
PEER, PEER_PYTHON = 2_000, "ANLAN_BENCH_APPRISE"
LADDER = "notice"  # its first rung: own list, short message

CHANNEL = """
title = "测速"
enabled = true
[request]
url = "{address}/send"
{request}
[answer]
ok = {{ path = "code", is = [0] }}
ticket = "id"
[pace]
{pace}
"""
MANY = (
    'batch = 500\njson = {list = "{items}"}\n'
    'item = {phone = "{number}", text = "{text}", uid = "{key}"}'
)
ONE = 'json = {phone = "{number}", text = "{text}", uid = "{key}"}'


def run() -> dict[str, Any]:
    posts = county(POSTS)
    settle()  # as the process does that sends
    with ExitStack() as stack:
        address = stack.enter_context(_sink.running())
        _settle(address)
        peer = _peer(address)
        _round(posts[:WARM], address, "warm", peer)
        rounds = [_round(posts, address, str(number), peer) for number in range(ROUNDS)]
    figures = {name: [one[name] for one in rounds] for name in rounds[0]}
    medians = {name: statistics.median(values) for name, values in figures.items()}
    report: dict[str, Any] = {
        "figures": {
            _opening(): round(medians["opened"], 3),
            "drained_per_s": round(POSTS / medians["drained"]),
            "drained_new_connection_per_s": round(POSTS / medians["apart"]),
        },
        "settings": {
            "posts": POSTS,
            "ladder": LADDER,
            "rounds_s": {name: [round(value, 3) for value in found]
                         for name, found in figures.items()},
        },
    }  # fmt: skip
    if "peer" in medians:
        rate = PEER / medians["peer"]
        report["peers"] = {"apprise_per_s": round(rate)}
        report["ratios"] = {
            "apprise": round(report["figures"]["drained_new_connection_per_s"] / rate, 1)
        }
    else:
        report["settings"]["peer"] = f"没有安装 apprise，未比；{PEER_PYTHON} 可指明装有它的 Python"
    return report


def _opening() -> str:
    from django.db import connection

    return "open_20k_pg_s" if connection.vendor == "postgresql" else "open_20k_s"


def _settle(address: str) -> None:
    from django.db import connection

    from anlan.kernel import workspace

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # as the server does by itself, within a minute
            cursor.execute("ANALYZE")
    conf = workspace.directory() / "conf"
    (conf / "channels").mkdir(parents=True)
    (conf / "settings.toml").write_text('[comms]\nlink_base = "https://yj.example"\n')
    _declare(conf, address, MANY, "lines = 4")


def _declare(conf: Path, address: str, request: str, pace: str) -> None:
    text = CHANNEL.format(address=address, request=request, pace=pace)
    (conf / "channels" / "measure.toml").write_text(text, encoding="utf-8")


def _round(
    posts: list[tuple[str, str]], address: str, name: str, peer: Callable[[], float] | None
) -> dict[str, float]:
    from anlan.kernel import workspace

    conf = workspace.directory() / "conf"
    _declare(conf, address, MANY, "lines = 4")
    found = {"opened": _open(posts, f"{name}-a")}
    found["drained"] = _drain(posts, address, f"{name}-a")
    _declare(conf, address, ONE, "lines = 64\nkeep_alive = false")
    _open(posts, f"{name}-b")
    found["apart"] = _drain(posts, address, f"{name}-b", connections=len(posts))
    if peer is not None:
        found["peer"] = peer()
    return found


def _open(posts: list[tuple[str, str]], case: str) -> float:
    """Owe everybody, until every message is committed."""
    from anlan.base.obligations.services import Debt, owe_many
    from anlan.base.outbox.delivering import deliver_due
    from anlan.base.permissions.actor import system
    from anlan.comms.models import Message

    debts = [
        Debt(
            kind="notice", title="县防指：暴雨红色预警，请立即转移", debtor=post, region=region,
            case=case, ladder=LADDER, once=f"{case}:{post}",
        )
        for post, region in posts
    ]  # fmt: skip
    began = time.perf_counter()
    owe_many(debts=debts, by=system("bench"), start=True)
    while deliver_due():
        pass
    spent = time.perf_counter() - began
    assert Message.objects.filter(case=case, state="queued").count() == len(posts)
    return spent


def _drain(posts: list[tuple[str, str]], address: str, case: str, connections: int = 0) -> float:
    """Send all of a case; the provider's count and our rows must agree."""
    from anlan.comms.models import Attempt, Message
    from anlan.comms.services import send_due

    before = _sink.counted(address)
    began = time.perf_counter()
    while send_due():
        pass
    spent = time.perf_counter() - began
    taken = _sink.counted(address)
    assert taken["recipients"] - before["recipients"] == len(posts), taken
    assert taken["connections"] - before["connections"] >= connections
    sent = Message.objects.filter(case=case, state="sent")
    assert sent.count() == len(posts)
    assert Attempt.objects.filter(message__case=case, outcome="sent").count() == len(posts)
    return spent


def _peer(address: str) -> Callable[[], float] | None:
    """Make a round of the peer; None where no Python that has it is known."""
    found = importlib.util.find_spec("apprise") is not None
    python = sys.executable if found else os.environ.get(PEER_PYTHON, "")
    if not python:
        return None
    command = [python, str(Path(__file__).with_name("_apprise.py")), address, str(PEER)]

    def told() -> float:
        before = _sink.counted(address)["requests"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        assert _sink.counted(address)["requests"] - before >= PEER
        return float(done.stdout)

    return told
