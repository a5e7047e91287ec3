"""One process that delivers letters: ``python -m anlan.demo.replay.courier``.

The stations of the departments are one, the typhoon page is another. Its first line of input says
what it is (see `Orders`), each later one a span, ``{"after": ms, "until": ms}``; for each it prints
one line: what became of what was due, or an error. It knows an address and a token, nothing else.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from anlan.demo.storms.letters import BULLETIN, WARNING, Letter, read_letters
from anlan.kernel.errors import AnlanError, Conflict, Unavailable

from .links import ANSWER_S, FIRST_WAIT_S, LATER, LONGEST_WAIT_S, PATIENCE_S, connection_to
from .tally import Tally

#: Where each kind of letter goes, and what it is.
DOORS: Final = {
    WARNING: ("/api/v1/alerts/inbox", "application/xml"),
    BULLETIN: ("/api/v1/forecasts/typhoons", "application/json"),
}
TAKEN: Final = (200, 201)
#: Warnings older than this hold no longer.
LATELY_MS: Final = 3 * 86_400_000


@dataclass(frozen=True, slots=True)
class Orders:
    """What a courier is told at first: the letters' file, the address, its door and token.

    ``start`` is when the replay begins, ms: what was sent before lies in the box already then.
    """

    letters: Path
    url: str
    door: str
    token: str
    start: int

    @classmethod
    def read(cls, line: str) -> Orders:
        """Read the first line."""
        raw = json.loads(line)
        return cls(Path(raw["letters"]), raw["url"], raw["door"], raw["token"], raw["start"])


class Courier:
    """Posts the letters of one door, in their order."""

    def __init__(self, orders: Orders) -> None:
        self._orders, self._url = orders, urlsplit(orders.url)
        self._path, self._type = DOORS[orders.door]
        self._letters = [one for one in read_letters(orders.letters) if one.door == orders.door]

    def send(self, after: int, until: int) -> Tally:
        """Deliver what is due after a time and until another; all taken on return.

        Raises `Conflict` for a letter that the door refuses, `Unavailable` after patience.
        """
        tally = Tally()
        due = [one for one in self._letters if after < one.at <= until]
        before = self._before(after) if after == self._orders.start else []
        for letter in (*before, *due):
            self._deliver(letter, tally)
        return tally

    def _before(self, start: int) -> list[Letter]:
        """List what had come before: the newest bulletin tells all, of warnings those lately."""
        earlier = [one for one in self._letters if one.at <= start]
        if self._orders.door == BULLETIN:
            return earlier[-1:]
        return [one for one in earlier if start - one.at <= LATELY_MS]

    def _deliver(self, letter: Letter, tally: Tally) -> None:
        until, wait = time.monotonic() + PATIENCE_S, FIRST_WAIT_S
        while True:
            status, body = self._try(letter)
            if status in TAKEN:
                tally.letters += 1
                return
            if status not in (0, *LATER):
                raise Conflict(f"{self._path} 拒绝了「{letter.title}」（{status}）：{body[:300]!r}")
            if time.monotonic() > until:
                raise Unavailable(f"「{letter.title}」{PATIENCE_S:.0f} 秒没有得到确认")
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)

    def _try(self, letter: Letter) -> tuple[int, bytes]:
        """Post once; status 0 when nobody answered."""
        connection = connection_to(self._url, ANSWER_S)
        headers = {"Content-Type": self._type, "Authorization": f"Bearer {self._orders.token}"}
        try:
            path = f"{self._url.path.rstrip('/')}{self._path}"
            connection.request("POST", path, letter.body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error).encode()
        finally:
            connection.close()


def main() -> None:
    """Deliver until the input ends."""
    courier = Courier(Orders.read(sys.stdin.readline()))
    for line in sys.stdin:
        span = json.loads(line)
        try:
            _tell(courier.send(span["after"], span["until"]).plain())
        except AnlanError as error:
            _tell({"error": error.detail})


def _tell(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
