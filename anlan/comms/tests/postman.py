"""A mail server of somebody else's (aiosmtpd), and a line to it that can break.

Our own `mailbox` was written by whoever wrote our client, and may share its errors; this was not.
"""

import threading
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from socket import AF_INET, SHUT_RDWR, SOCK_STREAM, create_connection, socket

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from anlan.comms.tests.mailbox import context_of_nobody

LOOPBACK = "127.0.0.1"


@dataclass
class Postman:
    """What the server knows and has taken."""

    #: Answers to a recipient, in turn; whoever has none left is taken.
    answers: dict[str, list[str]] = field(default_factory=dict)
    #: Recipient, mail, and whether the line was secured.
    taken: list[tuple[str, EmailMessage, bool]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    password: str = "the-mail-password"
    #: Breaks the line where it would say that it has the mail.
    cut: bool = False
    port: int = 0
    certificate: bytes = b""

    def changes(self) -> dict[str, str]:
        """Say how the shipped file is to be changed to lead here."""
        return {
            'host = "mail.example.gov.cn"': f'host = "{LOOPBACK}"\nport = {self.port}',
            "[pace]": '[tls]\nca = "mail.pem"\n\n[pace]',
        }

    # What the server asks of its handler; the names are the library's.

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        answers = self.answers.get(address)
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = BytesParser(policy=policy.default).parsebytes(envelope.content)
        for one in envelope.rcpt_tos:
            self.taken.append((one, mail, session.ssl is not None))
        if self.cut:
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return "250 2.0.0 taken"

    def log_in(
        self, _: SMTP, __: Session, ___: Envelope, ____: str, given: LoginPassword
    ) -> AuthResult:
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password.decode() == self.password, handled=False)


@contextmanager
def postman() -> Iterator[Postman]:
    """Serve for a while; nothing is taken before the line is secured and somebody has logged in."""
    made = Postman()
    context, made.certificate = context_of_nobody()
    controller = Controller(
        made, hostname=LOOPBACK, port=free_port(), tls_context=context, require_starttls=True,
        authenticator=made.log_in, auth_required=True, auth_require_tls=True,
    )  # fmt: skip
    controller.start()
    made.port = controller.port
    try:
        yield made
    finally:
        controller.stop()


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket(AF_INET, SOCK_STREAM) as one:
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


@dataclass
class Line:
    """A line to the server that breaks once so many bytes have gone that way; 0: it holds."""

    port: int = 0
    breaks_after: int = 0
    broken: int = 0


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Lead a port of its own to the server's, connection by connection."""
    made = Line()
    with socket(AF_INET, SOCK_STREAM) as listening:
        listening.bind((LOOPBACK, 0))
        listening.listen()
        made.port = int(listening.getsockname()[1])
        thread = threading.Thread(target=_lead, args=(made, listening, port), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            with suppress(OSError):
                listening.shutdown(SHUT_RDWR)
            thread.join()


def _lead(line: Line, listening: socket, port: int) -> None:
    while True:
        try:
            near, _ = listening.accept()
        except OSError:
            return
        far = create_connection((LOOPBACK, port))
        back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
        back.start()
        _pass_on(near, far, line)
        back.join()
        near.close()
        far.close()


def _pass_on(near: socket, far: socket, line: Line | None = None) -> None:
    """Pass on what comes until one side has had enough, or the line breaks."""
    gone = 0
    with suppress(OSError):
        while given := near.recv(1024):
            gone += len(given)
            if line is not None and line.breaks_after and gone > line.breaks_after:
                line.broken += 1
                break
            far.sendall(given)
    for one in (near, far):
        with suppress(OSError):
            one.shutdown(SHUT_RDWR)
