"""Signed heads of the chain, as files outside the database.

Whoever can write the database can write a new chain; a head that was signed, printed and put into
a drawer cannot be written anew. ``DIR/journal.key`` is the Ed25519 key (0600), ``DIR/anchors/``
holds one JSON and one printable text a head, and ``head.json``, the newest, renewed as the chain
grows (at most once a second), so that a journal cut short is found.
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from anlan.base.journal.canonical import spell
from anlan.kernel import workspace
from anlan.kernel.errors import Conflict, Invalid
from anlan.kernel.ids import new_id

HEAD = "head.json"
KEY_BYTES = 32


@dataclass(frozen=True)
class Anchor:
    """A signed statement: the chain had this value at this entry at this time."""

    workspace: str
    seq: int
    chain: str
    #: Real time, RFC 3339.
    at: str
    by: str
    public_key: str
    signature: str = ""

    @property
    def message(self) -> bytes:
        """The bytes that are signed: canonical JSON of everything but the signature."""
        facts = asdict(self)
        del facts["signature"]
        return b"anlan journal anchor 1\n" + spell(facts)

    def is_genuine(self) -> bool:
        """Tell whether the signature belongs to the statement and its public key."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))
            key.verify(bytes.fromhex(self.signature), self.message)
        except (InvalidSignature, ValueError):
            return False
        return True


def folder() -> Path:
    """Where the anchors of this workspace lie."""
    return workspace.directory() / "anchors"


def signing_key() -> Ed25519PrivateKey:
    """Read the signing key of this workspace, making it the first time."""
    path = workspace.directory() / "journal.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    made = Ed25519PrivateKey.generate()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made.private_bytes_raw().hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return made


def _read_key(path: Path) -> Ed25519PrivateKey:
    for _ in range(50):  # its maker may be about to write it
        text = path.read_text(encoding="ascii").strip()
        if len(text) == 2 * KEY_BYTES:
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))
        time.sleep(0.01)
    raise Conflict(f"{path} 不是签名密钥；从备份取回它，或移走它以便生成新的密钥")


def public_key() -> str | None:
    """Tell the public key in hexadecimal; None when there is no key yet."""
    path = workspace.directory() / "journal.key"
    if not path.exists():
        return None
    return signing_key().public_key().public_bytes_raw().hex()


def kept() -> list[tuple[str, Anchor | None]]:
    """Read every anchor kept, with its file's name; None stands for one that cannot be read."""
    found: list[tuple[str, Anchor | None]] = []
    for path in sorted(folder().glob("*.json")):
        try:
            found.append((path.name, read(path)))
        except Invalid:
            found.append((path.name, None))
    return found


def read(path: Path) -> Anchor:
    """Read an anchor; `Invalid` when the file is not one. Its signature is not judged here."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Anchor(**{key: type_(raw[key]) for key, type_ in Anchor.__annotations__.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(f"{path.name} 不是锚定文件") from error


def printable(made: Anchor) -> str:
    """Write an anchor for paper: groups of four, so that two people can compare it aloud."""

    def grouped(text: str) -> str:
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4))

    return (
        "安澜 留痕锚定 / Anlan journal anchor\n"
        f"工作区 workspace   {made.workspace}\n"
        f"条目号 entry       {made.seq}\n"
        f"链值 chain (SM3)   {grouped(made.chain)}\n"
        f"时间 time          {made.at}\n"
        f"封存人 by          {made.by}\n"
        f"公钥 public key (Ed25519)\n  {grouped(made.public_key)}\n"
        f"签名 signature\n  {grouped(made.signature)}\n"
    )


def spelled(made: Anchor) -> str:
    """Write an anchor as the text of its file."""
    return json.dumps(asdict(made), ensure_ascii=False, indent=2) + "\n"


def keep(path: Path, text: str) -> None:
    """Write a file whole or not at all, on the disk when this returns."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{new_id()}.new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
