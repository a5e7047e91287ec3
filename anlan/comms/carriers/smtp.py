"""Mail: a connection for many, and an id for each that stays the same when it is sent again."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from anlan.comms import reasons
from anlan.comms.carriers.http import context_of
from anlan.comms.carriers.parcels import Parcel, Result
from anlan.comms.declaration import Declaration
from anlan.kernel.ids import new_id
from anlan.protocols.declared.secrets import Blotter, Secrets

#: Mails of one connection.
BATCH = 50
#: Answers that say the address itself is wrong (RFC 3463, 5.1.x) beside the plain 550 and 553.
NO_SUCH = (550, 551, 553)


class SmtpCarrier:
    """One declared mail server."""

    def __init__(self, declared: Declaration, home: Path) -> None:
        assert declared.mail is not None
        self._mail = declared.mail
        self._timeout_s = declared.pace.timeout_s
        self._lines = declared.pace.lines
        kept = Secrets(home)
        self._secret = kept.value(self._mail.secret) if self._mail.secret else ""
        self._context = context_of(declared.tls, home / "conf" / "channels")
        self._blotter = Blotter()
        self._blotter.learn([self._secret] if self._secret else [])

    @property
    def lines(self) -> int:
        """How many connections may be open at once."""
        return self._lines

    def groups(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        """Divide mails among connections; each mail is a request of its own."""
        for one in parcels:
            one.request = one.request or new_id()
        return [list(parcels[at : at + BATCH]) for at in range(0, len(parcels), BATCH)]

    async def send(self, group: Sequence[Parcel]) -> list[Result]:
        """Send the mails of one connection, in a thread: the library waits for each answer."""
        results = await asyncio.to_thread(self._send, group)
        return [one._replace(detail=self._blotter.clean(one.detail)[:200]) for one in results]

    async def close(self) -> None:
        """Every connection ends with its mails."""

    def _send(self, group: Sequence[Parcel]) -> list[Result]:
        results: list[Result] = []
        try:
            with self._connected() as server:
                for one in group:
                    results.append(self._send_one(server, one))
                    if results[-1].down:
                        break
        except smtplib.SMTPAuthenticationError as error:
            results.append(Result("failed", reasons.REFUSED, f"登录被拒绝：{_said(error)}"))
        except (OSError, smtplib.SMTPException) as error:
            detail = f"连不上 {self._mail.host}：{_said(error)}"
            results.append(Result("again", reasons.NETWORK, detail, down=True))
        # What was not tried any more shares the fate of what stopped it, which was none of theirs.
        last = results[-1] if results else Result("again", reasons.NETWORK, down=True)
        rest = last if last.outcome != "unknown" else last._replace(outcome="again")
        return [*results[: len(group)], *([rest] * (len(group) - len(results)))]

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        mail = self._mail
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=self._timeout_s, context=self._context
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=self._timeout_s)
        try:
            if mail.security == "starttls":
                server.starttls(context=self._context)
            if mail.username:
                server.login(mail.username, self._secret)
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _send_one(self, server: smtplib.SMTP, one: Parcel) -> Result:
        try:
            refused = server.send_message(self._written(one), to_addrs=[one.address])
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(*next(iter(error.recipients.values())))
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        except (OSError, ssl.SSLError, smtplib.SMTPServerDisconnected) as error:
            # Lost after the mail was handed over and before the server said so.
            return Result("unknown", reasons.NETWORK, _said(error), down=True)
        except (ValueError, UnicodeError) as error:
            return Result("failed", reasons.BAD_TEXT, str(error))
        del refused
        return Result("sent", ticket=one.request)

    def _written(self, one: Parcel) -> EmailMessage:
        written = EmailMessage()
        written["From"] = self._mail.sender
        written["To"] = one.address
        written["Subject"] = " ".join(str(one.told.get("subject", "")).split())
        written["Date"] = formatdate(localtime=False)
        # The same after a crash: who keeps ids shows the mail once.
        written["Message-ID"] = f"<{one.request}@{self._mail.host}>"
        written["Auto-Submitted"] = "auto-generated"
        written.set_content(str(one.told["text"]))
        return written


def _refused(code: int, said: bytes | str) -> Result:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    detail = f"{code} {' '.join(text.split())}"[:200]
    if 400 <= code < 500:
        return Result("again", reasons.THROTTLED, detail)
    return Result("failed", reasons.DEAD_NUMBER if code in NO_SUCH else reasons.REFUSED, detail)


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {' '.join(text.split())}"
    return str(error) or type(error).__name__
