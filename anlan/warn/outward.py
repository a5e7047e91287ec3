"""What we are called outside, and the key we sign with: ``[alerts]`` in ``DIR/conf/settings.toml``.

::

    [alerts]
    cap_sender = "alerts@example.gov.cn"    # sender of our CAP messages
    national_sender = "33990100000000"      # our 14 digits in the national system, once assigned
    national_max_polygon_points = 100       # points of all polygons together it takes; 0: any

Without the first our sender is named after the county; without the second no national message is
written. ``DIR/cap/key.pem`` and ``certificate.pem`` sign; they are made the first time, and may be
replaced by a pair of a certification authority's.
"""

import os
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from anlan.kernel import workspace
from anlan.kernel.clock import real_now
from anlan.kernel.errors import Invalid
from anlan.protocols.alerting.cap.shape import NAME
from anlan.protocols.alerting.message12379.identifiers import is_sender
from anlan.protocols.alerting.signing import Key

FILE: Final = "conf/settings.toml"
TABLE: Final = "alerts"
YEARS: Final = 20
POINTS: Final = "national_max_polygon_points"
#: Fewer points than these hardly draw anything.
FEWEST: Final = 10


@dataclass(frozen=True)
class Names:
    """What we are called; "" where nobody has said."""

    cap_sender: str = ""
    national_sender: str = ""
    #: Points of all polygons together that the national system takes; 0 is any number.
    national_points: int = 0


def read_names(directory: Path) -> Names:
    """Read what the operator says we are called; `Invalid` tells what is wrong with it."""
    try:
        raw = tomllib.loads((directory / FILE).read_text(encoding="utf-8")).get(TABLE, {})
    except FileNotFoundError:
        return Names()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{FILE} 无法读取：{error}") from error
    unknown = set(raw) - {"cap_sender", "national_sender", POINTS}
    if unknown:
        raise Invalid(f"{FILE} [{TABLE}] 不认识 {'、'.join(sorted(unknown))}")
    cap, national = str(raw.get("cap_sender", "")), str(raw.get("national_sender", ""))
    if cap and not NAME.fullmatch(cap):
        raise Invalid(f"{FILE} [{TABLE}] cap_sender 不能有空格、逗号、< 和 &")
    if national and not is_sender(national):
        raise Invalid(f"{FILE} [{TABLE}] national_sender 应为 14 位数字")
    points = raw.get(POINTS, 0)
    if type(points) is not int or points < 0 or 0 < points < FEWEST:
        raise Invalid(f"{FILE} [{TABLE}] {POINTS} 应为 0（不限）或不小于 {FEWEST} 的整数")
    return Names(cap, national, points)


def names() -> Names:
    """Tell what we are called now; the file is read again when it changes."""
    here = workspace.directory()
    try:
        stamp = (here / FILE).stat().st_mtime_ns
    except FileNotFoundError:
        stamp = 0
    return _names(here, stamp)


@lru_cache(maxsize=4)
def _names(directory: Path, stamp: int) -> Names:  # noqa: ARG001 - the stamp makes it forget
    return read_names(directory)


def sender(county: str) -> str:
    """Tell the sender of our CAP messages."""
    return names().cap_sender or f"anlan-{county[:6]}"


@dataclass(frozen=True)
class Seal:
    """A key and the certificate that goes with it."""

    key: Key
    certificate: x509.Certificate


def seal() -> Seal:
    """Read the signing key of this workspace, making it the first time."""
    home = workspace.directory() / "cap"
    if not (home / "certificate.pem").exists():
        _make(home)
    paths = (home / "key.pem", home / "certificate.pem")
    return _seal(*paths, paths[0].stat().st_mtime_ns, paths[1].stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _seal(key: Path, certificate: Path, *stamps: int) -> Seal:  # noqa: ARG001 - they make it forget
    found = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(found, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Invalid(f"{key} 应是 RSA 或椭圆曲线私钥")
    return Seal(found, x509.load_pem_x509_certificate(certificate.read_bytes()))


def _make(home: Path) -> None:
    """Make a key and a certificate that vouches for itself; the certificate is written last.

    Of two processes that make them at once, one wins: files are linked into place, never replaced.
    """
    home.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    _place(home / "key.pem", pem)
    kept = serialization.load_pem_private_key((home / "key.pem").read_bytes(), password=None)
    if not isinstance(kept, ec.EllipticCurvePrivateKey):
        raise Invalid(f"{home / 'key.pem'} 没有证书，请一并放入")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, workspace.current().title[:60])])
    now = real_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(kept.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=YEARS * 365))
        .sign(kept, hashes.SHA256())
    )
    _place(home / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _place(path: Path, content: bytes) -> None:
    """Put a file into place whole, unless one is there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
