"""Several machines with one database: each source is pulled by one, and any can go on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from anlan.gateways.sources import sharing
from anlan.gateways.sources.models import SourceState
from anlan.gateways.sources.sharing import (
    Book,
    DatabaseClaims,
    FileClaims,
    SharedStates,
    sharing_of,
)
from anlan.gateways.sources.states import Attempt, Counts, State, States
from anlan.gateways.sources.windows import Span
from anlan.kernel.errors import Unavailable

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["file", "tables"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Book:
    """Each place where states are kept."""
    return States(tmp_path / "s.sqlite3") if request.param == "file" else SharedStates()


def test_states_are_read_back_as_they_were_kept(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.gateways.sources.states.MOST_TRIES", 10)
    monkeypatch.setattr(sharing, "MOST_TRIES", 10)
    assert (book.get("x"), book.all(), book.tries("x")) == (State(), {}, [])
    state = State(gaps=(Span(1, 2),), notes=("a",), last=Counts(records=3), cursor="水")
    tries = [Attempt(at, 2, ok=True, cause="", reason="", counts=Counts()) for at in range(15)]
    for attempt in tries:
        book.save("x", state, attempt)
    book.save("y", State())
    assert book.all() == {"x": state, "y": State()}
    assert book.tries("x", 10_000) == tries[:4:-1]
    assert book.tries("x", 2) == tries[:-3:-1]
    assert book.tries("y") == []


def test_what_the_database_cannot_take_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(SourceState.objects, "update_or_create", away)
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own goes on
    with pytest.raises(Unavailable, match="数据库暂时不可用"):
        SharedStates().save("x", State())


def test_the_database_decides_how_sources_are_shared(tmp_path: Path) -> None:
    shared = connection.vendor == "postgresql"
    chosen = sharing_of(tmp_path)
    assert isinstance(chosen.book, SharedStates if shared else States)
    assert isinstance(chosen.claims, DatabaseClaims if shared else FileClaims)


@pytest.fixture
def machines() -> Iterator[tuple[DatabaseClaims, DatabaseClaims]]:
    """Two machines on one database."""
    if connection.vendor != "postgresql":
        pytest.skip("advisory locks are PostgreSQL's; embedded there is one machine")
    one, other = DatabaseClaims(), DatabaseClaims()
    yield one, other
    one.release()
    other.release()


def test_each_source_is_pulled_by_one_machine(
    machines: tuple[DatabaseClaims, DatabaseClaims],
) -> None:
    one, other = machines
    assert one.hold("water")
    assert one.hold("water")
    assert not other.hold("water")
    assert other.hold("weather")
    assert not one.hold("weather")


def test_the_next_machine_takes_over_when_one_dies_or_loses_the_database(
    machines: tuple[DatabaseClaims, DatabaseClaims],
) -> None:
    one, other = machines
    assert one.hold("water")
    pid = one._connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert other.hold("water")
    assert not one.hold("water")  # told at once that it is not its own any more
    assert not one.hold("water")
    other.release()
    until = time.monotonic() + 30
    while not one.hold("water"):  # the database lets go once it has seen the line end
        assert time.monotonic() < until
        time.sleep(0.05)
