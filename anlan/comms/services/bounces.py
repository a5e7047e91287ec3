"""Bounces: mails that were taken and could not be delivered, told to the sender's mailbox.

A report becomes a receipt of the try it speaks of, found by the id we gave the mail: the try and
its message have failed with the reason, an address that does not exist is marked so, and whoever
is still owed an answer is reached by the ladder's next rung.
"""

import re
import time
from collections.abc import Iterator

from anlan.comms.carriers.imap import opened
from anlan.comms.declaration import Declaration
from anlan.comms.declaration.declared import Inward
from anlan.comms.declaration.shelf import shelf
from anlan.comms.hooks import Told
from anlan.comms.services.pulling import note_asked, wait_after
from anlan.comms.services.receipts import take_receipts
from anlan.kernel import clock, workspace
from anlan.kernel.errors import AnlanError
from anlan.kernel.ids import LENGTH
from anlan.protocols.bounces import Bounce, read_bounces
from anlan.protocols.mapping import Form
from anlan.protocols.mapping.selectors import Path

BOUNCE = "bounce"
DELIVERED = "delivered"
#: The address does not exist (RFC 3463): no such mailbox or host, a wrong address, moved, disabled.
NO_SUCH = frozenset(
    ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4")
)  # fmt: skip
#: How its codes are judged, as a channel's file says it of a provider's.
READ = Inward(form=Form(), records=Path.read("."), delivered=frozenset((DELIVERED,)), dead=NO_SUCH)
_OURS = re.compile(rf"([0-9A-Z]{{{LENGTH}}})@.+", re.ASCII)

#: When each mailbox is opened next. Real time: it is the server's. A new process opens it at once.
_next_at: dict[str, float] = {}


def read_bounces_due() -> int:
    """Read every mailbox whose time has come; returns how many bounces of ours there were."""
    if workspace.current().console_only:
        return 0
    return sum(_read(one) for one in _asked() if time.monotonic() >= _next_at.get(one.key, 0.0))


def _asked() -> Iterator[Declaration]:
    for declared in shelf().in_force().values():
        if declared.enabled and declared.mail is not None and declared.mail.bounces is not None:
            yield declared


def _read(declared: Declaration) -> int:
    assert declared.mail is not None
    assert declared.mail.bounces is not None
    found, wrong = 0, ""
    try:
        with opened(declared, workspace.directory()) as mailbox:
            for uid, mail in mailbox.reports():
                told = list(_told(read_bounces(mail)))
                if not told:
                    continue
                take_receipts(declared=declared, inward=READ, told=told)
                mailbox.note_read(uid)  # it is written down: read again it would change nothing
                found += len(told)
    except AnlanError as error:
        wrong = error.detail
    failures = note_asked(declared.asked_as(BOUNCE), wrong)
    wait_s = wait_after(declared.mail.bounces.every_s, failures)
    _next_at[declared.key] = time.monotonic() + wait_s
    return found


def _told(bounces: list[Bounce]) -> Iterator[Told]:
    """Say what is final of mails of ours as providers say it; of other mails nothing."""
    now = clock.now()
    for one in bounces:
        ours = next((found[1] for name in one.mails if (found := _OURS.fullmatch(name))), "")
        if ours and one.is_final:
            code = DELIVERED if one.action == DELIVERED else one.status or one.action
            yield Told(ticket=ours, key="", number="", at=now, code=code, text=one.said)
