"""An erased person is readable nowhere: not in the database, its log, or any file."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.base.conftest import RealWorkspace, copy_of
from anlan.base.vault import ciphers

pytestmark = pytest.mark.slow

FILL = """
import json, random, sys
from django.db import connection, transaction
from anlan.base.jobs.worker import drain
from anlan.base.journal.services import Deed, record_many
from anlan.base.vault import keyring, services as vault
from anlan.base.vault.models import Key
from anlan.kernel.ids import new_id

ids = [new_id() for _ in range(3000)]
random.Random(1).shuffle(ids)  # keys land everywhere in the tree and split its pages
kept = {}
for start in range(0, len(ids), 250):
    part = ids[start:start + 250]
    names = [f"测试人员{n:05d}" for n in range(start, start + 250)]
    sealed = vault.seal_many([(i, {"name": n}) for i, n in zip(part, names)])
    vault.index_many([(i, {"name": [n], "chars": [n]}) for i, n in zip(part, names)])
    with transaction.atomic():
        record_many([Deed(deed="persons.created", by="user:1", subject=("persons", i),
                          changes={"name": ["", s["name"]]}) for i, s in zip(part, sealed)])
    kept.update({i: s["name"] for i, s in zip(part, sealed)})
drain()
rows = {row.subject: bytes(row.wrapped).hex() for row in Key.objects.all()}
plain = {i: k.hex() for i, k in keyring.find(ids).by_subject.items()}
gone = ids[::3]
connection.cursor().execute("ANALYZE")  # statistics hold samples of what they were made of
vault.destroy(gone, by="user:1")
drain()
print(json.dumps({"gone": gone, "kept": kept, "wrapped": rows, "plain": plain}))
"""


Told = dict[str, Any]


@pytest.fixture(scope="module")
def real(
    migrated: RealWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealWorkspace]:
    """One workspace for all of these tests: they only look."""
    with copy_of(migrated, tmp_path_factory.mktemp("erased") / "workspace") as made:
        yield made


@pytest.fixture(scope="module")
def erased(real: RealWorkspace) -> Told:
    """Three thousand persons, a third of them erased."""
    told: Told = json.loads(real.do(FILL).splitlines()[-1])
    return told


def _stored(real: RealWorkspace) -> Iterator[tuple[str, bytes]]:
    """Every byte the workspace keeps, the database server's files included."""
    for path in real.dir.rglob("*"):
        if path.is_file() and path.name != "secret":
            yield path.name, path.read_bytes()
    if real.database_url:
        yield from _server_files(real)


def _server_files(real: RealWorkspace) -> Iterator[tuple[str, bytes]]:
    where = real.do(
        "from django.db import connection\nc = connection.cursor()\n"
        "c.execute('CHECKPOINT')\n"
        "c.execute(\"SELECT current_setting('data_directory'), pg_relation_filepath('vault_key'),"
        " pg_relation_filepath('vault_token')\")\n"
        "print(*c.fetchone())"
    ).split()
    folder = Path(where[0], where[1]).parent
    for path in folder.iterdir():
        if path.is_file() and os.access(path, os.R_OK):
            yield path.name, path.read_bytes()


def _found(keys: Sequence[bytes], content: bytes) -> list[str]:
    """Tell which of some thousands of keys stand anywhere in some bytes, looked through once.

    Looking through a whole database for one key after another takes most of a minute.
    """
    if len(content) < 4:
        return []
    heads = np.unique([int.from_bytes(key[:4], "little") for key in keys])
    data = np.frombuffer(content, np.uint8).astype(np.uint32)
    words = data[:-3] | data[1:-2] << 8 | data[2:-1] << 16 | data[3:] << 24
    likely = np.zeros(1 << 16, np.bool_)
    likely[heads & 0xFFFF] = True
    places = np.flatnonzero(likely[words & 0xFFFF])
    places = places[np.isin(words[places], heads)]
    return [key.hex() for place in places for key in keys if content.startswith(key, int(place))]


def test_many_keys_are_looked_for_in_one_go() -> None:
    keys = [bytes([n % 7, n, 3, n % 5, 9]) for n in range(200)]
    content = b"abc" + keys[4] + keys[150] + keys[4][:4] + keys[7][1:] + keys[199]
    assert _found(keys, content) == [keys[n].hex() for n in (4, 150, 199)]
    assert _found(keys, keys[4][:4]) == _found(keys, keys[4][:3]) == _found(keys, b"") == []


def test_nothing_of_an_erased_persons_key_is_left_in_any_file(
    real: RealWorkspace, erased: Told
) -> None:
    keys = [bytes.fromhex(erased["wrapped"][one]) for one in erased["gone"]]
    keys += [bytes.fromhex(erased["plain"][one]) for one in erased["gone"]]
    living = [bytes.fromhex(erased["wrapped"][one]) for one in list(erased["kept"])[1:50]]
    everything = list(_stored(real))
    assert sum(any(key in content for _, content in everything) for key in living) >= 30
    for name, content in everything:
        left = _found(keys, content)
        assert not left, (name, len(left))


def test_the_ciphertext_that_stays_in_the_journal_opens_with_no_key_there_is(
    real: RealWorkspace, erased: Told
) -> None:
    secret = bytes.fromhex((real.dir / "secret").read_text().strip())
    wrapping = ciphers.wrapping_key(secret)
    gone = list(erased["gone"])
    stored = json.loads(
        real.do(
            "import json\nfrom anlan.base.vault.models import Key\n"
            "print(json.dumps({k.subject: bytes(k.wrapped).hex() for k in Key.objects.all()}))"
        ).splitlines()[-1]
    )
    keys = [
        key
        for subject, wrapped in stored.items()
        if (key := ciphers.decrypt(wrapping, bytes.fromhex(wrapped), subject.encode()))
    ]
    assert len(keys) == 2000 + 1  # the living and the tokens' own
    for subject in gone[:20]:
        sealed = ciphers.sealed_in(erased["kept"][subject])
        assert sealed
        assert not any(ciphers.open_text(key, subject, sealed) for key in keys)
    alive = next(one for one in erased["kept"] if one not in set(gone))
    sealed = ciphers.sealed_in(erased["kept"][alive])
    assert sealed
    assert any(ciphers.open_text(key, alive, sealed) for key in keys)


def test_no_plain_value_is_ever_stored_and_the_chain_survives_erasing(
    real: RealWorkspace, erased: Told
) -> None:
    assert erased["gone"]
    for name, content in _stored(real):
        assert "测试人员0".encode() not in content, name
    assert real.anlan("journal", "verify").returncode == 0
