"""Whose signature counts: certificates as PEM files in ``DIR/conf/signers``, looked at when used.

They are the certificates of the signers themselves, got from them by a way that is not the message;
a message's own proves nothing. A file that holds none is named on the page of what it concerns.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509

from anlan.kernel import workspace
from anlan.protocols.alerting.signing import State, verify

FOLDER: Final = Path("conf") / "signers"
LONGEST_NAME: Final = 300

#: Name, time of change and size of every file.
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Signers:
    """The certificates that are trusted, and the files that hold none."""

    certificates: tuple[x509.Certificate, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What a message's signature is worth here."""

    state: State
    #: Who signed, as the certificate says it; "" unless the signature is good.
    signer: str = ""
    #: Whether it fails by the days of the certificate.
    outdated: bool = False


def signers() -> Signers:
    """List whom we trust now; the files are read again when one changes."""
    folder = workspace.directory() / FOLDER
    return _signers(folder, _stamp(folder))


def judge(xml: bytes, at: datetime) -> Judged:
    """Judge the signature on a message that could be read, at a time."""
    verdict = verify(xml, signers().certificates, at=at)
    held = verdict.certificate
    name = held.subject.rfc4514_string()[:LONGEST_NAME] if held is not None else ""
    return Judged(verdict.state, name, verdict.outdated)


def _stamp(folder: Path) -> Stamp:
    paths = sorted(folder.glob("*.pem")) if folder.is_dir() else []
    stats = ((path.name, path.stat()) for path in paths)
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@lru_cache(maxsize=4)
def _signers(folder: Path, stamp: Stamp) -> Signers:
    found: list[x509.Certificate] = []
    wrong: list[str] = []
    for name, _, _ in stamp:
        try:
            found += x509.load_pem_x509_certificates((folder / name).read_bytes())
        except (OSError, ValueError):
            wrong.append(name)
    return Signers(tuple(found), tuple(wrong))
