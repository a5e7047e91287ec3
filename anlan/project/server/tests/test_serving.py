"""The web server as a stranger meets it: real processes, real sockets."""

import gzip
import http.client
import json
import signal
import socket
import time
from typing import Any

import pytest

from anlan.project.server.tests.conftest import Site

pytestmark = pytest.mark.slow


class Stream:
    """Reads an event stream frame by frame."""

    def __init__(self, site: Site, who: str, after: int | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        headers = {"Authorization": f"Bearer {site.tokens[who]}"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        self._connection.request("GET", "/api/v1/stream", headers=headers)
        self.answer = self._connection.getresponse()

    def next(self) -> dict[str, Any]:
        """Wait for the next event; comments and hints are passed over."""
        event: dict[str, Any] = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line and "data" in event:
                return event
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                event[name] = json.loads(value) if name == "data" else value

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def create_team(site: Site, number: int, region: str = "339901101000") -> str:
    """Make a team as the county's duty leader."""
    made = site.ask(
        "POST",
        "/api/v1/registers/teams",
        {
            "code": f"T{number}",
            "name": f"救援队 {number}",
            "region": region,
            "kind": "grassroots",
            "skills": ["flood"],
            "status": "standby",
        },
        who="county",
    )
    assert made.status == 201, made.body
    return str(made.json["id"])


def test_every_answer_is_safe_numbered_and_not_kept_by_proxies(office: Site) -> None:
    told = office.ask("GET", "/api/v1/session")
    assert told.status == 200
    assert told.headers["cache-control"] == "no-store"
    assert len(told.headers["x-request-id"]) == 26
    policy = told.headers["content-security-policy"]
    for part in ("default-src 'self'", "frame-ancestors 'none'", "worker-src 'self' blob:"):
        assert part in policy
    assert told.headers["x-content-type-options"] == "nosniff"
    assert "geolocation=(self)" in told.headers["permissions-policy"]
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    refused = office.ask("GET", "/api/v1/users")
    assert refused.status == 401
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert refused.headers["x-frame-options"] == "DENY"


def test_problems_speak_the_askers_language(office: Site) -> None:
    told = office.ask("GET", "/api/v1/users", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert told.json["title"] == "Not logged in"
    told = office.ask("GET", "/api/v1/registers/teams?page=x", who="county")
    assert told.status == 422
    assert told.json["code"] == "invalid"
    told = office.ask("GET", "/api/v1/nowhere", who="county")
    assert (told.status, told.json["code"]) == (404, "missing")
    told = office.ask("PUT", "/api/v1/session")
    assert (told.status, told.json["code"]) == (405, "method")


def test_odd_requests_are_refused_and_never_break_it(office: Site) -> None:
    post = "/api/v1/registers/teams"
    tries: list[tuple[str, str, bytes | None, int]] = [
        ("POST", post, b"{not json", 422),
        ("POST", post, b'{"name": "a\\u0000b"}', 422),
        ("GET", f"{post}?q=%00", None, 422),
        ("GET", f"{post}/%00", None, 422),
        ("GET", f"{post}?bbox=1,2,3", None, 422),
        ("GET", f"{post}?page=999999999999999999999", None, 200),
        ("POST", post, b"[" * 100_000, 422),
    ]
    for method, path, body, status in tries:
        headers = {"Content-Type": "application/json"} if body else {}
        told = office.ask(method, path, body, who="county", headers=headers)
        assert told.status == status, (path, body and body[:40], told.body)
    huge = {"Content-Type": "application/json", "Content-Length": str(9 * 1024 * 1024)}
    told = office.ask("POST", post, b"{", who="county", headers=huge)
    assert (told.status, told.json["code"]) == (413, "too-large")
    with socket.create_connection(("127.0.0.1", office.port)) as line:
        line.sendall(b"NONSENSE / HTTP/9\r\n\r\n")
        assert b"400" in line.recv(1000)
    assert office.ask("GET", "/api/v1/session").status == 200


def test_head_tells_what_get_would(office: Site) -> None:
    for path in ("/api/v1/session", "/api/v1/openapi.json"):
        got, head = office.ask("GET", path, who="sys"), office.ask("HEAD", path, who="sys")
        assert head.status == got.status
        assert head.body == b""
        assert head.headers["content-type"] == got.headers["content-type"]
    assert got.status == 200


def test_long_answers_are_packed_for_those_who_unpack(office: Site) -> None:
    plain = office.ask("GET", "/api/v1/openapi.json", who="sys")
    packed = office.ask(
        "GET", "/api/v1/openapi.json", who="sys", headers={"Accept-Encoding": "gzip"}
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.body)) == plain.json
    assert len(packed.body) < len(plain.body) / 3


def test_closed_doors_are_closed_to_strangers(office: Site) -> None:
    for path in ("/metrics", "/api/v1/openapi.json", "/api/docs"):
        assert office.ask("GET", path).status == 404, path
        assert office.ask("GET", path, who="town").status == 404, path
        assert office.ask("GET", path, who="sys").status == 200, path
    counted = office.ask("GET", "/metrics", who="sys").body.decode()
    assert "anlan_http_requests_total" in counted
    assert counted.count("# HELP anlan_workers ") == 1
    assert _told_soon(office, "anlan_workers 1.0")


def _told_soon(office: Site, figure: str) -> bool:
    """Wait for the worker's first sign of life."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if figure in office.ask("GET", "/metrics", who="sys").body.decode():
            return True
        time.sleep(0.2)
    return False


def test_health_says_each_part(office: Site) -> None:
    until = time.monotonic() + 20
    while (told := office.ask("GET", "/healthz")).status != 200 and time.monotonic() < until:
        time.sleep(0.2)
    assert told.status == 200
    assert told.json["status"] == "degraded"  # nobody started an ingest process here
    assert told.json["ingest"]["ok"] is False
    for part in ("database", "store", "worker"):
        assert told.json[part]["ok"] is True


def test_a_browser_logs_in_with_a_cookie_and_writes_with_its_token(office: Site) -> None:
    given = {"username": "county", "password": "Rain-gauge-27"}
    told = office.ask("POST", "/api/v1/session", given)
    assert told.status == 200, told.body
    cookie, _, rest = told.headers["set-cookie"].partition(";")
    assert "HttpOnly" in rest
    assert "SameSite=Lax" in rest
    csrf = told.json["csrf"]
    assert told.json["user"]["roles"][0]["role"] == "duty-lead"
    assert told.json["user"]["roles"][0]["region_name"] == "云屿县"
    mine = {"Cookie": cookie}
    assert office.ask("GET", "/api/v1/registers/teams", headers=mine).status == 200
    assert office.ask("DELETE", "/api/v1/session", headers=mine).status == 403
    foreign = {**mine, "X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"}
    assert office.ask("DELETE", "/api/v1/session", headers=foreign).status == 403
    ended = office.ask("DELETE", "/api/v1/session", headers={**mine, "X-CSRF-Token": csrf})
    assert ended.status == 204
    assert office.ask("GET", "/api/v1/registers/teams", headers=mine).status == 401


def test_what_happens_is_told_to_those_who_may_see_it(office: Site) -> None:
    county, town = Stream(office, "county"), Stream(office, "town")
    assert county.answer.status == 200
    time.sleep(0.5)
    hidden = create_team(office, 1, "339901102000")
    shown = create_team(office, 2)
    first = county.next()
    second = county.next()
    assert [e["data"]["subject"]["id"] for e in (first, second)] == [hidden, shown]
    assert first["event"] == "register"
    assert int(second["id"]) > int(first["id"])
    only = town.next()
    assert only["data"]["subject"] == {"kind": "teams", "id": shown}
    county.close()
    # What was missed comes first when one resumes, on whichever process.
    missed = create_team(office, 3)
    time.sleep(1)
    resumed = Stream(office, "county", int(first["id"]))
    assert [resumed.next()["data"]["subject"]["id"] for _ in range(2)] == [shown, missed]
    resumed.close()
    town.close()


def test_a_stream_ends_when_the_account_is_locked(site: Site) -> None:
    stream = Stream(site, "town")
    assert stream.answer.status == 200
    site.workspace.do(
        "from anlan.base.permissions.models import User\n"
        "from anlan.base.permissions import system\n"
        "from anlan.base.permissions.services.accounts import lock_user\n"
        "lock_user(user=User.objects.get(username='town'), by=system('test'))"
    )
    until = time.monotonic() + 25
    while stream.answer.readline():
        assert time.monotonic() < until
    stream.close()
    other = Stream(site, "county")
    assert other.answer.status == 200
    other.close()
    refused = site.ask("GET", "/api/v1/stream", who="town")
    assert refused.status == 401
    assert site.ask("GET", "/api/v1/stream").status == 401


def test_a_killed_process_loses_neither_the_port_nor_what_was_confirmed(site: Site) -> None:
    confirmed = [create_team(site, number) for number in range(10)]
    victim = site.web.pop(0)
    victim.send_signal(signal.SIGKILL)
    victim.wait(5)
    confirmed += [create_team(site, number) for number in range(10, 20)]
    other = site.web.pop(0)
    site.start_web(3)
    other.send_signal(signal.SIGKILL)
    other.wait(5)
    # Nobody serves for a moment, but the supervisor's socket holds what knocks.
    confirmed.append(create_team(site, 20))
    told = site.ask("GET", "/api/v1/registers/teams?size=100", who="county").json
    assert {item["id"] for item in told["items"]} == set(confirmed)


def test_a_process_finishes_politely(site: Site) -> None:
    stream = Stream(site, "county")
    process = site.web[0]
    begun = time.monotonic()
    for web in site.web:
        web.send_signal(signal.SIGTERM)
    for web in site.web:
        assert web.wait(10) == 0
    assert time.monotonic() - begun < 10
    assert process.returncode == 0
    stream.close()


def test_the_log_has_one_line_a_request_and_nobodys_words(office: Site) -> None:
    office.ask("GET", "/api/v1/registers/teams?q=%E7%8E%8B%E5%B0%8F%E6%98%8E", who="county")
    office.ask("GET", "/m/a-secret-key")
    time.sleep(1.2)
    log = (office.workspace.dir / "serve.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines() if '"event":"request"' in line]
    assert any(line["path"] == "/api/v1/registers/teams" for line in lines)
    assert any(line["by"].startswith("user:") for line in lines)
    for word in ("王小明", "%E7%8E%8B", "a-secret-key", office.tokens["county"]):
        assert word not in log
