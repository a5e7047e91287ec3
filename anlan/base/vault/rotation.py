"""Exchanging the master key while everything runs; no personal value is sealed anew.

1. The coming key is written beside the present one; from then on every process knows both.
2. Every subject's key is wrapped anew, a thousand a transaction; each row says which master key
   wraps it, so that a crash anywhere leaves everything readable and a second run goes on.
3. The coming key takes the place of the present one, which is overwritten.
"""

import os
import secrets
import time
from pathlib import Path

from django.db import transaction

from anlan.base.vault import ciphers, erasure, keyring
from anlan.base.vault.models import Key
from anlan.kernel.errors import Conflict
from anlan.kernel.workspace import SECRET_BYTES

BATCH = 1000
#: Somebody may have read the master key just before there were two, and not have committed yet.
GRACE_S = 2.0


def rotate() -> tuple[str, str]:
    """Exchange the master key; return the fingerprints of the former and the new one.

    Old backups need the former key: it must have been put away before.

    Raises
    ------
    Conflict  when a key does not open: nothing is thrown away before everything is wrapped anew
    """
    present, coming = keyring.secret_file(), keyring.next_file()
    if not coming.exists():
        _write(coming, secrets.token_hex(SECRET_BYTES) + "\n")
    using = keyring.master()
    former = next(iter(using.known))
    while _wrap_some(using):
        pass
    time.sleep(GRACE_S)
    while _wrap_some(using):
        pass
    size = present.stat().st_size
    with present.open("r+b") as file:
        file.write(b"0" * size)
        os.fsync(file.fileno())
    coming.replace(present)
    erasure.scrub()
    return former, using.fingerprint


@transaction.atomic
def _wrap_some(using: keyring.Master) -> int:
    old = Key.objects.filter(destroyed_at=None).exclude(master=using.fingerprint)
    rows = list(old.select_for_update().order_by("subject")[:BATCH])
    for row in rows:
        key = using.unwrap(row.subject, bytes(row.wrapped), row.master)
        if key is None:
            raise Conflict(f"{row.subject} 的密钥打不开，更换主密钥已停止；现有数据没有变化")
        row.wrapped, row.master = using.wrap(row.subject, key), using.fingerprint
    Key.objects.bulk_update(rows, ["wrapped", "master"], batch_size=200)
    return len(rows)


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def fingerprint() -> str:
    """Name the present master key."""
    return ciphers.fingerprint(bytes.fromhex(keyring.secret_file().read_text().strip()))
