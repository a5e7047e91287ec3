"""Laying an alert out in the open: CAP, checked and signed, and its entry of the feed.

An alert that cannot be written is in force all the same, and says why it is not in the open: a
strange character must not keep people from being called.
"""

from typing import TypeVar

from django.db.models import Manager, Model

from anlan.base.jobs import wake
from anlan.base.journal.canonical import sm3
from anlan.kernel import clock
from anlan.kernel.errors import Conflict, Invalid
from anlan.kernel.ids import new_id
from anlan.protocols.alerting import signing
from anlan.protocols.alerting.atom import written_entry
from anlan.protocols.alerting.cap.checking import faults_of
from anlan.protocols.alerting.cap.writing import write_cap
from anlan.protocols.alerting.message import AlertMessage
from anlan.protocols.alerting.message12379 import writing as national
from anlan.warn import outward
from anlan.warn.models import Alert, OpenEdition, Published
from anlan.warn.selectors.outgoing import entry_of, message_of, national_of

M = TypeVar("M", bound=Model)

#: Whoever keeps the feed in memory is woken by it.
TOPIC = "alerts"


def publish_alert(alert: Alert) -> None:
    """Write the public bytes of an alert, in the transaction in which it goes out.

    The edition is turned first: whoever turns it is alone until the end of the transaction, so that
    no two alerts take one name in the national system.
    """
    turn_edition()
    if alert.public:
        _put(Published.objects, Published(pk=alert.pk, **_written(alert)))


def turn_edition() -> None:
    """Say that what lies in the open has changed, in the caller's transaction."""
    _put(OpenEdition.objects, OpenEdition(pk=1, stamp=new_id(), at=clock.now()))
    wake.signal(TOPIC)


def _put(manager: "Manager[M]", row: M) -> None:
    """Write a row or what takes its place, in one statement."""
    key, *others = (one.name for one in row._meta.concrete_fields)
    manager.bulk_create([row], update_conflicts=True, unique_fields=[key], update_fields=others)


def _written(alert: Alert) -> dict[str, object]:
    kept: dict[str, object] = {"at": alert.issued_at, "fault": ""}
    try:
        message = message_of(alert)
        signed = _signed(message)
        named = national_of(alert, message)
        kept |= {
            "cap": signed, "digest": sm3(signed).hex(), "entry": written_entry(entry_of(alert)),
            "national": national.write(named) if named else None,
            "national_name": named.identifier if named else "",
        }  # fmt: skip
    except (Invalid, Conflict, OSError, ValueError) as error:
        kept |= {
            "cap": b"", "digest": "", "entry": b"", "national": None, "national_name": "",
            "fault": str(error)[:300],
        }  # fmt: skip
    return kept


def _signed(message: AlertMessage) -> bytes:
    cap = write_cap(message)
    faults = faults_of(cap)
    if faults:
        raise Invalid(f"CAP 报文不合规：{'、'.join(faults[:5])}")
    seal = outward.seal()
    return signing.sign(cap, seal.key, seal.certificate)
