"""Bounces: what mail servers report of a mail they took (RFC 3464, delivery status notifications).

A report is a mail of three parts: words for people, one block of fields a recipient, and the mail
it speaks of or its header. Only what the fields say is believed; words for people are not guessed
at, so a bounce without fields is no report here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, Parser

ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
#: Recipients of one report; ours have one each.
MOST = 100
LONGEST = 300
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)
_IDS = re.compile(r"<([^<>\s]{1,200})>")
#: What shows whom it was for: other servers repeat the address in their words.
_ADDRESS = re.compile(r"<?[^\s<>;:,]*@[^\s<>;:,]*>?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What became of a mail for one recipient.

    >>> Bounce(action="failed", status="5.1.1").is_final
    True
    """

    #: Ids of the mail it speaks of, without angle brackets; the surest first.
    mails: tuple[str, ...] = ()
    #: One of `ACTIONS`.
    action: str
    #: RFC 3463, e.g. 5.1.1; "" when the server told none.
    status: str = ""
    #: What the other server said, addresses blotted out.
    said: str = ""

    @property
    def is_final(self) -> bool:
        """Whether no more will come of it: a delay or a relay is not the end."""
        return self.action in ("failed", "delivered")


def is_report(content_type: str) -> bool:
    """Tell from a header whether a mail may be a report."""
    return "multipart/report" in content_type.lower()


def read_bounces(data: bytes) -> list[Bounce]:
    """Read the recipients' fates out of a mail; empty when it is no report.

    >>> read_bounces(b"Subject: good morning")
    []
    """
    mail = BytesParser().parsebytes(data)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    parts = list(_parts(mail))
    about = tuple(_mails(mail, parts))
    fields = next((one for one in parts if one.get_content_type() in _FIELDS), None)
    found = (_bounce(block, about) for block in _blocks(fields))
    return [one for one in found if one is not None][:MOST]


#: The second is that of mails in UTF-8 (RFC 6533).
_FIELDS = ("message/delivery-status", "message/global-delivery-status")


def _parts(mail: Message) -> Iterator[Message]:
    payload = mail.get_payload()
    return (
        (one for one in payload if isinstance(one, Message))
        if isinstance(payload, list)
        else iter(())
    )


def _blocks(part: Message | None) -> Iterator[Message]:
    """Walk the blocks of fields; the first speaks of the report itself and names no recipient."""
    if part is None:
        return
    payload = part.get_payload(decode=False)
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
        return
    raw = part.get_payload(decode=True)
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    for block in re.split(r"\r?\n\r?\n", text):
        yield Parser().parsestr(block)


def _bounce(block: Message, about: tuple[str, ...]) -> Bounce | None:
    action = _text(block, "Action").lower()
    if action not in ACTIONS or not _text(block, "Final-Recipient"):
        return None
    said = _text(block, "Diagnostic-Code").partition(";")[2].strip()
    status = _STATUS.search(_text(block, "Status")) or _STATUS.search(said)
    return Bounce(
        mails=about,
        action=action,
        status=status[0] if status else "",
        said=_ADDRESS.sub("…", said)[:LONGEST],
    )


def _mails(mail: Message, parts: list[Message]) -> Iterator[str]:
    """Name the mail it speaks of: by the part that returns it, else by what it is a reply to."""
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global"):
            yield from (one for inner in _parts(part) for one in _ids(inner, "Message-ID"))
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            raw = part.get_payload(decode=True)
            text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
            yield from _ids(Parser().parsestr(text, headersonly=True), "Message-ID")
    for name in ("In-Reply-To", "References"):
        yield from _ids(mail, name)


def _ids(mail: Message, name: str) -> list[str]:
    return _IDS.findall(_text(mail, name))


def _text(mail: Message, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())
