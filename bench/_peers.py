"""What others take in on this machine: InfluxDB 1.x, Prometheus remote write, PostgreSQL COPY.

Each is what Debian packages, with its defaults but for folders and ports; InfluxDB and PostgreSQL
sync every write to the disk, Prometheus does not. One that is not installed is left out.
"""

import shutil
import struct
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from anlan.project.supervisor.child import leashed
from anlan.project.testing import postgres
from bench._senders import Sent, Times, over_http, request, values

Round = Callable[[float], Sent]

INFLUX = """reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
dir = "{home}/meta"
[data]
dir = "{home}/data"
wal-dir = "{home}/wal"
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
"""


@contextmanager
def running(codes: list[str], size: int) -> Iterator[dict[str, Round]]:
    """Run the peers there are; gives for each a round of writing batches of `size`."""
    with ExitStack() as stack:
        found: dict[str, Round] = {}
        for name, peer in (("influxdb", _influx), ("prometheus", _prometheus), ("copy", _copy)):
            made = stack.enter_context(peer(codes, size))
            if made is not None:
                found[name] = made
        yield found


@contextmanager
def _influx(codes: list[str], size: int) -> Iterator[Round | None]:
    program = shutil.which("influxd")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="anlan-influx-") as folder:
        port, rpc = postgres.free_port(), postgres.free_port()
        config = Path(folder) / "influx.conf"
        config.write_text(INFLUX.format(home=folder, port=port, rpc=rpc), encoding="utf-8")
        with _process([program, "-config", str(config)], f"http://127.0.0.1:{port}/ping"):
            ask = f"http://127.0.0.1:{port}/query?q=CREATE%20DATABASE%20b"
            urllib.request.urlopen(urllib.request.Request(ask, method="POST")).close()
            times = Times()
            parts = [codes[start : start + size] for start in range(0, len(codes), size)]
            bodies = [
                "".join(
                    f"o,s={code} v={value} @TIME@\n"
                    for code, value in zip(part, values(len(part), 1), strict=True)
                ).encode()
                for part in parts
            ]

            def requests() -> Iterator[bytes]:
                while True:
                    now = b"%d" % times.next()
                    for body in bodies:
                        told = body.replace(b"@TIME@", now)
                        yield request("/write?db=b&precision=ms", told)

            yield _http_round(port, requests(), size)


@contextmanager
def _prometheus(codes: list[str], size: int) -> Iterator[Round | None]:
    program = shutil.which("prometheus")
    if program is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="anlan-prometheus-") as folder:
        port = postgres.free_port()
        (Path(folder) / "p.yml").write_text("global: {}\n", encoding="utf-8")
        command = [
            program, f"--config.file={folder}/p.yml", f"--storage.tsdb.path={folder}/d",
            f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver",
        ]  # fmt: skip
        with _process(command, f"http://127.0.0.1:{port}/-/ready"):
            times = Times()
            bodies = [
                _remote_write(codes[start : start + size]) for start in range(0, len(codes), size)
            ]
            headers = (
                "Content-Type: application/x-protobuf",
                "Content-Encoding: snappy",
                "X-Prometheus-Remote-Write-Version: 0.1.0",
            )

            def requests() -> Iterator[bytes]:
                while True:
                    now = _varint(times.next())
                    for body in bodies:
                        told = _snappy(body.replace(_varint(_MARK), now))
                        yield request("/api/v1/write", told, *headers)

            yield _http_round(port, requests(), size)


@contextmanager
def _copy(codes: list[str], size: int) -> Iterator[Round | None]:
    if postgres.find_server() is None:
        yield None
        return
    import psycopg

    with postgres.running(durable=True) as url, psycopg.connect(url, autocommit=True) as line:
        line.execute("CREATE TABLE o (s int, t bigint, v float8, PRIMARY KEY (s, t))")
        times = Times()
        rows = _rows(len(codes), [float(value) for value in values(len(codes), 3)])

        def round_(seconds: float) -> Sent:
            begun, cpu, done = time.perf_counter(), time.process_time(), 0
            while time.perf_counter() < begun + seconds:
                rows["t"] = times.next()
                for start in range(0, len(codes), size):
                    part = rows[start : start + size]
                    with line.cursor().copy("COPY o FROM STDIN (FORMAT BINARY)") as copy:
                        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + part.tobytes() + b"\xff\xff")
                    done += len(part)
            spent = time.perf_counter() - begun
            return Sent(done / spent, 0, round((time.process_time() - cpu) / spent, 2))

        yield round_


def _rows(count: int, told: list[float]) -> Any:
    """Lay rows out as binary COPY wants them: a length before each field."""
    kinds = [("n", ">i2"), ("ls", ">i4"), ("s", ">i4"), ("lt", ">i4"), ("t", ">i8"), ("lv", ">i4"),
             ("v", ">f8")]  # fmt: skip
    rows = np.zeros(count, np.dtype(kinds))
    rows["n"], rows["ls"], rows["lt"], rows["lv"] = 3, 4, 8, 8
    rows["s"], rows["v"] = np.arange(count), told
    return rows


def _http_round(port: int, requests: Iterator[bytes], size: int) -> Round:
    told: list[str] = []

    def round_(seconds: float) -> Sent:
        sent = over_http(
            port, requests.__next__, each=size, connections=1, seconds=seconds, told=told
        )
        if told:
            raise RuntimeError(told[0])
        return sent

    return round_


@contextmanager
def _process(command: list[str], address: str) -> Iterator[None]:
    with subprocess.Popen(
        leashed(tuple(command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(address, timeout=2).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield
        process.terminate()


_MARK = 1_700_000_000_123


def _remote_write(codes: list[str]) -> bytes:
    """Write one sample a series (prometheus/prompb: WriteRequest, TimeSeries, Label, Sample)."""
    series = []
    for code, value in zip(codes, values(len(codes), 5), strict=True):
        labels = b"".join(
            _field(1, _field(1, name) + _field(2, text))
            for name, text in ((b"__name__", b"level"), (b"stream", code.encode()))
        )
        sample = b"\x09" + struct.pack("<d", float(value)) + b"\x10" + _varint(_MARK)
        series.append(_field(1, labels + _field(2, sample)))
    return b"".join(series)


def _field(number: int, body: bytes) -> bytes:
    return bytes((number << 3 | 2,)) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = value >> 7, value & 127
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)


def _snappy(body: bytes) -> bytes:
    """Frame as snappy without compressing: one literal."""
    return _varint(len(body)) + b"\xf8" + (len(body) - 1).to_bytes(3, "little") + body
