"""The mailbox that bounces come back to, over IMAP.

Only mails nobody has read and that are reports are fetched. What was taken down is marked as read;
everything else stays as it was, for people: a report of another mail, a person's own words.
"""

import imaplib
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from anlan.comms.carriers.http import context_of
from anlan.comms.declaration import Declaration
from anlan.kernel.errors import Unavailable
from anlan.protocols.bounces import is_report
from anlan.protocols.declared.secrets import Blotter, Secrets

#: Unread mails looked at in one round, the newest; a bounce is young.
MOST = 200
#: So much of a mail is fetched: a report's fields stand before the mail it returns.
LARGEST = 256 * 1024
_HEADER = "(BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)])"
_BODY = f"(BODY.PEEK[]<0.{LARGEST}>)"
_OTHERS = re.compile(r"&|[^\x20-\x7e]+")


class Mailbox:
    """An open mailbox."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server

    def reports(self) -> Iterator[tuple[bytes, bytes]]:
        """Walk the unread reports, the oldest first: what the server calls each, and its bytes."""
        found = self._ask("SEARCH", "UNSEEN")
        for uid in b" ".join(one for one in found if isinstance(one, bytes)).split()[-MOST:]:
            if is_report(self._fetched(uid, _HEADER).decode("latin-1")):
                yield uid, self._fetched(uid, _BODY)

    def note_read(self, uid: bytes) -> None:
        """Mark a mail as read."""
        self._ask("STORE", uid.decode("ascii"), "+FLAGS", r"(\Seen)")

    def _fetched(self, uid: bytes, what: str) -> bytes:
        told = self._ask("FETCH", uid.decode("ascii"), what)
        return next((bytes(one[1]) for one in told if isinstance(one, tuple)), b"")

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        kind, told = self._server.uid(command, *arguments)
        if kind != "OK":
            raise Unavailable(f"邮箱不答应 {command}")
        return told


@contextmanager
def opened(declared: Declaration, home: Path) -> Iterator[Mailbox]:
    """Open the mailbox of a channel's bounces; `Unavailable` says why not, or what broke off."""
    assert declared.mail is not None
    assert declared.mail.bounces is not None
    place = declared.mail.bounces
    secret = Secrets(home).value(place.secret)
    blotter = Blotter()
    blotter.learn([secret])
    server: imaplib.IMAP4 | None = None
    try:
        server = _connected(declared, home)
        server.login(place.username, secret)
        kind, told = server.select(folder_named(place.folder))
        if kind != "OK":
            raise Unavailable(f"没有文件夹 {place.folder}：{_said(told)}")
        yield Mailbox(server)
    except (OSError, imaplib.IMAP4.error) as error:
        said = blotter.clean(str(error) or type(error).__name__)
        raise Unavailable(f"邮箱 {place.host}：{said}"[:200]) from error
    finally:
        if server is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()
            _hung_up(server)


def _connected(declared: Declaration, home: Path) -> imaplib.IMAP4:
    assert declared.mail is not None
    assert declared.mail.bounces is not None
    place, timeout_s = declared.mail.bounces, declared.pace.timeout_s
    context = context_of(declared.tls, home / "conf" / "channels")
    if place.security == "tls":
        return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=context, timeout=timeout_s)
    server = imaplib.IMAP4(place.host, place.port, timeout=timeout_s)
    try:
        if place.security == "starttls":
            server.starttls(context)
    except (OSError, imaplib.IMAP4.error):
        _hung_up(server)
        raise
    return server


def _hung_up(server: imaplib.IMAP4) -> None:
    """Close the line: after one that broke off the library does not."""
    with suppress(OSError):
        server.shutdown()


def folder_named(name: str) -> str:
    """Write a folder's name as IMAP has it (RFC 3501, 5.1.3: a UTF-7 of its own), quoted.

    >>> folder_named("退信 A&B")
    '"&kABP4Q- A&-B"'
    """

    def written(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        coded = b64encode(found[0].encode("utf-16-be")).decode("ascii").rstrip("=")
        return f"&{coded.replace('/', ',')}-"

    text = _OTHERS.sub(written, name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _said(told: list[Any]) -> str:
    return b" ".join(one for one in told if isinstance(one, bytes)).decode("utf-8", "replace")[:80]
