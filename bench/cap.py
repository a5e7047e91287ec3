"""Warnings out and in, through two web processes: 签发, the public feed, 4,000 messages received.

`publish_p95_ms`: from sending 签发 (`POST /api/v1/alerts/{id}/issue`) until the signed message has
been read at its public address: the check before issue, the row, gap clock, journal, CAP 1.2
checked against its shape, signed and committed. The feed holds 1,000 alerts in force: `feed_per_s`
asks with the ETag of what is known (304), `feed_uncached_per_s` without, for the whole body as it
is (no gzip, no ETag). `inbound_4000_s`: 4,000 messages of departments, three forms, in chains of
ten, posted to `/api/v1/alerts/inbox` by 8 connections, each answered when durable; their chains
are counted afterwards. A worker does what all this sets going, meanwhile.
"""

import http.client
import itertools
import json
import math
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import _warnings
from bench._load import Result, load, send_all
from bench.lists import serving

POSTGRES = True

ROUNDS = int(os.environ.get("ANLAN_BENCH_ROUNDS", "5"))
IN_FORCE = int(os.environ.get("ANLAN_BENCH_ALERTS", "1000"))
INBOUND = int(os.environ.get("ANLAN_BENCH_INBOUND", "4000"))
ISSUED = 40
SECONDS, CONNECTIONS, SENDERS = 2.0, 16, 8
FEED, INBOX = "/cap/feed.atom", "/api/v1/alerts/inbox"


@dataclass
class Found:
    """What the rounds gave."""

    publish_ms: list[float] = field(default_factory=list)
    listed_ms: list[float] = field(default_factory=list)
    same: list[Result] = field(default_factory=list)
    whole: list[Result] = field(default_factory=list)
    packed: list[Result] = field(default_factory=list)
    inbound_s: list[float] = field(default_factory=list)
    inbound_p95_ms: list[float] = field(default_factory=list)


def run() -> dict[str, Any]:
    """Seed, serve, ask, issue, receive."""
    token, department = _seed()
    found = Found()
    with serving() as port:
        _until_ready(port)
        _until_idle()
        size = _feed_bytes(port)
        for number in range(ROUNDS):
            _round(port, (token, department), number, found)
    return {
        "figures": {
            "publish_p95_ms": _percentile(found.publish_ms, 0.95),
            "feed_per_s": _median(found.same),
            "feed_uncached_per_s": _median(found.whole),
            "feed_gzip_per_s": _median(found.packed),
            "inbound_4000_s": round(statistics.median(found.inbound_s) * 4000 / INBOUND, 2),
        },
        "settings": {
            "alerts_in_force": IN_FORCE, "rounds": ROUNDS, "web_processes": 2,
            "feed_bytes": size, "feed_connections": CONNECTIONS,
            "publish_p50_p95_max_ms": _spread(found.publish_ms),
            "until_in_feed_p50_p95_max_ms": _spread(found.listed_ms),
            "feed_by_round": [_told(one) for one in found.same],
            "feed_uncached_by_round": [_told(one) for one in found.whole],
            "feed_gzip_by_round": [_told(one) for one in found.packed],
            "inbound": INBOUND, "inbound_senders": SENDERS,
            "inbound_by_round_s": [round(one, 2) for one in found.inbound_s],
            "inbound_p95_by_round_ms": found.inbound_p95_ms,
        },
    }  # fmt: skip


def _seed() -> tuple[str, str]:
    from django.db import connection

    from anlan.base.outbox.delivering import deliver_due
    from anlan.base.permissions import system
    from anlan.base.permissions.services import accounts, grants, tokens

    by = system("bench")
    _warnings.seed_county()
    user = accounts.create_user(username="bench", name="测速", region=_warnings.COUNTY, by=by)
    grants.give_grant(user=user, role="duty-officer", region=_warnings.COUNTY, by=by)
    token = tokens.create_token(user=user, name="bench", by=by)[0]
    # Of an officer's account what it hands in is entered by hand, and ends nothing by itself.
    pusher = accounts.create_user(username="push", name="推送", region=_warnings.COUNTY, by=by)
    grants.give_grant(user=pusher, role="department", region=_warnings.COUNTY, by=by)
    department = tokens.create_token(user=pusher, name="push", by=by)[0]
    _warnings.seed_alerts(IN_FORCE, by)
    while deliver_due():
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return token, department


