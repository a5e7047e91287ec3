"""Destroyed keys leave the database's files, or scrubbing says that they have not yet."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from anlan.base.vault import erasure, services
from anlan.base.vault.models import Key
from anlan.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 删去的行不留给别的读者")


@contextmanager
def somebody_sees_the_time_before() -> Iterator[None]:
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM vault_token")
        yield
    finally:
        reader.close()


def sealed(count: int) -> list[str]:
    subjects = [new_id() for _ in range(count)]
    services.seal_many([(one, {"name": "李雷"}) for one in subjects])
    return subjects


def test_keys_that_a_reader_still_sees_are_not_taken_for_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasure, "PATIENCE_MS", 200)
    gone = sealed(20)
    with somebody_sees_the_time_before():
        Key.objects.filter(subject__in=gone).delete()
        assert not erasure.scrub()
    assert erasure.scrub()


def test_a_reader_that_soon_leaves_is_waited_for() -> None:
    gone = sealed(20)
    held, leave = threading.Event(), threading.Event()

    def read() -> None:
        with somebody_sees_the_time_before():
            held.set()
            leave.wait()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        held.wait()
        Key.objects.filter(subject__in=gone).delete()
        threading.Timer(0.3, leave.set).start()
        begun = time.monotonic()
        assert erasure.scrub()
        assert time.monotonic() - begun >= 0.2
    finally:
        leave.set()
        reader.join()
