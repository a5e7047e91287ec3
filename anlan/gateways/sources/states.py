"""How far each source has been read, and how the last tries went: a small file of its own.

``DIR/sources/state.sqlite3``. The ingest process writes it, after the columns are durable; the web
processes read it. Losing it costs nothing but asking again.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from anlan.gateways.sources.windows import Span

FILE = "state.sqlite3"
#: Tries kept of each source.
MOST_TRIES = 500
#: Rejected rows kept of each source, the newest first.
MOST_SAMPLES = 100

_TABLES = """
CREATE TABLE IF NOT EXISTS source (key TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS try (id INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS try_key ON try (key, id);
"""
_READY = "SELECT 1 FROM sqlite_master WHERE name = 'try_key'"


@dataclass(frozen=True, slots=True)
class Counts:
    """What one try, or all of them, came to. Rows are values, not records."""

    requests: int = 0
    records: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    #: Marks for "no value".
    missing: int = 0
    #: None of ours, as declared.
    ignored: int = 0
    #: Of those accepted or known: stored as back-fill.
    backfilled: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Add them up."""
        mine, more = asdict(self), asdict(other)
        return Counts(**{name: count + more[name] for name, count in mine.items()})


@dataclass(frozen=True, slots=True)
class Sample:
    """A rejected row."""

    at_ms: int
    field: str
    reason: str
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try."""

    at_ms: int
    took_ms: int
    ok: bool
    cause: str
    reason: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class State:
    """Where a source stands. Times are milliseconds since 1970 UTC, None is never."""

    #: Of the declaration that was tried last.
    version: str = ""
    #: All up to here has been asked for, but for the gaps.
    good_until_ms: int | None = None
    gaps: tuple[Span, ...] = ()
    cursor: str = ""
    #: Time of the newest value it gave.
    newest_ms: int | None = None
    last_try_ms: int | None = None
    last_good_ms: int | None = None
    next_try_ms: int | None = None
    failures: int = 0
    cause: str = ""
    reason: str = ""
    #: What is odd without being a failure.
    notes: tuple[str, ...] = ()
    #: Declared fields that no record has.
    absent: tuple[str, ...] = ()
    last: Counts = field(default_factory=Counts)
    total: Counts = field(default_factory=Counts)
    samples: tuple[Sample, ...] = ()
    #: A feed of warnings: what it was when it was read last, so that it need not be sent again.
    etag: str = ""
    modified: str = ""
    #: Marks of its entries that were dealt with, and of those whose message did not come.
    taken: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


class States:
    """The file. One writer, any number of readers."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> State:
        """Read one source's state; a fresh one where it was never tried."""
        return self.all().get(key, State())

    def all(self) -> dict[str, State]:
        """Read every source's state."""
        with self._open(write=False) as database:
            rows = database.execute("SELECT key, body FROM source") if database else ()
            return {key: read_state(body) for key, body in rows}

    def save(self, key: str, state: State, attempt: Attempt | None = None) -> None:
        """Keep a state, and the try that led to it; durable on return."""
        with self._open(write=True) as database:
            assert database is not None
            database.execute("REPLACE INTO source VALUES (?, ?)", (key, text_of(asdict(state))))
            if attempt is not None:
                row = (key, text_of(asdict(attempt)))
                database.execute("INSERT INTO try (key, body) VALUES (?, ?)", row)
                database.execute(
                    "DELETE FROM try WHERE key = ? AND id <= (SELECT id FROM try WHERE key = ?"
                    " ORDER BY id DESC LIMIT 1 OFFSET ?)",
                    (key, key, MOST_TRIES),
                )

    def tries(self, key: str, most: int = 50) -> list[Attempt]:
        """List the newest tries of a source, the newest first."""
        with self._open(write=False) as database:
            if database is None:
                return []
            rows = database.execute(
                "SELECT body FROM try WHERE key = ? ORDER BY id DESC LIMIT ?", (key, most)
            )
            return [read_attempt(body) for (body,) in rows]

    @contextmanager
    def _open(self, *, write: bool) -> Iterator[sqlite3.Connection | None]:
        """Open it for one piece of work; None for a reader before the first writer."""
        if not write and not self._path.exists():
            yield None
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=10)) as database:
            if write:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("PRAGMA synchronous=FULL")
                database.executescript(_TABLES)
            elif not database.execute(_READY).fetchone():  # the first writer is not that far yet
                yield None
                return
            with database:
                yield database


def text_of(body: Mapping[str, Any]) -> str:
    """Write a row down."""
    return json.dumps(body, ensure_ascii=False)


def _known(kind: type[Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Take what this version knows of a row that another version may have written."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in raw.items() if name in names}


def read_state(body: str) -> State:
    """Read a state that was written down."""
    raw = _known(State, json.loads(body))
    return State(
        **raw
        | {
            "gaps": tuple(Span(**gap) for gap in raw["gaps"]),
            "notes": tuple(raw["notes"]),
            "absent": tuple(raw["absent"]),
            "last": Counts(**_known(Counts, raw["last"])),
            "total": Counts(**_known(Counts, raw["total"])),
            "samples": tuple(Sample(**_known(Sample, one)) for one in raw["samples"]),
            "taken": tuple(raw.get("taken", ())),
            "missed": tuple(raw.get("missed", ())),
        }
    )


def read_attempt(body: str) -> Attempt:
    """Read a try that was written down."""
    raw = _known(Attempt, json.loads(body))
    return Attempt(**raw | {"counts": Counts(**_known(Counts, raw["counts"]))})
