"""The parts of a channel's file that only mail has: the server, and where its bounces come back."""

from anlan.comms.declaration.declared import Bounces, Mail
from anlan.comms.declaration.requests import secret_of
from anlan.protocols.declared.taking import Table

SECURITIES = ("starttls", "tls", "none")
_SMTP = {"tls": 465, "starttls": 587}


def read_mail(top: Table) -> Mail | None:
    """Read ``[mail]``."""
    table = top.table("mail")
    if table is None:
        top.slip("mail", "必须填写：用哪个邮件服务器")
        return None
    security = table.text("security", "starttls", choices=SECURITIES)
    username = table.text("username", "")
    made = Mail(
        host=table.text("host", most=200),
        port=table.whole("port", _SMTP.get(security, 25), low=1, high=65_535),
        sender=table.text("sender", most=200),
        username=username,
        secret=secret_of(table, "secret") if username else "",
        security=security,
        bounces=_bounces(table),
    )
    table.done()
    return made


def _bounces(mail: Table) -> Bounces | None:
    """Read ``[mail.bounces]``; where it names no account it is the one mails are sent by."""
    table = mail.table("bounces")
    if table is None:
        return None
    security = table.text("security", "tls", choices=SECURITIES)
    own = table.has("username")
    if not own and not mail.has("username"):
        table.slip("username", "必须填写：用哪个账号取退信")
    made = Bounces(
        host=table.text("host", str(mail.raw.get("host", "")), most=200),
        port=table.whole("port", 993 if security == "tls" else 143, low=1, high=65_535),
        username=table.text("username", str(mail.raw.get("username", ""))),
        secret=secret_of(table, "secret") if own else str(mail.raw.get("secret", "")),
        security=security,
        folder=table.text("folder", "INBOX", most=100),
        every_s=table.span("every", "1min", least=10, most=3600),
    )
    table.done()
    return made