def _round(port: int, keys: tuple[str, str], number: int, found: Found) -> None:
    token, department = keys
    tag = _etag(port)
    for results, more in (
        (found.same, f"If-None-Match: {tag}\r\n"),
        (found.whole, ""),
        (found.packed, "Accept-Encoding: gzip\r\n"),
    ):
        request = f"GET {FEED} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()
        right = b"304" if "None" in more else b"200"
        results.append(
            load(port, itertools.repeat(request).__next__, connections=CONNECTIONS,
                 seconds=SECONDS, right=(right,))
        )  # fmt: skip
        assert not results[-1].failed
    for count in range(ISSUED):
        published, listed = _issue(port, token, IN_FORCE + number * ISSUED + count)
        found.publish_ms.append(published)
        found.listed_ms.append(listed)
    _receive(port, department, number, found)


def _issue(port: int, token: str, number: int) -> tuple[float, float]:
    """Issue one alert; milliseconds until its message was read, and until the feed has it."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    drafted = _post(line, "/api/v1/alerts", token, _warnings.content(number))
    path = f"/cap/{drafted['region'][:6]}-{drafted['id']}.xml"
    tag = _etag(port)
    began = time.perf_counter()
    _post(line, f"/api/v1/alerts/{drafted['id']}/issue", token, {"accepted": _warnings.ACCEPTED})
    cap = _get(line, path)
    published = (time.perf_counter() - began) * 1000
    assert b"SignatureValue" in cap
    while path.removeprefix("/cap/").encode() not in _changed(line, FEED, tag):
        time.sleep(0.002)
    listed = (time.perf_counter() - began) * 1000
    line.close()
    return published, listed


def _receive(port: int, token: str, number: int, found: Found) -> None:
    from anlan.kernel import clock
    from anlan.warn.models import Received, Refused

    messages = list(_warnings.warnings(INBOUND, str(number), clock.now()))
    requests = [
        (
            f"POST {INBOX} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        + body
        for kind, body in messages
    ]
    before = Received.objects.count()
    took, times = send_all(port, requests, connections=SENDERS, right=b"201")
    found.inbound_s.append(took)
    found.inbound_p95_ms.append(_percentile(times, 0.95))
    assert Received.objects.count() - before == INBOUND
    assert not Refused.objects.exists()
    _check_chains(number)


def _check_chains(number: int) -> None:
    """Count the chains of a round: one a matter, all of it over by its end."""
    from anlan.warn.models import Received

    rows = Received.objects.filter(text__contains=f"（{number}-")
    chains: dict[str, list[str]] = {}
    for root, state in rows.values_list("root", "state"):
        chains.setdefault(root, []).append(state)
    assert len(chains) == INBOUND // _warnings.STEPS, len(chains)
    for states in chains.values():
        assert len(states) == _warnings.STEPS
        assert "standing" not in states


def _until_ready(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            for _ in range(20):  # both processes answer from memory
                _etag(port)
                time.sleep(0.05)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _until_idle() -> None:
    """Let the worker do what a start brings: its first schedules, what the seed left to tell."""
    from anlan.base.jobs.models import Job
    from anlan.base.journal.models import Entry
    from anlan.base.outbox.selectors import waiting

    until, quiet = time.monotonic() + 30, 0
    while quiet < 10 and time.monotonic() < until:
        busy = Job.objects.filter(state="running").exists()
        idle = not (waiting() or busy or Entry.objects.filter(seq=None).exists())
        quiet = quiet + 1 if idle else 0
        time.sleep(0.1)


def _etag(port: int) -> str:
    return str(_asked(port).getheader("ETag"))


def _feed_bytes(port: int) -> int:
    return int(_asked(port).getheader("Content-Length") or 0)


def _asked(port: int) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", FEED)
    reply = line.getresponse()
    reply.read()
    line.close()
    assert reply.status == 200
    return reply


def _get(line: http.client.HTTPConnection, path: str) -> bytes:
    line.request("GET", path)
    reply = line.getresponse()
    body = reply.read()
    assert reply.status == 200, (path, reply.status)
    return body


def _changed(line: http.client.HTTPConnection, path: str, tag: str) -> bytes:
    """Ask as a subscriber does, who has an edition already; nothing while it is the same."""
    line.request("GET", path, headers={"If-None-Match": tag})
    reply = line.getresponse()
    body = reply.read()
    assert reply.status in (200, 304), (path, reply.status)
    return body


def _post(line: http.client.HTTPConnection, path: str, token: str, body: Any) -> Any:
    heads = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line.request("POST", path, json.dumps(body), heads)
    reply = line.getresponse()
    told = reply.read()
    assert reply.status in (200, 201), told.decode()
    return json.loads(told)


def _median(results: Sequence[Result]) -> float:
    return round(statistics.median(one.per_s for one in results))


def _told(one: Result) -> dict[str, float]:
    return {"per_s": round(one.per_s), "p95_ms": one.p95_ms, "load_cpu": one.cpu_share}


def _percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(len(ordered) * part) - 1)], 1)


def _spread(values: Sequence[float]) -> list[float]:
    return [_percentile(values, part) for part in (0.5, 0.95, 1.0)]
