"""Subject keys in bulk: find, make, unwrap."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

from anlan.base.db.among import among
from anlan.base.vault import ciphers
from anlan.base.vault.models import Key
from anlan.kernel import clock, workspace
from anlan.kernel.errors import Conflict, Missing

#: Subject of the key behind search tokens; so a new master key changes no token.
TOKENS = "#tokens"
#: Subject of the key for the platform's own secrets (one-time password seeds and the like).
PLATFORM = "#platform"
#: Below SQLite's limit of variables in a statement.
CHUNK = 2000

T = TypeVar("T")


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass(frozen=True)
class Master:
    """The workspace's master key, derived once per batch; two of them while it is exchanged."""

    #: What wraps new keys.
    fingerprint: str
    #: Wrapping keys by fingerprint.
    known: Mapping[str, bytes]

    @classmethod
    def of(cls, *secrets: bytes) -> "Master":
        """Derive what is needed; the last secret wraps new keys."""
        known = {ciphers.fingerprint(secret): ciphers.wrapping_key(secret) for secret in secrets}
        return cls(ciphers.fingerprint(secrets[-1]), known)

    def wrap(self, subject: str, key: bytes) -> bytes:
        """Wrap a subject's key."""
        return ciphers.encrypt(self.known[self.fingerprint], key, subject.encode())

    def unwrap(self, subject: str, wrapped: bytes, fingerprint: str) -> bytes | None:
        """Unwrap a key; `Missing` when another master key wrapped it."""
        wrapping = self.known.get(fingerprint)
        if wrapping is None:
            raise Missing(
                f"主密钥不符：数据由主密钥 {fingerprint} 保护，现在的是 {self.fingerprint}。"
                "请取回原来的密钥文件，否则个人信息无法读取。"
            )
        return ciphers.decrypt(wrapping, wrapped, subject.encode())


def secret_file() -> Path:
    """Where the master key lies."""
    return workspace.current().secret_file


def next_file() -> Path:
    """Where the coming master key lies while it is exchanged (`rotation`)."""
    path = secret_file()
    return path.with_name(f"{path.name}.next")


def master() -> Master:
    """Read the master key of this process's workspace."""
    secret = workspace.current().secret()
    try:
        coming = bytes.fromhex(next_file().read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return Master.of(secret)
    return Master.of(secret, coming)


@dataclass(frozen=True)
class Keys:
    """Unwrapped keys by subject, and the subjects whose key was destroyed."""

    by_subject: dict[str, bytes]
    destroyed: frozenset[str]


def find(subjects: Iterable[str], using: Master | None = None) -> Keys:
    """Unwrap the keys of many subjects; a subject without a key is in neither part."""
    wanted = list(dict.fromkeys(subjects))
    using = using or master()
    found: dict[str, bytes] = {}
    destroyed = set()
    for part in chunks(wanted):
        rows: Any = Key.objects.filter(among("subject", part)).values_list(
            "subject", "wrapped", "master", "destroyed_at"
        )
        for subject, wrapped, fingerprint, destroyed_at in rows:
            if destroyed_at is not None:
                destroyed.add(subject)
                continue
            key = using.unwrap(subject, bytes(wrapped), fingerprint)
            if key is not None:
                found[subject] = key
    return Keys(found, frozenset(destroyed))


def make(subjects: Iterable[str]) -> dict[str, bytes]:
    """Find the keys of many subjects and make those missing. Inside the caller's transaction.

    Raises
    ------
    Conflict  when a subject's key was destroyed: an erased person is not written again
    """
    wanted = list(dict.fromkeys(subjects))
    using = master()
    keys = find(wanted, using)
    if keys.destroyed:
        raise Conflict("此人的个人信息已销毁，不能再写入")
    missing = [subject for subject in wanted if subject not in keys.by_subject]
    if not missing:
        return keys.by_subject
    _insert(missing, using)
    # Another writer may have been first with some of them: what is stored counts.
    made = find(missing, using)
    if len(made.by_subject) != len(missing):
        raise Conflict("有人员的密钥已损坏，请运行 anlan doctor")
    return keys.by_subject | made.by_subject


def _insert(subjects: Sequence[str], using: Master) -> None:
    moment = connection.ops.adapt_datetimefield_value(clock.real_now())
    rows = (
        (
            subject,
            using.wrap(subject, os.urandom(ciphers.KEY_BYTES)),
            using.fingerprint,
            moment,
        )
        for subject in subjects
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO vault_key (subject, wrapped, master, made_at, destroyed_by)"
            " VALUES (%s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
            list(rows),
        )
