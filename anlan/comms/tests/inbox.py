"""A mailbox of nobody's: speaks IMAP with STARTTLS, TLS and a login, and holds mails to be read."""

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from anlan.comms.tests.mailbox import context_of_nobody

_LINE = re.compile(r"(\S+) (?:UID )?(\S+) ?(.*)")


@dataclass
class Held:
    """One mail in it."""

    body: bytes
    read: bool = False


@dataclass
class Inbox:
    """The server: where it is, what it holds, what was asked of it."""

    port: int = 0
    mails: list[Held] = field(default_factory=list)
    password: str = "the-mail-password"
    certificate: bytes = b""
    logins: list[tuple[str, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    #: Uids whose whole body was fetched.
    fetched: list[int] = field(default_factory=list)
    secured: int = 0
    #: Cuts the connection where it is asked to mark a mail as read.
    cut: bool = False

    def put(self, body: str) -> Held:
        """Put a mail into it."""
        held = Held(body.replace("\n", "\r\n").encode())
        self.mails.append(held)
        return held


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection cut is what some tests are about."""


class _Talk(StreamRequestHandler):
    """One connection."""

    box: Inbox
    context: ssl.SSLContext
    tls: bool

    def handle(self) -> None:
        """Listen until the other side has had enough."""
        if self.tls:
            self._secure()
        self._say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            found = _LINE.fullmatch(line.decode().strip())
            assert found is not None
            tag, verb, rest = found.groups()
            if not self._obey(tag, verb.upper(), rest):
                return

    def finish(self) -> None:
        """Close what was secured as well."""
        self.rfile.close()
        self.connection.close()

    def _obey(self, tag: str, verb: str, rest: str) -> bool:
        """Do as one line says; tells whether to go on listening."""
        if verb == "STARTTLS":
            self._say(f"{tag} OK go on")
            self._secure()
            return True
        done = getattr(self, f"_{verb.lower()}")(rest)
        if done is None:
            return False
        self._say(f"{tag} {done} done")
        return verb != "LOGOUT"

    def _capability(self, _: str) -> str:
        self._say("* CAPABILITY IMAP4rev1 STARTTLS")
        return "OK"

    def _login(self, rest: str) -> str:
        user, password = (one.strip('"') for one in rest.split(" ", 1))
        self.box.logins.append((user, password))
        right = password == self.box.password
        return "OK welcome" if right else f"NO wrong password {password}"

    def _select(self, rest: str) -> str:
        self.box.folders.append(rest.strip('"'))
        if rest.strip('"') == "nowhere":
            return "NO there is none"
        self._say(f"* {len(self.box.mails)} EXISTS")
        return "OK [READ-WRITE] open"

    def _search(self, _: str) -> str:
        uids = [str(at) for at, one in enumerate(self.box.mails, start=1) if not one.read]
        self._say(" ".join(("* SEARCH", *uids)))
        return "OK"

    def _fetch(self, rest: str) -> str:
        uid, _, what = rest.partition(" ")
        body = self.box.mails[int(uid) - 1].body
        if "HEADER.FIELDS" in what:
            head = body.partition(b"\r\n\r\n")[0] + b"\r\n"
            body = b"".join(re.findall(rb"(?im)^content-type:.*(?:\r\n[ \t].*)*\r\n", head))
        else:
            self.box.fetched.append(int(uid))
        self._say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}")
        self.connection.sendall(body + b")\r\n")
        return "OK"

    def _store(self, rest: str) -> str | None:
        uid, flags = rest.split(" ", 1)
        if self.box.cut:
            return None
        assert flags == r"+FLAGS (\Seen)"
        self.box.mails[int(uid) - 1].read = True
        return "OK"

    def _logout(self, _: str) -> str:
        self._say("* BYE")
        return "OK"

    def _secure(self) -> None:
        self.rfile.close()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.box.secured += 1

    def _say(self, text: str) -> None:
        self.connection.sendall(f"{text}\r\n".encode())


@contextmanager
def inbox(*, tls: bool = False) -> Iterator[Inbox]:
    """Serve for a while; with `tls` from the first byte on."""
    made = Inbox()
    context, made.certificate = context_of_nobody()
    talk = type("Talk", (_Talk,), {"box": made, "context": context, "tls": tls})
    server = _Server(("127.0.0.1", 0), talk)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
