"""Somebody of the demo county at a browser, and a look into an exercise's records."""

import http.cookiejar
import json
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

PATIENCE_S = 120.0


class Desk:
    """A session of one account."""

    def __init__(self, url: str, username: str) -> None:
        """Log in."""
        from anlan.demo.users import PASSWORD

        self._url, self._jar = url, http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self._csrf = self.get("/session")["csrf"]
        self.post("/session", {"username": username, "password": PASSWORD})
        self._csrf = self.get("/session")["csrf"]

    @property
    def cookies(self) -> str:
        """Spell the header that says who this is."""
        return "Cookie: " + "; ".join(f"{one.name}={one.value}" for one in self._jar)

    def get(self, path: str) -> Any:
        """Read something."""
        return self._ask(urllib.request.Request(f"{self._url}/api/v1{path}"))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Do something."""
        head = {"Content-Type": "application/json", "X-CSRF-Token": self._csrf}
        told = json.dumps(body).encode()
        return self._ask(urllib.request.Request(f"{self._url}/api/v1{path}", told, head))

    def _ask(self, request: urllib.request.Request) -> Any:
        with self._opener.open(request, timeout=PATIENCE_S) as answer:
            body = answer.read()
        return json.loads(body) if body else None


class Records:
    """An exercise's records, read beside the platform: asking it would be work for it."""

    def __init__(self, place: Path) -> None:
        self._path = place / "records.sqlite3"

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask."""
        address = f"file:{self._path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10)) as records:
            return list(records.execute(statement, values))

    def count(self, statement: str, *values: object) -> int:
        """Ask for one number."""
        return int(self.rows(statement, *values)[0][0])


def waited(ready: Callable[[], bool]) -> float:
    """Wait until something is so; tells when it was first seen to be, by `time.perf_counter`."""
    until = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > until:
            raise AssertionError("it did not come about")
        time.sleep(0.005)
    return time.perf_counter()
