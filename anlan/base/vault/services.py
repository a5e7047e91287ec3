"""Seal, open, index and destroy personal values, in batches: one query for many keys."""

from collections.abc import Mapping, Sequence
from functools import cache, partial

from django.db import connection, transaction

from anlan.base.vault import ciphers, erasure, keyring, tokens
from anlan.base.vault.ciphers import is_sealed
from anlan.base.vault.followers import FOLLOWERS
from anlan.base.vault.models import Key, Token
from anlan.kernel import clock

__all__ = [
    "ERASED",
    "UNREADABLE",
    "destroy",
    "index",
    "index_many",
    "is_sealed",
    "open",
    "open_bytes",
    "open_many",
    "open_own",
    "seal",
    "seal_bytes",
    "seal_many",
    "seal_own",
]

#: What stands for a value whose key was destroyed.
ERASED = "（已销毁）"
#: What stands for a value that does not open: damaged, or moved from another person.
UNREADABLE = "（无法解密）"

Texts = Mapping[str, str | None]


@transaction.atomic
def seal_many(pairs: Sequence[tuple[str, Texts]]) -> list[dict[str, str | None]]:
    """Seal the values of many subjects, making keys where there are none.

    Parameters
    ----------
    pairs : (subject id, {field: plain text}). None and "" stay as they are; so does a text that
        is sealed already.

    Raises
    ------
    Conflict  when a subject was erased
    """
    wanted = [subject for subject, texts in pairs if any(map(_is_plain, texts.values()))]
    keys = keyring.make(wanted) if wanted else {}
    return [
        {
            field: ciphers.seal_text(keys[subject], subject, text)
            if text is not None and _is_plain(text)
            else text
            for field, text in texts.items()
        }
        for subject, texts in pairs
    ]


def _is_plain(text: str | None) -> bool:
    return bool(text) and not is_sealed(text)


def open_many(pairs: Sequence[tuple[str, Texts]]) -> list[dict[str, str | None]]:
    """Open the values of many subjects; `ERASED` or `UNREADABLE` stands for what does not open."""
    found = [
        {field: ciphers.sealed_in(text) for field, text in texts.items()} for _, texts in pairs
    ]
    wanted = [
        subject for (subject, _), sealed in zip(pairs, found, strict=True) if any(sealed.values())
    ]
    keys = keyring.find(wanted) if wanted else keyring.Keys({}, frozenset())
    return [
        {
            field: _open(keys, subject, inside) if (inside := sealed[field]) else text
            for field, text in texts.items()
        }
        for (subject, texts), sealed in zip(pairs, found, strict=True)
    ]


def _open(keys: keyring.Keys, subject: str, sealed: bytes) -> str:
    key = keys.by_subject.get(subject)
    if key is None:
        return ERASED if subject in keys.destroyed else UNREADABLE
    plain = ciphers.open_text(key, subject, sealed)
    return UNREADABLE if plain is None else plain


def seal(subject: str, text: str) -> str:
    """Seal one value."""
    return seal_many([(subject, {"": text})])[0][""] or ""


def open(subject: str, text: str) -> str:  # noqa: A001 - the counterpart of seal
    """Open one value."""
    return open_many([(subject, {"": text})])[0][""] or ""


@transaction.atomic
def seal_bytes(subject: str, content: bytes) -> bytes:
    """Seal a file that many persons are named in with the key of what it belongs to."""
    return ciphers.encrypt(keyring.make([subject])[subject], content, subject.encode())


def open_bytes(subject: str, sealed: bytes) -> bytes | None:
    """Open a sealed file; None when its key was destroyed or a byte of it differs."""
    key = keyring.find([subject]).by_subject.get(subject)
    return None if key is None else ciphers.decrypt(key, sealed, subject.encode())


def seal_own(text: str) -> str:
    """Seal a secret of the platform itself (a one-time password seed, a gateway's password)."""
    return seal(keyring.PLATFORM, text)


def open_own(text: str) -> str:
    """Open a secret of the platform itself."""
    return open(keyring.PLATFORM, text)


def index(subject: str, kind: str, values: Sequence[str | None]) -> None:
    """Make one subject findable by these values of a kind, and by no others of that kind."""
    index_many([(subject, {kind: values})])


@transaction.atomic
def index_many(pairs: Sequence[tuple[str, Mapping[str, Sequence[str | None]]]]) -> None:
    """Make many subjects findable: (subject id, {kind: all its values}).

    The tokens of each kind named are replaced; kinds not named keep theirs.
    """
    if not pairs:
        return
    key = keyring.make([keyring.TOKENS])[keyring.TOKENS]
    # Many people share a character of their names: each text is digested once a batch.
    digest = cache(partial(ciphers.token, key))
    for part in keyring.chunks(pairs):
        wanted: set[tuple[str, str, int]] = set()
        named: dict[str, list[str]] = {}
        for subject, kinds in part:
            for kind, values in kinds.items():
                named.setdefault(kind, []).append(subject)
                texts = {text for value in values if value for text in tokens.expand(kind, value)}
                wanted.update((subject, kind, digest(kind, text)) for text in texts)
        _replace(wanted, named)


def _replace(wanted: set[tuple[str, str, int]], named: Mapping[str, Sequence[str]]) -> None:
    stale: list[int] = []
    for kind, subjects in named.items():
        kept = Token.objects.filter(kind=kind, subject__in=subjects)
        for pk, subject, mac in kept.values_list("pk", "subject", "mac"):
            if (subject, kind, mac) in wanted:
                wanted.discard((subject, kind, mac))
            else:
                stale.append(pk)
    for part in keyring.chunks(stale):
        Token.objects.filter(pk__in=part).delete()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO vault_token (subject, kind, mac) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            sorted(wanted),
        )


@transaction.atomic
def destroy(subjects: Sequence[str], *, by: object) -> int:
    """Destroy keys and search tokens; return how many keys. The caller journals it.

    What the keys sealed can never be read again, here or in the journal. Whatever else names the
    subjects follows in the same transaction (`followers`). After commit the database's own
    leftovers (write-ahead log, dead rows) are scrubbed; see `erasure`.
    """
    moment = clock.real_now()
    who = str(getattr(by, "ref", by))[:40]
    count = 0
    for part in keyring.chunks(list(dict.fromkeys(subjects))):
        living = Key.objects.filter(subject__in=part, destroyed_at=None)
        # Same length first: the row is overwritten where it lies.
        living.update(wrapped=bytes(ciphers.NONCE_BYTES + ciphers.KEY_BYTES + ciphers.TAG_BYTES))
        count += living.update(wrapped=b"", destroyed_at=moment, destroyed_by=who)
        Token.objects.filter(subject__in=part).delete()
    for follower in FOLLOWERS.values():
        follower(subjects)
    erasure.scrub_after_commit()
    return count
