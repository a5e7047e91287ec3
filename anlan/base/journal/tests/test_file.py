"""Bits flipped in the database file itself, past every database and its checks."""

import json

import pytest

from anlan.base.conftest import RealWorkspace

pytestmark = pytest.mark.slow

FLIP = """
import json, sys
from pathlib import Path
from django.db import connection, transaction
from anlan.base.journal.models import Detail, Entry
from anlan.base.journal.services import Deed, record_many
from anlan.base.journal.services.anchoring import anchor
from anlan.base.journal.services.sealing import seal_due
from anlan.base.journal.verification import verify
from anlan.kernel import workspace

with transaction.atomic():
    record_many([
        Deed(deed="shelters.edited", by="user:1", subject=("shelters", f"S{n:03d}"),
             region="339901", case="C", changes={"name": ["x", "y" * 20]}) for n in range(40)
    ])
seal_due()
anchor(by="system:test")
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
entry = Entry.objects.get(seq=20)
detail = Detail.objects.get(entry=entry)
file = workspace.directory() / "records.sqlite3"
content = file.read_bytes()

# A row lies as: its length (2 bytes), row id (1), header (13: its length and every column's
# type), then the columns; whole is the end of an entry, and seq one byte.
whole = bytes(entry.digest) + bytes(entry.chain)
at = entry.at.replace(tzinfo=None)
texts = [str(at), entry.deed, entry.by, "shelters", "S019", "339901", "C", "register"]
begin = content.index(whole) - sum(map(len, texts)) - 1 - 13 - 1 - 2
places = set(range(begin, content.index(whole) + len(whole)))
# The one byte that means nothing: the type of the id column, whose value is the row id instead.
places.remove(begin + 4)
said = bytes(detail.salt) + detail.body.encode()
places |= set(range(content.index(said) - 4, content.index(said) + len(said)))
found, silent = 0, []
for number, place in enumerate(sorted(places)):
    connection.close()
    changed = bytearray(content)
    changed[place] ^= 1 << number % 8
    file.write_bytes(bytes(changed))
    for leftover in ("records.sqlite3-wal", "records.sqlite3-shm"):
        (file.parent / leftover).unlink(missing_ok=True)
    verdict = verify()
    if verdict.ok:
        silent.append([place, number % 8, place - begin])
    else:
        found += 1
connection.close()
file.write_bytes(content)
print(json.dumps({"found": found, "silent": silent, "whole": verify().ok}))
"""


def test_a_flipped_byte_of_the_file_is_found(real: RealWorkspace) -> None:
    if real.database_url:
        pytest.skip("PostgreSQL's files are its own; its columns are flipped by SQL")
    told = json.loads(real.do(FLIP).splitlines()[-1])
    assert told["silent"] == []
    assert told["found"] > 200
    assert told["whole"]
