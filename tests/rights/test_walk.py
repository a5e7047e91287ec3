"""Every address, asked as everybody: the table beside this file says who gets what.

``table.csv`` has a line for every ask and a column for everybody who asks:

- ``yes``   answered, and something of this county was in it (or it was done),
- ``empty`` answered, with nothing of this county (or the same for everybody),
- ``no``    403: refused,
- ``none``  404: there is no such thing, as far as they are told,
- ``login`` 401: who are you?

A difference fails. To accept new ones, run with ``ANLAN_WRITE_RIGHTS=1`` and read the diff.
"""

import csv
import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver

from anlan.base.conftest import workspace_of_tests
from anlan.project.urls import api
from tests.rights.asking import Ask
from tests.rights.asks import ASKS, PAGES
from tests.rights.warning import OPEN_PAGES
from tests.rights.world import CHARLIES, World, build, undone

__all__ = ["workspace_of_tests"]

pytestmark = [pytest.mark.django_db, pytest.mark.story]

TABLE = Path(__file__).with_name("table.csv")
SAID = {401: "login", 403: "no", 404: "none"}
#: Open to everybody on purpose: who am I (nobody), log in, is it alive, the pages themselves, and
#: what warnings tell the public.
OPEN = {"GET /session", "POST /session", "GET /healthz", "GET /^(?!api/)", *OPEN_PAGES}

#: The server as a whole, which every system administrator of it runs; it tells ids, not rows.
SERVER = ("/stuck", "/metrics", "/api/docs", "/openapi.json")


@pytest.fixture
def world(db: None, settings: Any) -> World:  # noqa: ARG001 - the database
    """One of everything."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return build()


def addresses() -> set[str]:
    """List every address of the API as ``METHOD /path``."""
    return {
        f"{method} {path}"
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def pages() -> set[str]:
    """List every address outside the API."""
    patterns = [str(pattern.pattern) for pattern in get_resolver().url_patterns]
    return {f"GET /{pattern}" for pattern in patterns if pattern != "api/v1/"}


def walks() -> Iterator[tuple[str, Ask]]:
    """List every ask with the name of its line."""
    for address, asks in sorted(ASKS.items()):
        for ask in asks:
            yield f"{address} ({ask.note})" if ask.note else address, ask
    yield from sorted(PAGES.items())


def send(client: Client, name: str, ask: Ask, world: World) -> HttpResponseBase:
    """Ask once; whatever it does is undone."""
    path = ask.path.format(**world.ids)
    if name not in PAGES:
        path = f"/api/v1{path}"
    method = getattr(client, name.split()[0].lower())
    body = ask.body(world) if callable(ask.body) else ask.body
    with undone():
        if ask.form is not None:
            return method(path, ask.form())  # type: ignore[no-any-return]
        if body is not None:
            return method(path, json.dumps(body), content_type="application/json")  # type: ignore[no-any-return]
        return method(path)  # type: ignore[no-any-return]


def text_of(response: Any) -> str:
    """Read an answer whatever it is packed in."""
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    if whole[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(whole)) as packed:
            whole = b"\n".join(packed.read(name) for name in packed.namelist())
    elif whole[:2] == b"\x1f\x8b":
        whole = gzip.decompress(whole)
    return bytes(whole).decode("utf-8", errors="replace")


def verdict(response: Any, world: World, name: str, ask: Ask) -> str:
    """Say in one word what became of an ask."""
    said = SAID.get(response.status_code)
    if said is not None:
        return said
    assert response.status_code != 500, text_of(response)
    if not name.startswith("GET "):
        return "yes"  # done, or refused by the thing's own state: the right was there
    if ask.same:
        return "empty"
    text = text_of(response)
    return "yes" if any(secret in text for secret in world.secrets) else "empty"


def test_every_address_is_walked() -> None:
    assert addresses() == set(ASKS)
    assert pages() == set(PAGES)


def test_everybody_gets_what_the_table_says(world: World) -> None:
    people = list(world.clients)
    found = {
        name: {
            who: verdict(send(world.clients[who], name, ask, world), world, name, ask)
            for who in people
        }
        for name, ask in walks()
    }
    if os.environ.get("ANLAN_WRITE_RIGHTS"):
        write(found, people)
    with TABLE.open(encoding="utf-8", newline="") as file:
        table = {row.pop("ask"): row for row in csv.DictReader(file)}
    assert set(found) == set(table), "a line is missing or too much"
    differences = [
        f"{who}: {name}: {table[name][who]} -> {what}"
        for name, row in found.items()
        for who, what in row.items()
        if table[name].get(who) != what
    ]
    assert not differences, "\n".join(differences)


def write(found: dict[str, dict[str, str]], people: list[str]) -> None:
    """Write the table as it is now."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["ask", *people], lineterminator="\n")
        writer.writeheader()
        for name, row in found.items():
            writer.writerow({"ask": name, **row})


def table() -> dict[str, dict[str, str]]:
    """Read the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("ask"): row for row in csv.DictReader(file)}


def test_a_stranger_is_asked_to_log_in_everywhere() -> None:
    for name, row in table().items():
        if name not in OPEN:
            assert row["stranger"] in ("login", "none"), name


def test_an_account_without_a_role_sees_nothing_of_the_county() -> None:
    for name, row in table().items():
        if name.startswith("GET "):
            assert row["nobody"] != "yes", name


def test_an_account_that_hands_warnings_in_does_that_and_reads_nothing() -> None:
    push = {"POST /alerts/inbox"}
    for name, row in table().items():
        assert row["department"] == ("yes" if name in push else row["nobody"]), name


def test_charlie_of_the_next_county_sees_nothing_and_touches_nothing() -> None:
    asks = dict(walks())
    for name, row in table().items():
        for charlie in CHARLIES:
            if charlie == "charlie-system-admin" and any(part in name for part in SERVER):
                continue
            if name.startswith("GET "):
                assert row[charlie] != "yes", (charlie, name)
            elif "{" in asks[name].path:  # a deed on something of this county
                assert row[charlie] in ("no", "none"), (charlie, name)


def test_the_three_administrators_see_no_business() -> None:
    for name, row in table().items():
        if "/registers" in name or "/obligations/{" in name or "/notices" in name:
            for who in ("system-admin", "security-admin", "audit-admin"):
                assert row[who] != "yes", (who, name)
        if "/journal" in name:
            assert row["system-admin"] != "yes", name
            assert row["security-admin"] != "yes", name
