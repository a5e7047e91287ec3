"""A department's platform to pull from: ``python -m anlan.demo.replay.platform``.

It answers as such platforms do: JSON in pages, by time, in Beijing time without a zone. It tells
what has reached it by the end of the time asked for and nothing later, so it needs no clock.
Its first line of input says what it is (see `Orders`); it prints its address and serves until the
input ends.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from anlan.demo.days import filed
from anlan.demo.days.recording import Recording, in_ms, moment
from anlan.kernel import clock

PATH: Final = "/api/tide/list"
FORM: Final = "%Y-%m-%d %H:%M:%S"
LARGEST_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Orders:
    """What the platform is told at first: the recording, and unit by stream."""

    recording: Path
    units: Mapping[str, str]

    @classmethod
    def read(cls, line: str) -> Orders:
        """Read the first line."""
        raw = json.loads(line)
        return cls(Path(raw["recording"]), dict(raw["units"]))


class Holdings:
    """What the platform holds."""

    def __init__(self, recording: Recording, units: Mapping[str, str]) -> None:
        mine = [place for place, code in enumerate(recording.codes) if code in units]
        rows = np.flatnonzero(np.isin(recording.stream, mine))
        order = rows[np.lexsort((recording.stream[rows], recording.time[rows]))]
        self._codes, self._units = recording.codes, units
        self._stream, self._time = recording.stream[order], recording.time[order]
        self._value, self._sent = recording.value[order], recording.sent[order]

    def page(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """Answer one request; an unreadable one gets the code such platforms give."""
        try:
            first, last = (_read(asked[name]) for name in ("startTime", "endTime"))
            number, size = (int(asked[name]) for name in ("pageNo", "pageSize"))
        except (KeyError, ValueError) as error:
            return {"code": 400, "msg": f"参数错误：{error}"}
        if not (number > 0 and 0 < size <= LARGEST_PAGE):
            return {"code": 400, "msg": "分页参数错误"}
        # A second is what its times are told to.
        held = (self._time >= first) & (self._time <= last) & (self._sent < last + 1000)
        rows = np.flatnonzero(held)
        part = rows[(number - 1) * size : number * size]
        return {"code": 200, "msg": "", "data": {"total": int(rows.size), "list": self._told(part)}}

    def _told(self, rows: Sequence[int] | np.ndarray) -> list[dict[str, Any]]:
        found = []
        for row in rows:
            code = self._codes[int(self._stream[row])]
            station, _, _ = code.rpartition("-")
            time = clock.local(moment(int(self._time[row]))).strftime(FORM)
            value = float(self._value[row])
            found.append({"STCD": station, "TM": time, "Z": value, "U": self._units[code]})
        return found


def _read(text: str) -> int:
    return in_ms(datetime.strptime(text, FORM).replace(tzinfo=clock.LOCAL_ZONE))


def handler(holdings: Holdings) -> type[BaseHTTPRequestHandler]:
    """Make the handler of a server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            known = parts.path == PATH
            told = holdings.page(dict(parse_qsl(parts.query))) if known else {"code": 404}
            body = json.dumps(told, ensure_ascii=False).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def main() -> None:
    """Serve until the input ends."""
    orders = Orders.read(sys.stdin.readline())
    holdings = Holdings(filed.read(orders.recording), orders.units)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(holdings))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
