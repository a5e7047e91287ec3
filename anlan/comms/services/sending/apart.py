"""Setting apart what cannot be dealt with, so that one message never keeps the others from leaving.

Preparing a message reads rows of many modules, and what comes back is another's word: a defect in
one of either must not stop the sender, least of all again and again. A portion that fails is halved
until what is at fault stands alone; that is noted, where people see it, and the rest goes on. What
the database itself suffers from is nobody's fault: that is raised.
"""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction

from anlan.comms import reasons
from anlan.comms.carriers import Carrier, Result
from anlan.comms.carriers.slots import Slot
from anlan.comms.services.sending.again import whole
from anlan.comms.services.sending.claiming import Claimed, claim, due_rows, end
from anlan.comms.services.sending.recording import Done, record_results
from anlan.comms.services.sending.senders import Me
from anlan.kernel import clock

log = logging.getLogger(__name__)

#: So much smaller is the next portion when one fails.
PART = 4


def claim_sound(slot: Slot, carrier: Carrier, me: Me, most: int) -> Claimed:
    """Take up to so many due messages in hand; what cannot be prepared fails, and is told of."""
    while True:
        try:
            return claim(slot, carrier, me, most)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if most == 1:
                log.exception("a message for %s cannot be prepared", slot.key)
                return _set_apart(slot)
            most = max(most // PART, 1)


def record_and_claim(
    slot: Slot, done: Sequence[Done], carrier: Carrier, me: Me, most: int
) -> Claimed:
    """Write down a portion of results and take the next in hand, in one transaction.

    The disk is waited for once instead of twice. Claimed first: who writes results down holds the
    carrier's row, and other hands would wait for all of the claim.
    """
    try:
        with transaction.atomic():
            claimed = claim(slot, carrier, me, most)
            record_results(slot, done, me)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("results and a claim of %s do not go together", slot.key)
        record_sound(slot, done, me)
        return claim_sound(slot, carrier, me, most)
    return claimed


@transaction.atomic
def _set_apart(slot: Slot) -> Claimed:
    """Let the message that is first in turn fail, with those of its request."""
    now = clock.now()
    rows = whole(slot, due_rows(slot, now, 1), 1)
    end([row["id"] for row in rows], "failed", reasons.DEFECT, now)
    return Claimed(slot, looked=len(rows))


def record_sound(slot: Slot, done: Sequence[Done], me: Me) -> None:
    """Write down a portion of results; of one that cannot be kept, what became of it is kept."""
    try:
        record_results(slot, done, me)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(done) > 1:
            half = len(done) // 2
            record_sound(slot, done[:half], me)
            record_sound(slot, done[half:], me)
            return
        log.exception("a result of %s cannot be kept", slot.key)
        (one,) = done
        record_results(slot, [one._replace(result=_bare(one.result))], me)


def _bare(result: Result) -> Result:
    """Leave of a result what this program says itself, none of the provider's words."""
    return Result(result.outcome, result.reason or reasons.BAD_ANSWER, down=result.down)
