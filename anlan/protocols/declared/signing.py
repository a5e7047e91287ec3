"""Signatures over declared texts: HMAC and plain digests, SM3 among them."""

import base64
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives import hashes, hmac

Hashing = hashes.HashAlgorithm

Digest = Callable[[bytes, bytes], bytes]


def _keyed(kind: Hashing) -> Digest:
    def made(key: bytes, text: bytes) -> bytes:
        state = hmac.HMAC(key, kind)
        state.update(text)
        return state.finalize()

    return made


def _plain(kind: Hashing) -> Digest:
    def made(_key: bytes, text: bytes) -> bytes:
        return digest(kind, text)  # the secret is in the text, where the declaration puts it

    return made


def digest(kind: Hashing, text: bytes) -> bytes:
    """Digest a text."""
    state = hashes.Hash(kind)
    state.update(text)
    return state.finalize()


#: MD5 and SHA-1 are here because platforms in service ask for them.
HASHES: Mapping[str, Hashing] = {
    "sm3": hashes.SM3(),
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
    "sha1": hashes.SHA1(),  # noqa: S303
    "md5": hashes.MD5(),  # noqa: S303
}
ALGORITHMS: Mapping[str, Digest] = {
    **{f"hmac-{name}": _keyed(kind) for name, kind in HASHES.items()},
    **{name: _plain(kind) for name, kind in HASHES.items()},
}
ENCODINGS: Mapping[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "HEX": lambda raw: raw.hex().upper(),
    "base64": lambda raw: base64.b64encode(raw).decode("ascii"),
}


def sign(algorithm: str, encoding: str, secret: str, text: str) -> str:
    """Sign a text.

    >>> sign("hmac-sm3", "hex", "key", "text")[:16]
    '2212d8b3f1720666'
    """
    return ENCODINGS[encoding](ALGORITHMS[algorithm](secret.encode(), text.encode()))
