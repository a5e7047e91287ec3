"""SM4-GCM and HMAC-SM3 as pure functions over bytes and text.

A value is sealed under its subject's own 16-byte key and bound to the subject's id, so that a
ciphertext moved to another person does not open. Subject keys are wrapped by a key derived from
the workspace's master key.

Source: GB/T 32907-2016 (SM4), GB/T 32905-2016 (SM3), NIST SP 800-38D (GCM), RFC 2104 (HMAC).
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 16, 12, 16
#: What a sealed text begins with; the digit is the version of the form.
PREFIX = "s1:"
_WRAP, _PRINT = b"anlan/vault/wrap/1", b"anlan/vault/fingerprint/1"


def digest(key: bytes, message: bytes) -> bytes:
    """HMAC-SM3, 32 bytes."""
    mac = HMAC(key, SM3())
    mac.update(message)
    return mac.finalize()


def fingerprint(master: bytes) -> str:
    """Name a master key without telling it: 8 hexadecimal digits."""
    return digest(master, _PRINT)[:4].hex()


def wrapping_key(master: bytes) -> bytes:
    """Derive the key that wraps subject keys."""
    return digest(master, _WRAP)[:KEY_BYTES]


def encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Encrypt to nonce, ciphertext and tag; `bound` must be given again to decrypt."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(bound)
    return nonce + cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    """Decrypt what `encrypt` made; None when key, `bound` or any byte differs."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        return None
    nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(bound)
    try:
        return cipher.update(body) + cipher.finalize()
    except InvalidTag:
        return None


def seal_text(key: bytes, subject: str, text: str) -> str:
    """Seal a text: ``s1:`` and base64."""
    sealed = encrypt(key, text.encode(), subject.encode())
    return PREFIX + base64.b64encode(sealed).decode("ascii")


def open_text(key: bytes, subject: str, sealed: bytes) -> str | None:
    """Open what `sealed_in` read; None when it does not open."""
    plain = decrypt(key, sealed, subject.encode())
    return None if plain is None else plain.decode()


def sealed_in(text: str | None) -> bytes | None:
    """Read what `decrypt` takes from a sealed text; None for a text that has not its form."""
    if not text or not text.startswith(PREFIX):
        return None
    try:
        sealed = base64.b64decode(text[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return sealed if len(sealed) >= NONCE_BYTES + TAG_BYTES else None


def is_sealed(text: str | None) -> bool:
    """Tell whether a text has the form of a sealed one."""
    return sealed_in(text) is not None


def token(key: bytes, kind: str, text: str) -> int:
    """Return the search token of a text: 8 bytes of HMAC-SM3 as a signed number."""
    return int.from_bytes(digest(key, f"{kind}\0{text}".encode())[:8], "big", signed=True)
