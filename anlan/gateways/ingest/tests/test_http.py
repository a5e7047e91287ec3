"""Observations over HTTP, from a stranger's point of view: a web process beside the ingest one."""

import http.client
import io
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from anlan.gateways.ingest.tests.conftest import ROOT, Served, batch, moment
from anlan.gateways.ingest.tests.processes import free_port, leashed
from anlan.kernel import clock

ADDRESS = "/api/v1/sense/observations"
pytestmark = pytest.mark.slow

JSON = "application/json"


@dataclass
class Web:
    """A web process."""

    port: int
    served: Served

    def post(
        self, body: bytes, *, kind: str = JSON, by: str = "one", **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Post as a device; returns status, headers and what was said."""
        told = {"Authorization": self.served.device(by), "Content-Type": kind, **headers}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("POST", ADDRESS, body, told)
            answer = line.getresponse()
            text = answer.read()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, names, json.loads(text)


@pytest.fixture(scope="module")
def web(served: Served) -> Iterator[Web]:
    port = free_port()
    with (served.dir / "web.log").open("wb") as log:
        process = subprocess.Popen(
            leashed((sys.executable, "-m", "anlan.project", "serve", "--port", str(port))),
            cwd=ROOT,
            env={**served.workspace.environment, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log,
        )  # fmt: skip
    made, until = Web(port, served), time.monotonic() + 60
    while True:
        try:
            made.post(b"[]")
            break
        except OSError:
            assert time.monotonic() < until, (served.dir / "web.log").read_text(encoding="utf-8")
            assert process.poll() is None, (served.dir / "web.log").read_text(encoding="utf-8")
            time.sleep(0.2)
    yield made
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def test_a_batch_is_stored_and_told(web: Web) -> None:
    body = batch(("one-0", 1.0), ("one-1", 2.0), ("two-0", 3.0))
    status, headers, told = web.post(body)
    assert (status, headers["content-type"]) == (200, "application/json; charset=utf-8")
    assert headers["x-request-id"]
    assert (told["accepted"], told["duplicates"]) == (2, 0)
    assert [one["index"] for one in told["rejected"]] == [2]
    status, _, told = web.post(body)
    assert (status, told["accepted"], told["duplicates"]) == (200, 0, 2)


def test_csv_ndjson_and_arrow_are_taken(web: Web) -> None:
    now = int(clock.real_now().timestamp()) - 40_000
    table = pa.table(
        {
            "stream": pa.array(["one-0", "one-1"]).dictionary_encode(),
            "time": pa.array([now, now], pa.timestamp("s", tz="UTC")),
            "value": [1.0, 2.0],
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    line = json.dumps({"stream": "one-0", "time": moment(), "value": 1}).encode()
    for body, kind, count in (
        (sink.getvalue(), "application/vnd.apache.arrow.stream", 2),
        (line + b"\n", "application/x-ndjson", 1),
        (f"stream,time,value\none-0,{moment()},2\n".encode(), "text/csv; charset=utf-8", 1),
    ):
        status, _, told = web.post(body, kind=kind)
        assert (status, told["accepted"]) == (200, count), told


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"observations": [', JSON, 400),
        (b"x" * 40_000_000, JSON, 413),
        (b"<x/>", "text/xml", 415),
    ],
)
def test_what_cannot_be_read_is_a_problem(web: Web, body: bytes, kind: str, status: int) -> None:
    try:
        answered, headers, told = web.post(body, kind=kind)
    except (BrokenPipeError, ConnectionResetError):  # it does not read 40 MB to say no
        assert status == 413
        return
    assert answered == status
    assert headers["content-type"].startswith("application/problem+json")
    assert told["title"]
    assert told["detail"]
    assert told["status"] == status


def test_a_stranger_is_told_how_to_come_in(web: Web) -> None:
    status, headers, told = web.post(batch(), Authorization="Device x:y")
    assert (status, headers["www-authenticate"]) == (401, "Device, Bearer")
    assert "密钥" in told["detail"]
    status, _, told = web.post(batch(), Authorization="Device x:y", **{"Accept-Language": "en"})
    assert (status, told["detail"]) == (401, "The device key is wrong, revoked or past its end")


def test_hundreds_of_posts_wait_for_the_disk_at_once_and_a_list_does_not_wait(web: Web) -> None:
    answers: list[int] = []

    def send() -> None:
        answers.extend(web.post(batch(("one-4", 1.0)))[0] for _ in range(3))

    threads = [threading.Thread(target=send) for _ in range(60)]
    for thread in threads:
        thread.start()
    with closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)) as line:
        line.request("GET", "/healthz")
        answer = line.getresponse()
        assert json.loads(answer.read())["ingest"]["ok"] is True
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 180


@pytest.mark.curl
def test_curl_sends_a_file(web: Web, tmp_path: Any) -> None:
    program = shutil.which("curl")
    assert program, "curl is not installed"
    (tmp_path / "day.csv").write_text(f"stream,time,value\none-2,{moment()},2\n", encoding="utf-8")
    told = subprocess.run(
        [program, "-sS", "--fail-with-body", "-H", f"Authorization: {web.served.device()}",
         "-H", "Content-Type: text/csv", "--data-binary", f"@{tmp_path}/day.csv",
         f"http://127.0.0.1:{web.port}{ADDRESS}"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == {"accepted": 1, "duplicates": 0, "rejected": []}


def test_a_browsers_own_server_answers_alike(
    served: Served, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setenv("ANLAN_DATA", str(served.dir))
    device = {"Authorization": served.device()}
    answer = client.post(ADDRESS, batch(("one-0", 5.0)), content_type=JSON, headers=device)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    wrong = client.post(ADDRESS, b"{", content_type=JSON, headers=device)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "malformed")


def test_without_the_ingest_process_senders_are_told_to_come_again(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    from anlan.kernel import workspace

    workspace.create(tmp_path / "lonely", kind="live", name="lonely")
    monkeypatch.setenv("ANLAN_DATA", str(tmp_path / "lonely"))
    answer = client.post(ADDRESS, b"[]", content_type=JSON, headers={"Authorization": "Device a:b"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"]
