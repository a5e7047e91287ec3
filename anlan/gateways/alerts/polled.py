"""What comes by polling feeds goes the same way as what is pushed: `receive_alerts`."""

from collections.abc import Sequence

from django.db import DatabaseError, connection

from anlan.base.permissions.actor import system
from anlan.gateways.sources.declaration import Declaration
from anlan.gateways.sources.polling import Fetched, Outcome
from anlan.kernel.errors import Unavailable
from anlan.protocols.alerting.message import Unreadable
from anlan.warn.services.receiving import Inbound, Taken, receive_alerts

LONGEST_NAME = 80


def take_in(messages: Sequence[Fetched], source: Declaration) -> Sequence[Outcome]:
    """Receive the messages of a feed; `Unavailable` when the database cannot now."""
    items = [
        Inbound(
            original=one.body,
            content_type=one.content_type,
            way="poll",
            source=source.title[:LONGEST_NAME],
        )
        for one in messages
    ]
    try:
        taken = receive_alerts(items=items, by=system(f"feed:{source.key}"))
    except DatabaseError:
        connection.close()
        raise Unavailable("数据库暂时不可用") from None
    return [_outcome(one) for one in taken]


def _outcome(taken: Taken) -> Outcome:
    refusal = taken.refusal
    if refusal is None:
        return Outcome(again=taken.again)
    element = refusal.element if isinstance(refusal, Unreadable) else ""
    return Outcome(reason=refusal.detail, element=element)
