"""The bytes: ``DIR/files/ab/cdef...``, named by their SM3 digest, written whole or not at all."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SM3, Hash

from anlan.kernel import workspace
from anlan.kernel.errors import Missing


def digest(content: bytes) -> str:
    """Return the SM3 digest of some bytes, 64 hexadecimal digits."""
    made = Hash(SM3())
    made.update(content)
    return made.finalize().hex()


def path_of(sm3: str) -> Path:
    """Tell where the bytes of a digest lie."""
    return workspace.directory() / "files" / sm3[:2] / sm3[2:]


def put(content: bytes) -> str:
    """Store bytes durably and return their digest; bytes that are there already are not written."""
    sm3 = digest(content)
    path = path_of(sm3)
    if path.exists():
        return sm3
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sm3


def read(sm3: str) -> bytes:
    """Read the bytes of a digest; `Missing` when they are gone."""
    try:
        return path_of(sm3).read_bytes()
    except FileNotFoundError:
        raise Missing("附件的内容已不在") from None


def wipe(sm3: str) -> None:
    """Overwrite and remove the bytes of a digest."""
    path = path_of(sm3)
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(bytes(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
