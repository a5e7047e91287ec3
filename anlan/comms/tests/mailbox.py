"""A mail server of nobody's: speaks SMTP with STARTTLS, TLS and logins, and keeps what it takes."""

import base64
import datetime
import ipaddress
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from anlan.kernel import clock


@dataclass
class Mailbox:
    """The server: where it is, whom it knows, what it has taken."""

    port: int = 0
    #: How it answers each recipient: a line with a code.
    answer: Callable[[str], str] = lambda _: "250 ok"
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    #: Connections made, and how many of them were secured.
    asked: int = 0
    secured: int = 0
    password: str = "the-mail-password"
    #: Cuts the connection where it would say that it has the mail.
    cut: bool = False
    certificate: bytes = b""

    def changes(self, security: str = "none") -> dict[str, str]:
        """Say how the shipped file is to be changed to lead here."""
        return {
            'host = "mail.example.gov.cn"': f'host = "127.0.0.1"\nport = {self.port}',
            'security = "starttls"': f'security = "{security}"',
        }


@contextmanager
def mailbox(*, tls: bool = False) -> Iterator[Mailbox]:
    """Serve for a while; with `tls` from the first byte on."""
    made = Mailbox()
    context, made.certificate = context_of_nobody()
    server = _Server(("127.0.0.1", 0), _handler(made, context, tls=tls))
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection cut is what some tests are about."""


class _Talk(StreamRequestHandler):
    """One connection."""

    box: Mailbox
    context: ssl.SSLContext
    tls: bool

    def handle(self) -> None:
        """Listen until the other side has had enough."""
        self.box.asked += 1
        self.secure = False
        self.recipient = ""
        if self.tls:
            self._secure("")
        self._say("220 mail.test ESMTP")
        while line := self.rfile.readline():
            text = line.decode().strip()
            if not self._obey(text[:4].upper(), text):
                return

    def finish(self) -> None:
        """Close what was secured as well."""
        self.rfile.close()
        self.connection.close()

    def _obey(self, verb: str, line: str) -> bool:
        """Do as one line says; tells whether to go on listening."""
        doing = {"EHLO": self._greet, "STAR": self._secure, "AUTH": self._log_in,
                 "RCPT": self._note, "DATA": self._take}  # fmt: skip
        if verb in doing:
            return doing[verb](line)
        self._say("221 bye" if verb == "QUIT" else "250 ok")
        return verb != "QUIT"

    def _greet(self, _: str) -> bool:
        offered = ["mail.test", "AUTH PLAIN"] + ([] if self.secure else ["STARTTLS"])
        lines = [f"250{'-' if one != offered[-1] else ' '}{one}" for one in offered]
        self._say("\r\n".join(lines))
        return True

    def _log_in(self, line: str) -> bool:
        _, user, password = base64.b64decode(line.split()[-1]).decode().split("\0")
        self.box.logins.append((user, password))
        right = password == self.box.password
        self._say("235 welcome" if right else "535 5.7.8 wrong password")
        return True

    def _note(self, line: str) -> bool:
        self.recipient = line.partition("<")[2].partition(">")[0]
        self._say(self.box.answer(self.recipient))
        return True

    def _take(self, _: str) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = BytesParser(policy=policy.default).parsebytes(b"".join(lines))
        self.box.taken.append((self.recipient, mail))
        if not self.box.cut:
            self._say("250 2.0.0 taken")
        return not self.box.cut

    def _secure(self, line: str) -> bool:
        if line:
            self._say("220 go on")
        self.rfile.close()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.secure = True
        self.box.secured += 1
        return True

    def _say(self, text: str) -> None:
        self.connection.sendall(f"{text}\r\n".encode())


def _handler(made: Mailbox, context: ssl.SSLContext, *, tls: bool) -> type[_Talk]:
    return type("Talk", (_Talk,), {"box": made, "context": context, "tls": tls})


def context_of_nobody() -> tuple[ssl.SSLContext, bytes]:
    """Make a certificate for the loopback address, trusted by nobody who is not told of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = clock.real_now()
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(private + public)
        context.load_cert_chain(path)
    return context, public
