"""Another department's platform, as they are: a small HTTP server with the usual faults.

It answers in GB 18030, in pages, to whoever has a token that has not expired. Its times are
Beijing's and name no zone; its station codes are numbers that lost their leading zeros; marks
stand for missing values; some rows come twice, some late, some broken; and for two hours it is
away. ``python -m tests.sense.mock_platform`` runs it by itself on the real clock.
"""

import argparse
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from anlan.kernel.clock import LOCAL_ZONE, real_now

STEP = timedelta(minutes=5)
WRITTEN = "%Y-%m-%d %H:%M:%S"
USER, PASSWORD = "duty", "Chao-Xi-27"
TOKEN_LIFE = timedelta(minutes=12)
#: Every so many rows something is wrong with one.
MARKS: dict[int, Any] = {7: 9999.9, 11: "--", 13: "", 17: -9999, 19: None}
BROKEN_VALUE, BROKEN_TIME = 23, 29
TWICE, LATE = 5, 31
LATE_BY = timedelta(minutes=40)


@dataclass(frozen=True)
class Row:
    """One row of the platform's table, and from when on it is shown."""

    station: int
    at: datetime
    shown_from: datetime
    level: Any
    rain: Any
    broken_time: bool = False

    def told(self) -> dict[str, Any]:
        moment = self.at.astimezone(LOCAL_ZONE).strftime(WRITTEN)
        return {
            "STCD": self.station,
            "STNM": f"第{self.station}号站",
            "TM": moment.replace("-", "年", 1) if self.broken_time else moment,
            "Z": self.level,
            "P": self.rain,
        }


def rows_between(start: datetime, end: datetime, stations: int) -> list[Row]:
    """Make the table: a level and a rain for every station every five minutes."""
    rows, count, at = [], 0, start
    while at < end:
        for station in range(1, stations + 1):
            count += 1
            level: Any = f"{station + count % 50 / 100:.2f}"
            if count % BROKEN_VALUE == 0:
                level = "设备故障"
            late = LATE_BY if count % LATE == 0 else timedelta()
            rain = next((mark for n, mark in MARKS.items() if count % n == 0), count % 4 * 0.5)
            broken = count % BROKEN_TIME == 0
            rows.append(Row(station, at, at + late, level, rain, broken))
        at += STEP
    return rows


@dataclass
class Platform:
    """The platform's insides, and what the tests know about it."""

    rows: list[Row]
    now: Callable[[], datetime] = real_now
    away_from: datetime | None = None
    away_until: datetime | None = None
    tokens: dict[str, datetime] = field(default_factory=dict)
    logins: int = 0
    refused: int = 0
    #: Every row told, as often as it was told.
    told: list[Row] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_away(self) -> bool:
        if self.away_from is None or self.away_until is None:
            return False
        return self.away_from <= self.now() < self.away_until

    def forget_tokens(self) -> None:
        """Restart: whoever was logged in is not any more."""
        self.tokens.clear()

    def log_in(self, said: dict[str, Any]) -> dict[str, Any]:
        expected = hashlib.md5(PASSWORD.encode()).hexdigest()
        if said.get("user") != USER or said.get("pwd") != expected:
            return {"code": 1001, "msg": "账号或密码错误"}
        with self.lock:
            self.logins += 1
            token = f"T{self.logins:06d}"
            self.tokens[token] = self.now() + TOKEN_LIFE
        return {"code": 0, "data": {"token": token, "expires": int(TOKEN_LIFE.total_seconds())}}

    def knows(self, token: str) -> bool:
        known = self.now() < self.tokens.get(token, datetime.min.replace(tzinfo=UTC))
        self.refused += not known
        return known

    def page(self, asked: dict[str, str]) -> dict[str, Any]:
        since, until = (
            datetime.strptime(asked[name], WRITTEN).replace(tzinfo=LOCAL_ZONE)
            for name in ("startTime", "endTime")
        )
        now = self.now()
        found: list[Row] = []
        for place, row in enumerate(self.rows):
            if since < row.at <= until and row.shown_from <= now:
                found += [row] * (2 if place % TWICE == 0 else 1)
        number, size = int(asked["pageNo"]), int(asked["pageSize"])
        chosen = found[(number - 1) * size : number * size]
        with self.lock:
            self.told += chosen
        listed = [row.told() for row in chosen]
        return {"code": 0, "msg": "成功", "data": {"total": len(found), "list": listed}}


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not platform.is_away():
                self._tell(200, platform.log_in(json.loads(body)))

        def do_GET(self) -> None:
            if platform.is_away():
                return  # no answer at all: the connection just ends
            parts = urlsplit(self.path)
            token = self.headers.get("X-Access-Token", "")
            if not platform.knows(token):
                status = 401 if parts.path.startswith("/strict") else 200
                self._tell(status, {"code": 40101, "msg": "令牌已过期"})
                return
            self._tell(200, platform.page(dict(parse_qsl(parts.query))))

        def _tell(self, status: int, body: dict[str, Any]) -> None:
            raw = json.dumps(body, ensure_ascii=False).encode("gb18030")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")  # of its character set no word
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


@contextmanager
def serving(platform: Platform, port: int = 0) -> Iterator[str]:
    """Serve a platform; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(platform))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve one day around now."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8900)
    chosen = options.parse_args()
    start = real_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=12)
    platform = Platform(rows_between(start, start + timedelta(hours=36), stations=6))
    with serving(platform, chosen.port) as address:
        print(f"{address}/api/hydro/list  {USER} {PASSWORD}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
